// SPDX-License-Identifier: LGPL-2.1-or-later
// The README's lines that send, as they are printed there but for the names of places.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { makeClip } from "../env/media.mjs";
import { environment, within } from "../env/pipeline.mjs";
import { Process, until } from "../env/process.mjs";
import { Scene, gone, homeserver } from "./scene.mjs";
import { heard, seen } from "./senses.mjs";

const server = homeserver();

const readme = readFileSync(join(dirname(fileURLToPath(import.meta.url)), "..", "..", "README.md"), "utf8");
const lines = [...readme.split("\n## Send into a call\n")[1].split("\n## ")[0].matchAll(/```sh\n(.*?)```/gs)]
  .map(([, line]) => line);
const line = (word) => lines.find((each) => each.includes(word));

const isGreen = ([red, green, blue]) => green > 120 && red < 80 && blue < 80;
const isRed = ([red, green, blue]) => red > 160 && green < 90 && blue < 90;
// The pointer is in the middle of an empty screen.
const isWhite = (_, { corner }) => Math.min(...corner) > 200;

// Runs a line as somebody whose home has these tokens.
function run(scene, text, tokens, env = {}) {
  const { folder, url } = scene.synapse;
  mkdirSync(join(folder, ".config"), { recursive: true });
  for (const [name, token] of Object.entries(tokens)) {
    writeFileSync(join(folder, ".config", `${name}.token`), token, { mode: 0o600 });
  }
  const here = text.replaceAll("https://matrix.example.org", url).replaceAll("example.org'", "localhost'")
    .replaceAll("/home/me", folder);
  const [program, ...args] = [...within, "bash", "-c", `exec ${here}`];
  const pipeline = new Process(program, args, { env: { ...environment, HOME: folder, ...env } });
  scene.ends.push(() => pipeline.kill("SIGKILL"));
  return pipeline;
}

async function interrupt(pipeline) {
  pipeline.kill("SIGINT");
  assert.equal(await pipeline.end(), 0, pipeline.output);
}

async function display(scene) {
  const server = new Process("Xvfb", ["-displayfd", "1", "-wr", "-screen", "0", "320x240x24", "-nolisten", "tcp"]);
  scene.ends.push(() => server.kill());
  return until("a display", () => server.output.match(/^\d+$/m)?.[0]);
}

test("the lines for a file, a camera and a screen", async (t) => {
  const scene = new Scene(t, server);
  const [they, we] = await scene.users("yan", "bea");
  const room = await they.createRoom([we], { alias: "standup" });
  const { folder } = server.synapse;
  await makeClip(join(folder, "talk.webm"), { seconds: 4 });
  const token = { talk: we.token };
  await they.createCall(room);
  const browser = await scene.caller(they, room);
  const talk = run(scene, line("uridecodebin"), token);
  await seen(browser, we, 1);
  await heard(browser, we);
  assert.equal(await talk.end(20000), 0, talk.output);
  await gone(they, room, we);

  const camera = run(scene, line("videotestsrc"), token);
  await seen(browser, we, 15, undefined, isGreen);
  await heard(browser, we, 440);
  await interrupt(camera);
  await gone(they, room, we);

  const screen = run(scene, line("ximagesrc"), token, { DISPLAY: `:${await display(scene)}` });
  await seen(browser, we, 15, "m.screenshare", isWhite);
  await interrupt(screen);
  await gone(they, room, we);
});

test("the line for a bridge between two rooms", async (t) => {
  const scene = new Scene(t, server);
  const [speaker, here, there, watcher] = await scene.users("ann", "bob", "cid", "dan");
  const rooms = [await speaker.createRoom([here], { alias: "here" }), await watcher.createRoom([there], { alias: "there" })];
  await speaker.createCall(rooms[0]);
  await watcher.createCall(rooms[1]);
  await scene.caller(speaker, rooms[0], { colour: "rgb(200,40,40)", frequency: 550 });
  const browser = await scene.caller(watcher, rooms[1], { audio: false, video: false });
  const bridge = run(scene, line("here.token"), { here: here.token, there: there.token });
  await seen(browser, there, 15, undefined, isRed);
  await heard(browser, there, 550);
  await interrupt(bridge);
  await Promise.all([gone(speaker, rooms[0], here), gone(watcher, rooms[1], there)]);
});

test("every line was run", () => assert.equal(lines.length, 4));
