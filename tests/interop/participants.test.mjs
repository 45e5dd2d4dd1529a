// SPDX-License-Identifier: LGPL-2.1-or-later
// Two browsers in a call with us: their pads, and what happens when they leave, die and come back.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { longestGap, longestSilence, samples, tracks } from "../env/media.mjs";
import { until } from "../env/process.mjs";
import { Scene, gone, homeserver } from "./scene.mjs";

const server = homeserver();

// One file a participant: a.mkv of number 0, b.mkv of number 1.
const recordTwo = ["a", "b"].map((name, i) => `c.video_${i} ! queue ! ${name}.video_0 c.audio_${i} ! queue ! ` +
  `${name}.audio_0 matroskamux name=${name} ! filesink location=FOLDER/${name}.mkv`).join(" ");

const size = { width: 320, height: 180, fps: 10 };

async function callOfThree(t) {
  const scene = new Scene(t, server);
  const [adam, we, yan] = await scene.users("adam", "mia", "yan");
  const room = await adam.createRoom([we, yan]);
  await adam.createCall(room);
  const pipeline = scene.pipeline(we, room, recordTwo);
  const first = await scene.caller(adam, room, size);
  await pipeline.news("matrixcall-feed", "added", "video_0", adam.id);
  const second = await scene.caller(yan, room, { ...size, frequency: 880 });
  await pipeline.news("matrixcall-feed", "added", "video_1", yan.id);
  await Promise.all([first.framesSent(20), second.framesSent(20)]);
  return { scene, adam, we, yan, room, pipeline, first, second };
}

// What the bus said of one pad, from the newest message.
function news(pipeline, pad) {
  const line = pipeline.messages("matrixcall-feed").filter((message) => message.includes(`pad=(string)${pad},`)).at(-1);
  assert.ok(line, `no news of ${pad}`);
  return Object.fromEntries([...line.matchAll(/([a-z-]+)=\((?:string|boolean)\)("(?:[^"\\]|\\.)*"|[^,;]*)/g)]
    .map(([, key, value]) => [key, value.replace(/["\\]/g, "")]));
}

async function withoutHole(file) {
  const list = await tracks(file);
  assert.equal(list.length, 2);
  const hole = longestSilence((await samples(file)).subarray(24000));
  assert.ok(hole < 0.02, `a hole of ${hole} s in the sound`);
  const gap = longestGap(list.find((track) => track.kind === "video").times);
  assert.ok(gap < 0.6, `a gap of ${gap} s in the picture`);
  return list;
}

test("two browsers give four pads; when one leaves the other's file goes on", async (t) => {
  const { adam, we, yan, room, pipeline, first, second } = await callOfThree(t);
  for (const [number, user] of [[0, adam], [1, yan]]) {
    for (const kind of ["audio", "video"]) {
      const facts = news(pipeline, `${kind}_${number}`);
      assert.equal(facts["user-id"], user.id);
      assert.equal(facts["device-id"], user.deviceId);
      assert.equal(facts.kind, kind);
      assert.equal(facts.muted, "false");
    }
  }
  await first.leave();
  for (const pad of ["audio_0", "video_0"]) await pipeline.news("matrixcall-feed", "removed", pad);
  const sent = (await second.sent()).find((one) => one.kind === "video").framesSent;
  await second.framesSent(sent + 30);
  const { code } = await pipeline.interrupt();
  assert.equal(code, 0, pipeline.output);
  const shorter = await tracks(join(pipeline.folder, "a.mkv"));
  const longer = await withoutHole(join(pipeline.folder, "b.mkv"));
  assert.ok(longer[0].duration > 3);
  assert.equal(shorter.length, 2);
  await gone(yan, room, we);
});

test("a browser that is killed is gone within 15 s, and comes back with a new number", async (t) => {
  const { scene, yan, room, pipeline, second } = await callOfThree(t);
  const killed = Date.now();
  await second.kill();
  const removed = () => pipeline.messages("matrixcall-feed").some((line) => /removed/.test(line) && line.includes("video_1"));
  await until("the pad gone", removed, 20000);
  // Within 15 s of the last packet; the rest is for a busy machine.
  assert.ok(Date.now() - killed < 17000, `took ${Date.now() - killed} ms`);
  const again = await scene.caller(yan, room, size);
  await pipeline.news("matrixcall-feed", "added", "video_2", yan.id);
  await again.framesSent(20);
  const { code } = await pipeline.interrupt();
  assert.equal(code, 0, pipeline.output);
  await withoutHole(join(pipeline.folder, "a.mkv"));
});

test("a shared screen is a pad of its own, with its own number's name", async (t) => {
  const scene = new Scene(t, server);
  const [adam, we] = await scene.users("adam", "zoe");
  const room = await adam.createRoom([we]);
  await adam.createCall(room);
  const browser = await scene.caller(adam, room, size);
  const pipeline = scene.pipeline(we, room, "c.screen_0 ! queue ! matroskamux ! filesink location=FILE");
  await browser.connected(we.id);
  await browser.share(true);
  await pipeline.news("matrixcall-feed", "added", "screen_0", adam.id);
  await until("two pictures sent", async () => (await browser.sent()).filter((one) => one.kind === "video" && one.framesSent > 20).length === 2);
  await browser.share(false);
  await until("the screen gone", () => !pipeline.process.running || pipeline.messages("matrixcall-feed")
    .some((line) => line.includes("removed") && line.includes("screen_0")), 20000);
  if (pipeline.process.running) await pipeline.interrupt();
  assert.equal(await pipeline.process.end(), 0, pipeline.output);
  const [screen] = await tracks(pipeline.file);
  assert.ok(screen.packets > 10);
});
