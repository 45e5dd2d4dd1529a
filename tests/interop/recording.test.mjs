// SPDX-License-Identifier: LGPL-2.1-or-later
// The README's line records a browser: in both roles, what is in the file is what was sent.
import assert from "node:assert/strict";
import { test } from "node:test";
import { frames, longestGap, longestSilence, samples, share, tracks } from "../env/media.mjs";
import { recordOne } from "../env/pipeline.mjs";
import { until } from "../env/process.mjs";
import { Scene, gone, homeserver, long } from "./scene.mjs";

const server = homeserver();
const [fps, seconds] = [15, long ? 60 : 5];

// Wide enough for either of the two matrices that make YUV of RGB.
const near = (colour, wanted) => colour.every((value, i) => Math.abs(value - wanted[i]) < 40);

// How many frames the browser says it sent, when it sends no more.
async function lastFrame(browser) {
  await browser.freeze();
  let before = -1;
  return until("the last frame", async () => {
    const now = (await browser.sent()).find((one) => one.kind === "video").framesSent;
    const same = now === before && now;
    before = now;
    return same;
  }, 10000, 400);
}

async function checkPicture(file, sent) {
  const found = await frames(file);
  const red = found.filter((frame) => near(frame.colour, [200, 40, 40]));
  assert.ok(red.length > found.length * 0.95, `${red.length} of ${found.length} frames have the colour`);
  assert.ok(Math.abs(found.length - sent) <= Math.ceil(sent * 0.01), `${found.length} frames of ${sent}`);
  const numbers = new Set(found.map((frame) => frame.number));
  assert.ok(numbers.size >= found.length * 0.99, "frames are different ones, in order");
}

async function checkSound(file) {
  const sound = await samples(file);
  assert.ok(share(sound, 440, sound.length >> 1) > 0.9, "the tone is the one sent");
  assert.ok(longestSilence(sound.subarray(24000)) < 0.02, "sound without a hole");
  const audio = (await tracks(file)).find((track) => track.kind === "audio");
  assert.ok(longestGap(audio.times) < 0.1, `a gap of ${longestGap(audio.times)} s`);
}

for (const [us, them, who] of [["zoe", "adam", "a browser calls us"], ["bea", "yan", "we call a browser"]]) {
  test(`${who}: picture, tone and frames are those sent`, async (t) => {
    const scene = new Scene(t, server);
    const [they, we] = await scene.users(them, us);
    const room = await they.createRoom([we]);
    await they.createCall(room);
    const pipeline = scene.pipeline(we, room, recordOne);
    const browser = await scene.caller(they, room, { fps });
    await browser.framesSent(seconds * fps);
    const sent = await lastFrame(browser);
    const { code, took } = await pipeline.interrupt();
    assert.equal(code, 0, pipeline.output);
    assert.ok(took < 3000, `ended after ${took} ms`);
    assert.deepEqual((await tracks(pipeline.file)).map((track) => track.codec).sort(), ["opus", "vp8"]);
    await checkPicture(pipeline.file, sent);
    await checkSound(pipeline.file);
    await gone(they, room, we);
  });
}
