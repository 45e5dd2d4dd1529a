// SPDX-License-Identifier: LGPL-2.1-or-later
// What our send pads get is what browsers see and hear, whoever calls whom.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { until } from "../env/process.mjs";
import { Scene, gone, homeserver } from "./scene.mjs";

const server = homeserver();

const raw = "videotestsrc is-live=true pattern=blue ! video/x-raw,width=320,height=180,framerate=15/1";
const tone = "audiotestsrc is-live=true freq=660 ! audio/x-raw,rate=48000,channels=1";
const isBlue = ([red, green, blue]) => blue > 180 && red < 80 && green < 80;

// What the browser has of us: the newest track of `kind` and purpose.
async function received(browser, user, kind, purpose = "m.usermedia") {
  const all = await browser.received();
  return all.filter((one) => one.kind === kind && one.from.startsWith(user.id) && one.from.endsWith(purpose)).at(-1);
}

async function seen(browser, user, frames = 15, purpose) {
  return until("our picture", async () => {
    const picture = await received(browser, user, "video", purpose);
    return picture?.frames >= frames && isBlue(picture.colour) && picture;
  }, 30000);
}

async function heard(browser, user, frequency = 660) {
  return until("our tone", async () => {
    const sound = await received(browser, user, "audio");
    return Math.abs((sound?.tone ?? 0) - frequency) < 15 && sound;
  }, 30000);
}

async function sendTo(t, names, rest, check, element = []) {
  const scene = new Scene(t, server);
  const [they, we] = await scene.users(...names);
  const room = await they.createRoom([we]);
  await they.createCall(room);
  const browser = await scene.caller(they, room);
  const pipeline = scene.pipeline(we, room, rest, { element });
  await check(browser, we, pipeline);
  const { code, took } = await pipeline.interrupt();
  assert.equal(code, 0, pipeline.output);
  assert.ok(took < 3000, `ended after ${took} ms`);
  await gone(they, room, we);
}

for (const [names, who] of [[["yan", "bea"], "we are called"], [["adam", "zoe"], "we call"]]) {
  test(`${who}: a browser sees our raw video and hears our raw audio`, (t) =>
    sendTo(t, names, `${raw} ! c.send_video ${tone} ! c.send_audio`, async (browser, we) => {
      await seen(browser, we);
      await heard(browser, we);
    }));
}

const picture = (encoder) => `${raw} ! ${encoder} ! c.send_video ${tone} ! opusenc ! c.send_audio`;
for (const [codec, encoder] of [
  ["VP8", "vp8enc deadline=1 target-bitrate=500000"],
]) {
  test(`${codec} and Opus that were encoded already arrive as they are`, (t) =>
    sendTo(t, ["yan", "bea"], picture(encoder), async (browser, we) => {
      await seen(browser, we);
      await heard(browser, we);
    }));
}

for (const codec of ["h264", "vp9"]) {
  test(`raw video is sent as ${codec} where that is asked for`, (t) =>
    sendTo(t, ["adam", "zoe"], `${raw} ! c.send_video`, async (browser, we) => seen(browser, we),
      [`video-codec=${codec}`]));
}

test("a screen is seen beside the camera, as a screen", (t) =>
  sendTo(t, ["yan", "bea"], `${raw} ! c.send_video ${raw} ! c.send_screen`, async (browser, we) => {
    await seen(browser, we);
    await seen(browser, we, 15, "m.screenshare");
  }));

// The README's line.
test("a file is seen from its first second on, takes as long as it lasts, and its end is ours", async (t) => {
  const scene = new Scene(t, server);
  const [they, we] = await scene.users("yan", "bea");
  const room = await they.createRoom([we]);
  await they.createCall(room);
  const browser = await scene.caller(they, room);
  const file = join(server.synapse.folder, "talk.webm");
  await promisify(execFile)("ffmpeg", ["-loglevel", "error", "-f", "lavfi", "-i", "color=blue:s=320x180:r=15:d=10",
    "-f", "lavfi", "-i", "sine=f=660:d=10", "-c:v", "libvpx", "-c:a", "libopus", file]);
  const pipeline = scene.pipeline(we, room, `uridecodebin uri=file://${file} name=d ` +
    "d. ! video/x-raw ! videoconvert ! queue ! c.send_video " +
    "d. ! audio/x-raw ! audioconvert ! audioresample ! queue ! c.send_audio");
  await seen(browser, we, 1);
  const first = Date.now();
  await heard(browser, we);
  await seen(browser, we, 145); // of 150
  assert.equal(await pipeline.process.end(), 0, pipeline.output);
  const took = (Date.now() - first) / 1000;
  assert.ok(took > 9 && took < 12, `took ${took} s`);
  await gone(they, room, we);
});
