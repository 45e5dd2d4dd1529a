// SPDX-License-Identifier: LGPL-2.1-or-later
// One join gives everybody's own files and a composite: who is where in its picture, and who is heard.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { longestGap, pictures, samples, share, tracks } from "../env/media.mjs";
import { until } from "../env/process.mjs";
import { Scene, gone, homeserver, long } from "./scene.mjs";

const server = homeserver();
const fps = long ? 10 : 15;
const story = ": matrixcallrecorder location=FOLDER/{name}-{kind}.mkv manifest=FOLDER/call : " +
  "matrixcallmix width=640 height=360 framerate=15/1 labels=false name=mix " +
  "mix.video ! queue ! videoconvert ! x264enc tune=zerolatency speed-preset=ultrafast ! h264parse ! mux.video_0 " +
  "mix.audio ! queue ! audioconvert ! avenc_aac ! mux.audio_0 " +
  "mp4mux name=mux fragment-duration=1000 ! filesink location=FOLDER/call.mp4";

const colours = [[200, 40, 40], [40, 60, 200], [200, 180, 40], [40, 170, 170]];
const tones = [440, 660, 880, 1320];
const screenColour = [40, 160, 60];
const near = (colour, wanted) => colour.every((value, i) => Math.abs(value - wanted[i]) < 45);

// The pictures in which each of these places has its colour.
const showing = (all, places) => all.filter((picture) =>
  places.every(([x, y, colour]) => near(picture.at(x, y), colour)));

const entries = ({ folder }) => {
  try {
    return readFileSync(join(folder, "call.jsonl"), "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
  } catch {
    return [];
  }
};
const noted = (pipeline, what, isRight) => until(what, () => entries(pipeline).some(isRight), 30000);

test("a composite and everybody's own tracks from one join", async (t) => {
  const scene = new Scene(t, server);
  const count = long ? 4 : 2;
  const [we, ...they] = await scene.users("zoe", ...["adam", "ben", "mia", "pat"].slice(0, count));
  const room = await they[0].createRoom([we, ...they.slice(1)]);
  await they[0].createCall(room);
  const pipeline = scene.pipeline(we, room, story);
  await pipeline.news("matrixcall-state", "joined");
  const browsers = [];
  for (const [i, user] of they.entries()) {
    browsers.push(await scene.caller(user, room, { fps, colour: `rgb(${colours[i]})`, frequency: tones[i] }));
  }
  for (const user of they) {
    await noted(pipeline, `the camera of ${user.id}`, ({ event, file }) =>
      event === "file-opened" && file === `${user.id.slice(1).split(":")[0]}-video.mkv`);
  }
  await browsers.at(-1).framesSent((long ? 60 : 5) * fps); // everybody, for a while
  await browsers[0].share(true);
  await noted(pipeline, "a screen", ({ event, file }) => event === "file-opened" && file.includes("-screen"));
  await browsers[0].share(false);
  await noted(pipeline, "its end", ({ event }) => event === "feed-ended");
  await browsers[0].leave();
  await noted(pipeline, "who left", ({ event }) => event === "left");
  // They have a tile until the homeserver says so, too.
  await pipeline.news("matrixcall-participant", "left", they[0].id);
  const sent = Math.max(...(await browsers[1].sent()).map(({ framesSent }) => framesSent ?? 0));
  await browsers[1].framesSent(sent + fps);
  const { code, took } = await pipeline.interrupt();
  assert.equal(code, 0, pipeline.output);
  assert.ok(took < 3000, `ended after ${took} ms`);

  const file = join(pipeline.folder, "call.mp4");
  const list = await tracks(file);
  const [video, audio] = ["video", "audio"].map((kind) => list.find((track) => track.kind === kind));
  assert.ok(longestGap(video.times) < 0.1, `a gap of ${longestGap(video.times)} s`);
  assert.ok(Math.abs(video.times.at(-1) - audio.times.at(-1)) < 0.2, "both streams end together");
  const all = await pictures(file);
  const places = count === 2 ? [[0.25, 0.5], [0.75, 0.5]] : [[0.25, 0.25], [0.75, 0.25], [0.25, 0.75], [0.75, 0.75]];
  const together = showing(all, places.map(([x, y], i) => [x, y, colours[i]]));
  t.diagnostic(`${together.length} of ${all.length} pictures show all`);
  assert.ok(together.length > 15, `${together.length} pictures show all at their places`);
  assert.ok(all.some((picture) => near(picture.at(0.25, 0.25), screenColour) || near(picture.at(0.5, 0.75), screenColour) ||
    near(picture.at(0.75, 0.25), screenColour) || near(picture.at(0.25, 0.75), screenColour)), "the screen");
  const last = all.slice(-15).map((picture) => picture.at(0.5, 0.5).join());
  if (count === 2) assert.ok(near(all.at(-1).at(0.5, 0.5), colours[1]), `who stayed has the whole picture: ${last.join(" ")}`);
  const sound = await samples(file);
  const from = Math.round(48000 * together[Math.floor(together.length / 2)].time);
  for (const tone of tones.slice(0, count)) {
    assert.ok(share(sound, tone, from) > 0.3 / count, `${tone} Hz are heard: ${share(sound, tone, from)}`);
  }
  const own = readdirSync(pipeline.folder).filter((name) => name.endsWith(".mkv"));
  assert.equal(own.length, 2 * count + 1, own.join(" "));
});

for (const stage of ["nobody is there", "somebody is"]) {
  test(`Ctrl-C when ${stage}: valid files`, async (t) => {
    const scene = new Scene(t, server);
    const [they, we] = await scene.users("adam", "zoe");
    const room = await they.createRoom([we]);
    await they.createCall(room);
    const pipeline = scene.pipeline(we, room, story);
    await pipeline.news("matrixcall-state", "joined");
    if (stage === "somebody is") {
      await scene.caller(they, room, { fps });
      await pipeline.news("matrixcall-feed", "added", "video_0");
    }
    const { code, took } = await pipeline.interrupt();
    assert.equal(code, 0, pipeline.output);
    assert.ok(took < 3000, `ended after ${took} ms`);
    assert.equal((await tracks(join(pipeline.folder, "call.mp4"))).length, 2);
    await gone(they, room, we);
  });
}
