// SPDX-License-Identifier: LGPL-2.1-or-later
// Ctrl-C at each stage, and SIGKILL: how we leave, and what is left behind.
import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { test } from "node:test";
import { tracks } from "../env/media.mjs";
import { recordOne } from "../env/pipeline.mjs";
import { until } from "../env/process.mjs";
import { MEMBER } from "../env/user.mjs";
import { Scene, entry, gone, homeserver, present } from "./scene.mjs";

const server = homeserver();

// Two users in a room with a call; the second is us.
async function roomWithCall(t, names = ["adam", "zoe"]) {
  const scene = new Scene(t, server);
  const [they, we] = await scene.users(...names);
  const room = await they.createRoom([we]);
  return { scene, they, we, room, callId: await they.createCall(room) };
}

async function endsWell(pipeline) {
  const { code, took } = await pipeline.interrupt();
  assert.equal(code, 0, pipeline.output);
  assert.ok(took < 3000, `took ${took} ms`);
}

const size = (pipeline) => {
  try { return statSync(pipeline.file).size; } catch { return 0; }
};

test("Ctrl-C before login", async (t) => {
  const { scene, they, we, room } = await roomWithCall(t);
  server.synapse.pause();
  scene.ends.push(() => server.synapse.resume());
  const pipeline = scene.pipeline(we, room, recordOne);
  await pipeline.news("matrixcall-state", "connecting");
  await endsWell(pipeline);
  server.synapse.resume();
  await gone(they, room, we);
});

test("Ctrl-C when nobody is there", async (t) => {
  const { scene, they, we, room } = await roomWithCall(t);
  const pipeline = scene.pipeline(we, room, recordOne);
  await pipeline.news("matrixcall-state", "joined");
  await present(they, room, we);
  await endsWell(pipeline);
  await gone(they, room, we);
});

for (const names of [["adam", "zoe"], ["yan", "bea"]]) {
  const role = names[0] < names[1] ? "a caller that never calls" : "somebody who never answers";
  test(`Ctrl-C while waiting for ${role}`, async (t) => {
    const { scene, they, we, room, callId } = await roomWithCall(t, names);
    await they.setState(room, MEMBER, they.id, entry(callId, they.deviceId));
    const pipeline = scene.pipeline(we, room, recordOne);
    await pipeline.news("matrixcall-participant", "joined", they.id);
    await present(they, room, we);
    await endsWell(pipeline);
    await gone(they, room, we);
  });
}

test("Ctrl-C after the only participant left: the file is complete", async (t) => {
  const { scene, they, we, room } = await roomWithCall(t);
  const browser = await scene.caller(they, room);
  const pipeline = scene.pipeline(we, room, recordOne);
  await until("a second of media", () => size(pipeline) > 10000);
  await browser.leave();
  await pipeline.news("matrixcall-feed", "removed", "video_0").catch((error) => {
    if (pipeline.process.running) throw error;
  });
  if (pipeline.process.running) await endsWell(pipeline);
  else assert.equal(await pipeline.process.end(), 0, pipeline.output);
  assert.equal((await tracks(pipeline.file)).length, 2);
  await gone(they, room, we);
});

test("Ctrl-C when the only participant has no microphone: the picture is in the file", async (t) => {
  const { scene, they, we, room } = await roomWithCall(t);
  const browser = await scene.caller(they, room, { audio: false });
  const pipeline = scene.pipeline(we, room, recordOne);
  await pipeline.news("matrixcall-feed", "added", "video_0");
  await browser.framesSent(30);
  await endsWell(pipeline);
  const list = await tracks(pipeline.file);
  assert.ok(list.find((track) => track.kind === "video")?.packets > 10);
  await gone(they, room, we);
});

test("after SIGKILL a second start leaves one entry of ours, and media flows", async (t) => {
  const { scene, they, we, room } = await roomWithCall(t);
  const browser = await scene.caller(they, room);
  const first = scene.pipeline(we, room, recordOne);
  await until("media", () => size(first) > 10000);
  first.process.kill("SIGKILL");
  await first.process.end();
  const second = scene.pipeline(we, room, recordOne);
  await until("media again", () => size(second) > 10000);
  assert.equal((await they.devicesInCall(room, we.id)).length, 1);
  assert.equal((await browser.participants()).filter((one) => one.userId === we.id).length, 1);
  await endsWell(second);
  assert.equal((await tracks(second.file)).length, 2);
  await gone(they, room, we);
});
