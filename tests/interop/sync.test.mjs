// SPDX-License-Identifier: LGPL-2.1-or-later
// A flash and a beep at once: how far apart they are in the file, against how far apart another
// browser in the same call sees and hears them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { frames, samples, tracks } from "../env/media.mjs";
import { recordOne } from "../env/pipeline.mjs";
import { until } from "../env/process.mjs";
import { Scene, homeserver, long } from "./scene.mjs";

const server = homeserver();
const events = long ? 30 : 12;
const period = 1000;

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

// For each flash, how much later the nearest beep is, in ms.
const offsets = (flashes, beeps) => flashes.map((flash) =>
  beeps.map((beep) => beep - flash).reduce((best, one) => (Math.abs(one) < Math.abs(best) ? one : best), Infinity))
  .filter((offset) => Math.abs(offset) < period / 2);

async function recordedOffsets(file) {
  const list = await tracks(file);
  const [picture, audio] = ["video", "audio"].map((kind) => list.find((track) => track.kind === kind));
  const white = (await frames(file)).map((frame) => Math.min(...frame.colour) > 200);
  const flashes = picture.times.filter((_, i) => white[i] && !white[i - 1]);
  const beeps = [];
  let loudUntil = -1;
  (await samples(file)).forEach((sample, i) => {
    if (Math.abs(sample) < 0.1) return;
    if (i > loudUntil) beeps.push(audio.start + i / 48000);
    loudUntil = i + 4800;
  });
  return offsets(flashes.map((time) => time * 1000), beeps.map((time) => time * 1000));
}

test("sound and picture are as far apart in the file as for another browser", async (t) => {
  const scene = new Scene(t, server);
  const [adam, mia, we] = await scene.users("adam", "mia", "zoe");
  const room = await adam.createRoom([mia, we]);
  await adam.createCall(room);
  const pipeline = scene.pipeline(we, room, recordOne);
  await scene.caller(adam, room, { flashPeriod: period, fps: 30 });
  const watcher = await scene.caller(mia, room, { audio: false, video: false });
  const seen = await until("flashes and beeps at the other browser", async () => {
    const received = await watcher.received();
    const flashes = received.find((one) => one.kind === "video")?.flashes ?? [];
    const beeps = received.find((one) => one.kind === "audio")?.beeps ?? [];
    const found = offsets(flashes, beeps);
    return found.length >= events && found;
  }, 60000, 500);
  assert.equal((await pipeline.interrupt()).code, 0, pipeline.output);
  const recorded = await recordedOffsets(pipeline.file);
  assert.ok(recorded.length >= events / 2, `${recorded.length} flashes in the file`);
  const [theirs, ours] = [median([...seen]), median([...recorded])];
  t.diagnostic(`sound after picture: ${ours.toFixed(0)} ms in the file, ${theirs.toFixed(0)} ms at the browser`);
  // They were sent at once; a browser on a busy machine shows them further apart than it got them.
  const [least, most] = [Math.min(0, theirs), Math.max(0, theirs)];
  assert.ok(ours > least - 60 && ours < most + 60, `${ours} ms in the file, ${theirs} ms at the browser`);
});
