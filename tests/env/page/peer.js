// SPDX-License-Identifier: LGPL-2.1-or-later
// One participant in a browser: matrix-js-sdk, a known picture and tone, and what it sees and hears
// of others. window.peer is what the tests call.
import * as sdk from "matrix-js-sdk";
import { encryptCalls } from "./encrypt_calls.js";
import { Picture } from "./picture.js";
import { Tone, wallClock } from "./tone.js";
import { Ear, Eye } from "./ear_and_eye.js";

const connections = [];
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...args) {
    super(...args);
    connections.push(this);
    this.addEventListener("connectionstatechange", () => {
      if (this.connectionState === "connected") this.connectedAt ??= performance.now();
    });
  }
};

// When the picture flashes: the first 100 ms of each period, in all browsers of the machine at once.
const flashingAt = (period) => () => period > 0 && wallClock() % period < 100;

class Peer {
  async start(options) {
    this.options = options;
    this.senses = [];
    this.context = new AudioContext({ sampleRate: 48000 });
    await this.context.resume();
    this.replaceMedia(options);
    this.created = performance.now();
    this.client = sdk.createClient({
      baseUrl: options.homeserver, accessToken: options.accessToken, userId: options.userId,
      deviceId: options.deviceId, useE2eForGroupCall: false, isVoipWithNoMediaAllowed: true,
      cryptoCallbacks: { getSecretStorageKey: async ({ keys }) => [Object.keys(keys)[0], this.recoveryKey.privateKey] },
    });
    if (options.crypto) await this.client.initRustCrypto({ useIndexedDB: false });
    if (options.crypto === "required") encryptCalls(this.client);
    await this.client.startClient({ initialSyncLimit: 20 });
    await new Promise((resolve) => this.client.on("sync", (state) => state === "PREPARED" && resolve()));
    await this.client.waitUntilRoomReadyForGroupCalls(options.roomId);
  }

  replaceMedia({ width, height, fps, colour, screenColour, frequency, audio, video, flashPeriod, beepPeriod }) {
    const media = navigator.mediaDevices;
    media.enumerateDevices = async () => [
      ...(audio ? [{ kind: "audioinput", deviceId: "tone", label: "tone", groupId: "" }] : []),
      ...(video ? [{ kind: "videoinput", deviceId: "picture", label: "picture", groupId: "" }] : []),
    ];
    media.getUserMedia = async (wanted) => {
      const tracks = [];
      if (wanted.audio && audio) {
        tracks.push(...new Tone(this.context, { frequency, beepPeriod: beepPeriod ?? flashPeriod }).stream.getTracks());
      }
      if (wanted.video && video) {
        const flashing = flashingAt(flashPeriod);
        this.picture = new Picture({ width, height, fps, colour, flashing });
        tracks.push(...this.picture.stream.getTracks());
      }
      return new MediaStream(tracks);
    };
    media.getDisplayMedia = async () => {
      this.screen = new Picture({ width, height, fps, colour: screenColour });
      return this.screen.stream;
    };
  }

  // Makes the user's cross-signing keys and keeps them as secrets; brings the recovery key.
  async setUpCrossSigning(password) {
    const { client, options } = this;
    const crypto = client.getCrypto();
    await crypto.bootstrapCrossSigning({
      authUploadDeviceSigningKeys: (request) => request(null).catch(({ data }) => request({
        type: "m.login.password", identifier: { type: "m.id.user", user: options.userId }, password, session: data.session,
      })),
    });
    this.recoveryKey = await crypto.createRecoveryKeyFromPassphrase();
    await crypto.bootstrapSecretStorage({ createSecretStorageKey: async () => this.recoveryKey, setupNewSecretStorage: true });
    return this.recoveryKey.encodedPrivateKey;
  }

  async isSignedByOwner(userId, deviceId) {
    return (await this.client.getCrypto().getDeviceVerificationStatus(userId, deviceId))?.signedByOwner ?? false;
  }

  async createCall() {
    const { client, options } = this;
    const type = options.video ? sdk.GroupCallType.Video : sdk.GroupCallType.Voice;
    await client.createGroupCall(options.roomId, type, false, sdk.GroupCallIntent.Prompt);
  }

  async enter() {
    const { client, options } = this;
    this.call = client.getGroupCallForRoom(options.roomId);
    if (!this.call) throw new Error("no call in the room");
    this.entered = performance.now();
    const entering = this.call.enter();
    this.watch();
    await entering;
  }

  leave() {
    this.call.leave();
  }

  watch() {
    const look = () => this.call.userMediaFeeds.concat(this.call.screenshareFeeds)
      .filter((feed) => !feed.isLocal()).forEach((feed) => this.sense(feed));
    this.call.on(sdk.GroupCallEvent.UserMediaFeedsChanged, look);
    setInterval(look, 50);
  }

  // When what happened first, by performance.now(); Infinity (null, once it is JSON): not yet.
  times() {
    const first = (values) => Math.min(...values.filter(Boolean), Infinity);
    return {
      created: this.created, entered: this.entered,
      connected: first(connections.map((connection) => connection.connectedAt)),
      firstFrame: first(this.senses.map(({ sense }) => sense.firstFrame)),
    };
  }

  sense(feed) {
    const key = `${feed.userId} ${feed.deviceId} ${feed.purpose}`;
    for (const track of feed.stream.getTracks()) {
      const { id, kind } = track;
      if (this.senses.some((one) => one.feed === feed && one.id === id)) continue;
      this.senses.push({
        feed, id, key, kind,
        sense: track.kind === "video" ? new Eye(track.clone()) : new Ear(this.context, track),
      });
    }
  }

  // Of the last frames of the first picture of `userId`.
  numbers(userId) {
    return this.senses.find(({ key, kind }) => kind === "video" && key.startsWith(userId))?.sense.numbers ?? [];
  }

  // What is seen and heard now, one entry a track, oldest first.
  received() {
    return this.senses.map(({ key, kind, sense }) => ({
      from: key, kind,
      ...(kind === "video"
        ? { colour: sense.colour, corner: sense.corner, number: sense.number, frames: sense.frames, firstFrame: sense.firstFrame, lastFrame: sense.lastFrame, resumed: sense.resumed, flashes: sense.flashes }
        : { tone: sense.tone(), beeps: sense.beeps }),
    }));
  }

  // The streams of others, as the SDK has them.
  feeds() {
    return this.call.userMediaFeeds.concat(this.call.screenshareFeeds).filter((feed) => !feed.isLocal())
      .map((feed) => ({
        userId: feed.userId, purpose: feed.purpose, audioMuted: feed.isAudioMuted(), videoMuted: feed.isVideoMuted(),
      }));
  }

  participants() {
    return [...this.call.participants].flatMap(([member, devices]) =>
      [...devices.keys()].map((device) => ({ userId: member.userId, deviceId: device })));
  }

  legs() {
    const legs = [];
    for (const [userId, devices] of this.call.calls) {
      for (const [deviceId, call] of devices) legs.push({ userId, deviceId, callId: call.callId, state: call.state });
    }
    return legs;
  }

  // What of others' tracks came in, one entry a track, oldest first.
  async inbound() {
    const found = new Map();
    for (const pc of connections) {
      for (const entry of (await pc.getStats()).values()) {
        if (entry.type !== "inbound-rtp") continue;
        const { packetsReceived, packetsLost, framesReceived, framesDecoded, frameWidth, frameHeight } = entry;
        found.set(entry.trackIdentifier, { packetsReceived, packetsLost, framesReceived, framesDecoded, frameWidth, frameHeight });
      }
    }
    return this.senses.filter(({ id }) => found.has(id))
      .map(({ id, key, kind }) => ({ from: key, kind, ...found.get(id) }));
  }

  // How many packets of each kind it sent to `userId`.
  async sentTo(userId) {
    const packets = { audio: 0, video: 0 };
    for (const call of this.call.calls.get(userId)?.values() ?? []) {
      for (const entry of (await call.peerConn?.getStats() ?? new Map()).values()) {
        if (entry.type === "outbound-rtp") packets[entry.kind] += entry.packetsSent;
      }
    }
    return packets;
  }

  // What each connection sent, one entry a stream of packets.
  async sent() {
    const found = [];
    for (const [connection, pc] of connections.entries()) {
      if (pc.connectionState === "closed") continue;
      for (const entry of (await pc.getStats()).values()) {
        if (entry.type !== "outbound-rtp") continue;
        const { kind, packetsSent, framesEncoded, framesSent, bytesSent } = entry;
        found.push({ connection, state: pc.connectionState, kind, packetsSent, framesEncoded, framesSent, bytesSent });
      }
    }
    return found;
  }

  mute(kind, muted) {
    return kind === "audio" ? this.call.setMicrophoneMuted(muted) : this.call.setLocalVideoMuted(muted);
  }

  // No further frames, so that those sent can be counted.
  freeze() {
    this.picture.freeze();
  }

  share(on) {
    return this.call.setScreensharingEnabled(on);
  }

}

window.peer = new Peer();
