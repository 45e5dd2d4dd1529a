// SPDX-License-Identifier: LGPL-2.1-or-later
// The people of one test on a homeserver shared by its file. What a test started goes when it ends.
import { after, before } from "node:test";
import { Browser } from "../env/browser.mjs";
import { Pilot, Pipeline } from "../env/pipeline.mjs";
import { until } from "../env/process.mjs";
import { Synapse } from "../env/synapse.mjs";

export const long = Boolean(process.env.LONG);

// For a whole file: starts a homeserver before its tests.
export function homeserver(options) {
  const shared = {};
  before(async () => { shared.synapse = await Synapse.start(options); });
  after(() => shared.synapse?.stop());
  return shared;
}

let people = 0;

export class Scene {
  constructor(t, { synapse }) {
    this.synapse = synapse;
    this.ends = [];
    t.after(async () => {
      for (const end of this.ends.reverse()) await end();
    });
  }

  // New users; the order of their names is the order of their ids.
  users(...names) {
    people++;
    return Promise.all(names.map((name) => this.synapse.register(`${name}${people}`)));
  }

  async browser(user, room, options) {
    const browser = await Browser.start(user, room, options);
    this.ends.push(() => browser.close());
    return browser;
  }

  // A browser that is in the call.
  async caller(user, room, options) {
    const browser = await this.browser(user, room, options);
    await until("the call in the browser", () => browser.enter().then(() => true, () => false));
    return browser;
  }

  pipeline(user, room, rest, options) {
    return this.#run(Pipeline, user, room, rest, options);
  }

  // A pipeline that can be changed.
  pilot(user, room, rest, options) {
    return this.#run(Pilot, user, room, rest, options);
  }

  #run(kind, user, room, rest, options) {
    const pipeline = kind.start(user, room, rest, { launch: ["-e", "-m"], ...options });
    this.ends.push(() => pipeline.clean());
    return pipeline;
  }
}

// No entry of `user` in the room's calls, as `observer` sees it.
export function gone(observer, room, user, deadline = 5000) {
  return until(`no entry of ${user.id}`, async () => (await observer.devicesInCall(room, user.id)).length === 0, deadline);
}

export function present(observer, room, user, deadline = 15000) {
  return until(`an entry of ${user.id}`, async () => (await observer.devicesInCall(room, user.id)).length > 0, deadline);
}

// An entry in the call, as a client writes it.
export function entry(callId, ...devices) {
  const expires = Date.now() + 3600000;
  return {
    "m.calls": [{
      "m.call_id": callId,
      "m.devices": devices.map((device) => ({
        device_id: device, session_id: `session${device}`, expires_ts: expires,
        feeds: [{ purpose: "m.usermedia" }],
      })),
    }],
  };
}
