// SPDX-License-Identifier: LGPL-2.1-or-later
// What a member of the room who means ill can do: nothing to the call that goes on.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { longestSilence, samples, share, tracks } from "../env/media.mjs";
import { recordOne } from "../env/pipeline.mjs";
import { until } from "../env/process.mjs";
import { CALL, MEMBER } from "../env/user.mjs";
import { Scene, entry, homeserver } from "./scene.mjs";

const server = homeserver();

// zoe's browser and we are connected; mallory is in the room.
async function call(t, names = ["zoe", "amy", "mallory"]) {
  const scene = new Scene(t, server);
  const [zoe, we, mallory] = await scene.users(...names);
  const room = await zoe.createRoom([we, mallory]);
  const callId = await zoe.createCall(room);
  const browser = await scene.caller(zoe, room, { fps: 10 });
  const pipeline = scene.pipeline(we, room, recordOne);
  await browser.framesSent(10);
  return { scene, zoe, we, mallory, room, callId, browser, pipeline };
}

// Media has gone on and goes on: two more seconds of it, then a whole file.
async function goesOn({ browser, pipeline }, { silence = 0.02 } = {}) {
  const sent = (await browser.sent()).find((one) => one.kind === "video" && one.state === "connected").framesSent;
  await browser.framesSent(sent + 20);
  assert.equal((await pipeline.interrupt()).code, 0, pipeline.output);
  assert.equal((await tracks(pipeline.file)).length, 2);
  const sound = await samples(pipeline.file);
  assert.ok(longestSilence(sound.subarray(24000)) < silence, "sound without a hole");
  assert.ok(share(sound, 440, sound.length - 24000) > 0.9, "the tone to the end");
}

const status = (pipeline, key) => Number(readFileSync(`/proc/${pipeline.process.pid}/status`, "utf8")
  .match(new RegExp(`^${key}:\\s+(\\d+)`, "m"))[1]);

test("four hundred devices of one user cost us five connections", async (t) => {
  const all = await call(t);
  const { mallory, room, callId, pipeline } = all;
  const threads = status(pipeline, "Threads");
  const devices = Array.from({ length: 400 }, (_, i) => `D${i}`);
  await mallory.setState(room, MEMBER, mallory.id, entry(callId, ...devices));
  await pipeline.news("matrixcall-participant", mallory.id);
  await goesOn(all);
  const joined = pipeline.messages("matrixcall-participant").filter((line) => line.includes(mallory.id) && line.includes("joined"));
  t.diagnostic(`threads: ${threads} before; ${joined.length} devices taken`);
  assert.ok(joined.length <= 5, `${joined.length} devices were taken`);
});

test("a hangup in another's name is not believed", async (t) => {
  const all = await call(t);
  const { zoe, we, mallory, room, callId, browser, pipeline } = all;
  const [{ callId: leg }] = await browser.legs();
  const [{ session_id: session }] = await zoe.devicesInCall(room, zoe.id);
  const [ours] = await zoe.devicesInCall(room, we.id);
  const hangup = {
    call_id: leg, conf_id: callId, version: "1", party_id: zoe.deviceId, device_id: zoe.deviceId,
    sender_session_id: session, dest_session_id: ours.session_id, reason: "user_hangup",
  };
  for (const seq of [undefined, 0, 1, 2, 3, 4, 5, 6]) {
    await mallory.sendToDevice("m.call.hangup", { [we.id]: { [we.deviceId]: { ...hangup, seq } } });
  }
  await goesOn(all);
  assert.equal(pipeline.messages("matrixcall-feed").some((line) => line.includes("removed") && line.includes("reason=(string)user_hangup")), false);
});

// What has been sent to the mailbox of `user`'s device.
async function mailbox(user) {
  const { to_device: box } = await user.request("GET", "/v3/sync?timeout=0");
  return box?.events ?? [];
}

test("an invite of somebody who is not in the call gets no reply", async (t) => {
  const all = await call(t);
  const { zoe, we, mallory, room, callId } = all;
  const [ours] = await zoe.devicesInCall(room, we.id);
  const sdp = ["v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0",
    "m=audio 9 UDP/TLS/RTP/SAVPF 111", "c=IN IP4 0.0.0.0", "a=ice-ufrag:abcd", `a=ice-pwd:${"p".repeat(24)}`,
    `a=fingerprint:sha-256 ${Array(32).fill("AB").join(":")}`, "a=setup:actpass", "a=mid:0", "a=sendrecv",
    "a=msid:stream track", "a=rtcp-mux", "a=rtpmap:111 opus/48000/2", ""].join("\r\n");
  await mallory.sendToDevice("m.call.invite", {
    [we.id]: {
      [we.deviceId]: {
        call_id: "theirs", conf_id: callId, version: "1", party_id: mallory.deviceId, device_id: mallory.deviceId,
        sender_session_id: "none", dest_session_id: ours.session_id, seq: 0, lifetime: 60000,
        offer: { type: "offer", sdp }, sdp_stream_metadata: { stream: { purpose: "m.usermedia" } },
      },
    },
  });
  await goesOn(all);
  assert.deepEqual(await mailbox(mallory), []);
});

test("content of wrong types stops nobody, and who comes later is served", async (t) => {
  const all = await call(t, ["adam", "mia", "mallory"]);
  const { scene, zoe: adam, we, mallory, room, callId, pipeline } = all;
  const wrong = [
    { "m.calls": "none" }, { "m.calls": 7 }, { "m.calls": [null, 1, "x", []] }, { "m.calls": [{ "m.call_id": 5, "m.devices": {} }] },
    { "m.calls": [{ "m.call_id": callId, "m.devices": [null, 3, { device_id: 1 }, { device_id: "A", session_id: {}, expires_ts: "soon", feeds: 1 }] }] },
    { "m.calls": [{ "m.call_id": callId, "m.devices": [{ device_id: "A", session_id: "s", expires_ts: -1, feeds: [] }] }] },
  ];
  for (const content of wrong) await mallory.setState(room, MEMBER, mallory.id, content);
  for (const content of [{}, { "m.intent": 1, "m.type": [] }, { "m.terminated": null, "m.intent": {} }]) {
    await mallory.setState(room, CALL, "other", content);
  }
  const types = ["m.call.invite", "m.call.answer", "m.call.candidates", "m.call.negotiate", "m.call.hangup",
    "m.call.sdp_stream_metadata_changed", "m.call.select_answer"];
  for (const type of types) {
    for (const content of [{}, { call_id: 1, conf_id: callId }, { call_id: "x", conf_id: callId, seq: "a", offer: 3, candidates: {}, device_id: [] }]) {
      await mallory.sendToDevice(type, { [we.id]: { [we.deviceId]: content } });
    }
  }
  // Of adam's own device, so that it is not refused for its sender alone.
  const [{ session_id: session }] = await adam.devicesInCall(room, adam.id);
  await adam.sendToDevice("m.call.negotiate", {
    [we.id]: { [we.deviceId]: { call_id: "x", conf_id: callId, device_id: adam.deviceId, sender_session_id: session, description: [], sdp_stream_metadata: 1 } },
  });
  const [ursula] = await scene.users("ursula");
  await ursula.join(room);
  const rejoin = scene.pipeline(ursula, room, "c.audio_0 ! queue ! fakesink");
  await rejoin.news("matrixcall-feed", "added", "audio_0");
  await goesOn(all);
  assert.equal(pipeline.output.includes("ERROR"), false);
});

test("our entry, overwritten by another device of our user, is there again within seconds", async (t) => {
  const all = await call(t);
  const { zoe, we, room, callId } = all;
  const other = await we.login("OTHER");
  await other.setState(room, MEMBER, we.id, entry(callId, "OTHER"));
  await until("our entry again", async () => {
    const devices = (await zoe.devicesInCall(room, we.id)).map((device) => device.device_id);
    return devices.includes(we.deviceId) && devices.includes("OTHER");
  }, 10000);
  // The browser itself is silent towards us while the room does not list us.
  await goesOn(all, { silence: 10 });
});
