// SPDX-License-Identifier: LGPL-2.1-or-later
// The README's line records a browser: in both roles, what is in the file is what was sent.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Browser } from "../env/browser.mjs";
import { frames, longestGap, longestSilence, samples, share, tracks } from "../env/media.mjs";
import { Pipeline, recordOne } from "../env/pipeline.mjs";
import { until } from "../env/process.mjs";
import { Synapse } from "../env/synapse.mjs";

const seconds = process.env.LONG ? 30 : 5;
let synapse;
before(async () => { synapse = await Synapse.start(); });
after(() => synapse.stop());

// Wide enough for either of the two matrices that make YUV of RGB.
const near = (colour, wanted) => colour.every((value, i) => Math.abs(value - wanted[i]) < 40);

async function record(us, them, room, check) {
  const browser = await Browser.start(them, room);
  const pipeline = Pipeline.start(us, room, recordOne, { launch: ["-e", "-m"] });
  try {
    await browser.createCall().catch(() => {});
    await browser.enter();
    await browser.connected(us.id);
    await sleep(seconds * 1000);
    const { code, took } = await pipeline.interrupt();
    assert.equal(code, 0, pipeline.output);
    assert.ok(took < 3000, `ended after ${took} ms`);
    await check(pipeline.file, browser);
  } finally {
    await browser.close();
    await pipeline.clean();
  }
}

// The frames that the sender numbered, without those that it numbered before it was connected.
function lost(found) {
  const numbers = found.map((frame) => frame.number).filter(Number.isInteger);
  return { numbers, missing: numbers.at(-1) - numbers[0] + 1 - new Set(numbers).size };
}

async function checkRecording(file) {
  const [found, sound, list] = [await frames(file), await samples(file), await tracks(file)];
  assert.deepEqual(list.map((track) => track.codec).sort(), ["opus", "vp8"]);
  for (const track of list) assert.ok(track.duration > seconds - 1.5, `${track.kind} has ${track.duration} s`);
  assert.ok(found.filter((frame) => near(frame.colour, [200, 40, 40])).length > found.length * 0.95);
  const { numbers, missing } = lost(found);
  assert.ok(numbers.length > found.length * 0.9, "numbers can be read");
  assert.ok(missing <= Math.ceil(numbers.length * 0.01), `${missing} of ${numbers.length} frames are missing`);
  assert.ok(share(sound, 440, sound.length >> 1) > 0.9, "the tone is the one sent");
  assert.ok(longestSilence(sound.subarray(24000)) < 0.02, "sound without a hole");
  assert.ok(longestGap(list.find((track) => track.kind === "audio").times) < 0.03);
}

for (const [us, them, who] of [["zoe", "adam", "a browser calls us"], ["bea", "yan", "we call a browser"]]) {
  test(`${who}: picture, tone and frames are those sent`, async () => {
    const [ours, theirs] = [await synapse.register(us), await synapse.register(them)];
    const room = await theirs.createRoom([ours]);
    await theirs.createCall(room);
    await record(ours, theirs, room, checkRecording);
    await until("our entry gone", async () => (await theirs.devicesInCall(room, ours.id)).length === 0, 5000);
  });
}
