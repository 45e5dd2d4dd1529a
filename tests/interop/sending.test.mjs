// SPDX-License-Identifier: LGPL-2.1-or-later
// What our send pads get is what browsers see and hear, whoever calls whom.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { makeClip } from "../env/media.mjs";
import { until } from "../env/process.mjs";
import { Scene, gone, homeserver, long } from "./scene.mjs";
import { counted, heard, picture as raw, received, seen, tone } from "./senses.mjs";

const server = homeserver();

async function sendTo(t, names, rest, check, element = [], kind = "pipeline") {
  const scene = new Scene(t, server);
  const [they, we] = await scene.users(...names);
  const room = await they.createRoom([we]);
  await they.createCall(room);
  const browser = await scene.caller(they, room);
  const pipeline = scene[kind](we, room, rest, { element });
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

// A file that is not decoded, so that every frame can be counted at both ends.
for (const [codec, encoder, parser = ""] of [
  ["VP8", ["libvpx", "-deadline", "realtime"]],
  ["VP9", ["libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"]],
  ["H.264", ["libx264", "-profile:v", "baseline", "-preset", "ultrafast"], "! h264parse"],
]) {
  test(`${codec} and Opus that were encoded already arrive as they are, frame by frame`, async (t) => {
    const file = join(server.synapse.folder, `${codec}.mkv`);
    const seconds = long ? 10 : 3;
    await makeClip(file, { seconds, encoder });
    await sendTo(t, ["yan", "bea"], `filesrc location=${file} ! matroskademux name=d ` +
      `d.video_0 ! queue ${parser} ! c.send_video d.audio_0 ! queue ! c.send_audio`, async (browser, we) => {
      await heard(browser, we);
      await seen(browser, we);
      const numbers = [];
      const whole = await until("every frame decoded", async () => {
        const { number } = await received(browser, we, "video");
        if (number !== null && number !== numbers.at(-1)) numbers.push(number);
        const { framesReceived, framesDecoded } = await counted(browser, we, "video") ?? {};
        return framesReceived >= seconds * 15 && framesDecoded >= seconds * 15 && { framesReceived, framesDecoded };
      }, 20000, 20);
      assert.deepEqual(whole, { framesReceived: seconds * 15, framesDecoded: seconds * 15 });
      assert.ok(numbers.length > 3 && numbers.every((number, i) => i === 0 || number > numbers[i - 1]), `${numbers}`);
    }, ["leave-on-eos=false"]);
  });
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
  await makeClip(file);
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

test("a camera that changes its size in the middle is seen in the new one", (t) =>
  sendTo(t, ["yan", "bea"], "videotestsrc is-live=true pattern=blue ! " +
    "capsfilter name=size caps=video/x-raw,width=320,height=180,framerate=15/1 ! c.send_video", async (browser, we, pilot) => {
    await seen(browser, we);
    for (const [width, height] of [[480, 270], [180, 320]]) {
      await pilot.set("size", "caps", `video/x-raw,width=${width},height=${height},framerate=15/1`);
      await until(`${width}x${height}`, async () => {
        const { frameWidth, frameHeight } = await counted(browser, we, "video");
        return frameWidth === width && frameHeight === height;
      });
      const { frames } = await received(browser, we, "video");
      await seen(browser, we, frames + 10);
    }
  }, [], "pilot"));

test("screens shared by both at once, stopped and shared again are screens at both ends each time", (t) =>
  sendTo(t, ["adam", "zoe"], `${raw} ! c.send_video`, async (browser, we, pilot) => {
    const news = (event) => pilot.messages("matrixcall-feed")
      .filter((line) => line.includes(`event=(string)${event}`) && line.includes("kind=(string)screen,")).length;
    const purposes = async () => (await browser.feeds()).filter((feed) => feed.userId === we.id).map((feed) => feed.purpose).sort();
    await seen(browser, we);
    for (let round = 1; round <= (long ? 10 : 2); round++) {
      await Promise.all([pilot.link("send_screen", `${raw} ! identity`), browser.share(true)]);
      await until("their screen at ours", () => news("added") === round);
      await until("our screen at theirs", async () => (await purposes()).join() === "m.screenshare,m.usermedia");
      const shown = (await received(browser, we, "video", "m.screenshare"))?.frames ?? 0;
      await seen(browser, we, shown + 5, "m.screenshare");
      await Promise.all([pilot.unlink("send_screen"), browser.share(false)]);
      await until("their screen gone", () => news("removed") === round);
      await until("our screen gone", async () => (await purposes()).join() === "m.usermedia");
      const { frames } = await received(browser, we, "video");
      await seen(browser, we, frames + 5);
    }
  }, [], "pilot"));

test("a browser that is killed costs the others no frame", async (t) => {
  const seconds = long ? 20 : 6;
  const file = join(server.synapse.folder, "killed.mkv");
  await makeClip(file, { seconds, encoder: ["libvpx", "-deadline", "realtime"] });
  const scene = new Scene(t, server);
  const [we, ...others] = await scene.users("mia", "abe", "yan", "zoe");
  const room = await others[0].createRoom([we, ...others.slice(1)]);
  await others[0].createCall(room);
  const media = { width: 160, height: 90, fps: 5, audio: false };
  const browsers = [];
  for (const user of others) browsers.push(await scene.caller(user, room, media));
  scene.pipeline(we, room, `filesrc location=${file} ! matroskademux name=d ` +
    "d.video_0 ! queue ! c.send_video d.audio_0 ! queue ! c.send_audio", { element: ["leave-on-eos=false"] });
  const killed = browsers.pop();
  await Promise.all([killed, ...browsers].map((browser) => seen(browser, we, 20)));
  const { framesDecoded } = await counted(browsers[0], we, "video");
  assert.ok(framesDecoded < (seconds - 2) * 15, `${framesDecoded} frames before the kill`);
  await killed.kill();
  for (const browser of browsers) {
    const whole = await until("every frame decoded", async () => {
      const { framesReceived, framesDecoded: decoded } = await counted(browser, we, "video");
      return framesReceived >= seconds * 15 && decoded >= seconds * 15 && { framesReceived, decoded };
    }, 1000 * seconds + 10000);
    assert.deepEqual(whole, { framesReceived: seconds * 15, decoded: seconds * 15 });
  }
});
