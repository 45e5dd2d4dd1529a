// SPDX-License-Identifier: LGPL-2.1-or-later
// matrixcallrecorder: everybody's own files and the manifest, against what the browsers did and when.
import assert from "node:assert/strict";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { frames, longestSilence, samples, share, tracks } from "../env/media.mjs";
import { until } from "../env/process.mjs";
import { Scene, homeserver, long } from "./scene.mjs";

const server = homeserver();
const [fps, period] = [15, 1000];
const recorder = ": matrixcallrecorder location=FOLDER/{name}-{kind}.mkv manifest=FOLDER/call";

const manifestOf = ({ folder }) => JSON.parse(readFileSync(join(folder, "call.json"), "utf8"));
const linesOf = ({ folder }) => {
  try {
    return readFileSync(join(folder, "call.jsonl"), "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
  } catch {
    return [];
  }
};
const noted = (pipeline, what, isRight) => until(what, () => linesOf(pipeline).some(isRight), 30000);

// Until the file with `part` in its name is larger.
const grown = ({ folder }, part, bytes) => until(`${bytes} bytes of ${part}`, () =>
  readdirSync(folder).some((name) => name.includes(part) && statSync(join(folder, name)).size > bytes));

const near = (colour, wanted) => colour.every((value, i) => Math.abs(value - wanted[i]) < 40);
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

// A moment in ms on the manifest's clock, from one of ours.
const clock = ({ started }) => (moment) => moment - Date.parse(started);

// Does it, and says when, by our clock: between these.
async function timed(action) {
  const from = Date.now();
  await action();
  return [from, Date.now()];
}

// The homeserver has told us by then: while browsers start that takes longer than the 300 ms of an idle machine.
const late = long ? 300 : 2000;

function assertAt(t, time, [from, to], what) {
  t.diagnostic(`${what}: noted ${time - to} ms after it was done`);
  assert.ok(time > from - 300 && time < to + late, `${what} at ${time}, done between ${from} and ${to}`);
}

// When the picture turned white, on the manifest's clock.
async function flashes({ folder }, { file, offset }) {
  const path = join(folder, file);
  const white = (await frames(path)).map(({ colour }) => Math.min(...colour) > 200);
  const { times } = (await tracks(path)).find((track) => track.kind === "video");
  return times.filter((_, i) => white[i] && !white[i - 1]).map((time) => 1000 * time + offset);
}

async function checkSameFlashes(t, pipeline, one, other) {
  const [theirs, others] = [await flashes(pipeline, one), await flashes(pipeline, other)];
  const apart = theirs.map((time) => others.reduce((best, each) =>
    (Math.abs(each - time) < Math.abs(best) ? each - time : best), Infinity)).filter((gap) => Math.abs(gap) < period / 2);
  t.diagnostic(`flashes in both files: ${apart.length}, ${median(apart).toFixed(0)} ms apart`);
  assert.ok(apart.length >= 4, `${apart.length} flashes in both`);
  assert.ok(Math.abs(median(apart)) <= 1000 / fps, `${apart} ms apart`);
}

async function checkSound({ folder }, { file }, frequency) {
  const sound = await samples(join(folder, file));
  assert.ok(share(sound, frequency, sound.length >> 1) > 0.9, `${frequency} Hz in ${file}`);
  assert.ok(longestSilence(sound.subarray(24000)) < 0.05, `${file} without a hole`);
}

test("files of each, a screen, a mute and who spoke when, as the browsers had it", async (t) => {
  const scene = new Scene(t, server);
  const [adam, mia, we] = await scene.users("adam", "mia", "zoe");
  const room = await adam.createRoom([mia, we]);
  await adam.createCall(room);
  const pipeline = scene.pipeline(we, room, recorder);
  await pipeline.news("matrixcall-state", "joined");
  const media = { fps, flashPeriod: period, beepPeriod: 0 };
  const entered = {};
  let first, second;
  entered[adam.id] = await timed(async () => { first = await scene.caller(adam, room, media); });
  entered[mia.id] = await timed(async () => {
    second = await scene.caller(mia, room, { ...media, colour: "rgb(40,60,200)", frequency: 660 });
  });
  await noted(pipeline, "her camera", ({ event, file }) => event === "file-opened" && /mia.*-video/.test(file));
  await second.framesSent((long ? 60 : 5) * fps);
  const muted = await timed(() => first.mute("video", true));
  await noted(pipeline, "the mute", ({ event }) => event === "muted");
  const shared = await timed(() => second.share(true));
  await noted(pipeline, "her screen", ({ event, file }) => event === "file-opened" && /mia.*-screen/.test(file));
  await grown(pipeline, "-screen", 10000);
  const unmuted = await timed(() => first.mute("video", false));
  await noted(pipeline, "the unmute", ({ event }) => event === "unmuted");
  await second.share(false);
  await noted(pipeline, "the end of the screen", ({ event }) => event === "feed-ended");
  const left = await timed(() => first.leave());
  await noted(pipeline, "who left", ({ event }) => event === "left");
  const { code, took } = await pipeline.interrupt();
  assert.equal(code, 0, pipeline.output);
  assert.ok(took < 3000, `ended after ${took} ms`);

  const manifest = manifestOf(pipeline);
  const at = clock(manifest);
  const person = (user) => manifest.participants.find((one) => one["user-id"] === user.id);
  const feed = (user, kind) => person(user).feeds.find((one) => one.kind === kind);
  const file = (user, kind) => manifest.files.find((one) => one.tracks[0].feed === feed(user, kind).feed);
  for (const user of [adam, mia]) assertAt(t, person(user).joined, entered[user.id].map(at), `${user.id} joined`);
  assertAt(t, person(adam).left, left.map(at), "left");
  assert.equal(person(mia).left, null);
  const [[from, to]] = feed(adam, "video").muted;
  assertAt(t, from, muted.map(at), "muted");
  assertAt(t, to, unmuted.map(at), "unmuted");
  assert.ok(feed(mia, "screen").started > shared.map(at)[0] - 300);
  for (const user of [adam, mia]) {
    const { started, ended, speech } = feed(user, "audio");
    const spoken = speech.reduce((sum, [begin, end]) => sum + end - begin, 0);
    const present = (ended ?? manifest.duration) - started;
    assert.ok(spoken > present - 1500, `${user.id} spoke for ${spoken} of ${present} ms`);
  }
  await checkSameFlashes(t, pipeline, file(adam, "video"), file(mia, "video"));
  await checkSound(pipeline, file(adam, "audio"), 440);
  await checkSound(pipeline, file(mia, "audio"), 660);
  const screen = await frames(join(pipeline.folder, file(mia, "screen").file));
  assert.ok(screen.every(({ colour }) => near(colour, [40, 160, 60])), "the screen's colour");
  for (const each of manifest.files) {
    const list = await tracks(join(pipeline.folder, each.file));
    const end = Math.max(...list.map(({ times }) => times.at(-1)));
    assert.ok(Math.abs(1000 * end - each.duration) < 100, `${each.file}: ${end} s, ${each.duration} ms`);
  }
  assert.match(readFileSync(join(pipeline.folder, "call.vtt"), "utf8"), /^WEBVTT\n\n\d\d:\d\d:\d\d\.\d{3} --> .*\n<v .*adam/);
});

test("after SIGKILL the files can be read to the last second", async (t) => {
  const scene = new Scene(t, server);
  const [adam, we] = await scene.users("adam", "zoe");
  const room = await adam.createRoom([we]);
  await adam.createCall(room);
  const pipeline = scene.pipeline(we, room, recorder.replace("-{kind}", ""));
  const browser = await scene.caller(adam, room, { fps });
  await noted(pipeline, "a file", ({ event }) => event === "file-opened");
  await browser.framesSent(2 * fps + Math.random() * fps);
  pipeline.process.kill("SIGKILL");
  const killed = Date.now();
  await pipeline.process.end();
  const [begin, opened] = ["started", "file-opened"].map((name) => linesOf(pipeline).find(({ event }) => event === name));
  const [file] = readdirSync(pipeline.folder).filter((name) => name.endsWith(".mkv"));
  const list = await tracks(join(pipeline.folder, file));
  assert.deepEqual(list.map(({ codec }) => codec), ["vp8", "opus"]);
  for (const { kind, times } of list) {
    const missing = killed - Date.parse(begin.started) - opened.offset - 1000 * times.at(-1);
    assert.ok(missing < 1000, `${missing} ms of ${kind} are missing`);
  }
});
