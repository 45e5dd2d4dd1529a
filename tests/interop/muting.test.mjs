// SPDX-License-Identifier: LGPL-2.1-or-later
// Our camera and microphone are muted: what browsers are told, and that nothing is sent.
import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../env/process.mjs";
import { Scene, gone, homeserver, long } from "./scene.mjs";
import { counted, heard, picture, rate, received, seen, tone } from "./senses.mjs";

const server = homeserver();

// What the browser believes of us.
async function muted(browser, user) {
  const feed = (await browser.feeds()).find((one) => one.userId === user.id && one.purpose === "m.usermedia");
  return feed && { video: feed.videoMuted, audio: feed.audioMuted };
}

function agrees(browser, user, wanted) {
  return until(`muted: ${JSON.stringify(wanted)}`, async () => {
    const told = await muted(browser, user);
    return told?.video === wanted.video && told?.audio === wanted.audio;
  }, 5000, 20);
}

// How many packets of either kind came in.
async function packets(browser, user) {
  const [video, audio] = [await counted(browser, user, "video"), await counted(browser, user, "audio")];
  return { video: video?.packetsReceived ?? 0, audio: audio?.packetsReceived ?? 0, frames: video?.framesReceived ?? 0 };
}

// Until so many frames more have gone into our camera's pad.
async function pass(pilot, frames) {
  const end = await pilot.count("pictures") + frames;
  await until("frames that go in", async () => await pilot.count("pictures") >= end, 10000, 20);
}

const sources = `${picture} ! identity name=pictures ! valve name=video drop-mode=transform-to-gap ! c.send_video ` +
  `${tone} ! valve name=audio drop-mode=transform-to-gap ! c.send_audio`;

async function callFrom(t, sender) {
  const scene = new Scene(t, server);
  const [they, we] = await scene.users("yan", "bea");
  const room = await they.createRoom([we]);
  await they.createCall(room);
  const browser = await scene.caller(they, room);
  return { they, we, room, browser, ...await sender(scene, we, room) };
}

test("after each of many mutes at random the browser's picture of us agrees, and nothing comes of what is muted", async (t) => {
  const { we, browser, pilot } = await callFrom(t, (scene, user, room) => ({ pilot: scene.pilot(user, room, sources) }));
  await seen(browser, we);
  await heard(browser, we);
  const changes = Array.from({ length: long ? 50 : 6 }, () => (Math.random() < 0.5 ? "video" : "audio"));
  t.diagnostic(changes.join(" "));
  const wanted = { video: false, audio: false };
  const back = { seconds: [], frames: [] };
  let mutedAt; // in frames
  for (const kind of changes) {
    wanted[kind] = !wanted[kind];
    const asked = Date.now();
    const frame = await pilot.count("pictures");
    await pilot.set("c", `send_${kind}::mute`, wanted[kind]);
    await agrees(browser, we, wanted);
    const before = await packets(browser, we);
    await pass(pilot, 8);
    const after = await packets(browser, we);
    for (const each of ["video", "audio"]) {
      if (wanted[each]) assert.equal(after[each], before[each], `${each} comes though it is muted`);
      else await until(`${each} that comes`, async () => (await packets(browser, we))[each] > before[each]);
    }
    if (kind === "audio") continue;
    if (wanted.video) {
      mutedAt = frame;
      continue;
    }
    const resumed = await until("the picture back", async () =>
      (await received(browser, we, "video")).resumed.find(({ at }) => at > asked));
    back.seconds.push((resumed.at - asked) / 1000);
    back.frames.push(Math.round(resumed.pause * rate / 1000) - (frame - mutedAt));
  }
  t.diagnostic(`the picture was back after ${back.seconds} s, of ${back.frames} frames`);
  assert.ok(back.frames.every((frames) => frames <= rate / 2), "back within half a second of the source's time");
  const { code } = await pilot.interrupt();
  assert.equal(code, 0, pilot.output);
});

test("a valve and a source that stalls mute by themselves, and come back", async (t) => {
  const { we, browser, pilot } = await callFrom(t, (scene, user, room) =>
    ({ pilot: scene.pilot(user, room, sources, { element: ["auto-mute-timeout=300"] }) }));
  await seen(browser, we);
  await heard(browser, we);
  for (const mode of ["transform-to-gap", "drop-all"]) {
    for (const kind of ["video", "audio"]) {
      await pilot.set(kind, "drop-mode", mode);
      await pilot.set(kind, "drop", true);
      await agrees(browser, we, { video: kind === "video", audio: kind === "audio" });
      await pilot.set(kind, "drop", false);
      await agrees(browser, we, { video: false, audio: false });
    }
  }
  await seen(browser, we);
  await heard(browser, we);
  assert.equal((await pilot.interrupt()).code, 0, pilot.output);
});

test("gst-launch joins muted, and neither sends nor encodes", async (t) => {
  const { they, we, room, browser, pipeline } = await callFrom(t, (scene, user, inRoom) =>
    ({ pipeline: scene.pipeline(user, inRoom, `${picture} ! c.send_video ${tone} ! c.send_audio`,
      { element: ["send_video::mute=true", "send_audio::mute=true"] }) }));
  await browser.connected(we.id);
  await agrees(browser, we, { video: true, audio: true });
  assert.deepEqual(await packets(browser, we), { video: 0, audio: 0, frames: 0 });
  assert.equal((await pipeline.interrupt()).code, 0, pipeline.output);
  await gone(they, room, we);
});
