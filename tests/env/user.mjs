// SPDX-License-Identifier: LGPL-2.1-or-later
// A user's device, by plain requests to the homeserver.

export const CALL = "org.matrix.msc3401.call";
export const MEMBER = "org.matrix.msc3401.call.member";
export const password = "a password";

// Anybody may start a call and be in it; `events` replaces the server's own map, so its other
// entries are repeated here.
const callPowerLevels = {
  events: {
    "m.room.name": 50, "m.room.power_levels": 100, "m.room.history_visibility": 100,
    "m.room.canonical_alias": 50, "m.room.avatar": 50, "m.room.tombstone": 100,
    "m.room.server_acl": 100, "m.room.encryption": 100, [CALL]: 0, [MEMBER]: 0,
  },
};

let transactions = 0;

export class User {
  static async register(url, name, deviceId) {
    const user = new User();
    user.url = url;
    const body = { username: name, password, auth: { type: "m.login.dummy" }, ...(deviceId ? { device_id: deviceId } : {}) };
    user.adopt(await user.request("POST", "/v3/register", body));
    return user;
  }

  adopt({ user_id: id, device_id: deviceId, access_token: token }) {
    Object.assign(this, { id, deviceId, token });
  }

  // Another device of the same user.
  async login(deviceId) {
    const other = new User();
    other.url = this.url;
    other.adopt(await other.request("POST", "/v3/login", {
      type: "m.login.password", identifier: { type: "m.id.user", user: this.id }, password, device_id: deviceId,
    }));
    return other;
  }

  async request(method, path, body) {
    const response = await fetch(`${this.url}/_matrix/client${path}`, {
      method,
      headers: { ...(this.token ? { authorization: `Bearer ${this.token}` } : {}), "content-type": "application/json" },
      body: body && JSON.stringify(body),
    });
    const answer = await response.json();
    if (!response.ok) throw Object.assign(new Error(`${method} ${path}: ${response.status} ${answer.error}`), { status: response.status });
    return answer;
  }

  // A room that `others` have joined. `stock`: the server's power levels, with which nobody but the
  // creator may be in a call.
  async createRoom(others, { stock = false, alias, preset = "public_chat" } = {}) {
    const { room_id: room } = await this.request("POST", "/v3/createRoom", {
      preset, ...(alias ? { room_alias_name: alias } : {}),
      ...(stock ? {} : { power_level_content_override: callPowerLevels }),
      ...(preset === "public_chat" ? {} : { invite: others.map((user) => user.id) }),
    });
    for (const user of others) await user.join(room);
    return room;
  }

  join(room) {
    return this.request("POST", `/v3/join/${encodeURIComponent(room)}`, {});
  }

  setState(room, type, key, content) {
    return this.request("PUT", `/v3/rooms/${encodeURIComponent(room)}/state/${type}/${encodeURIComponent(key)}`, content);
  }

  state(room, type, key) {
    return this.request("GET", `/v3/rooms/${encodeURIComponent(room)}/state/${type}/${encodeURIComponent(key)}`);
  }

  // messages: user id -> device id -> content.
  sendToDevice(type, messages) {
    return this.request("PUT", `/v3/sendToDevice/${type}/${Date.now()}.${transactions++}`, { messages });
  }

  async createCall(room, id = `call${Date.now()}`) {
    await this.setState(room, CALL, id, { "m.intent": "m.prompt", "m.type": "m.video", "io.element.ptt": false });
    return id;
  }

  // The devices that `userId` has in the room's calls, as the room says.
  async devicesInCall(room, userId) {
    const content = await this.state(room, MEMBER, userId).catch((error) => {
      if (error.status === 404) return {};
      throw error;
    });
    const calls = Array.isArray(content["m.calls"]) ? content["m.calls"] : [];
    return calls.flatMap((call) => call["m.devices"] ?? []);
  }
}
