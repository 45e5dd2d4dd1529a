// SPDX-License-Identifier: LGPL-2.1-or-later
// What we do not want to receive is not sent to us, whoever calls whom.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { until } from "../env/process.mjs";
import { Scene, homeserver } from "./scene.mjs";
import { picture, seen } from "./senses.mjs";

const server = homeserver();

test("only the sound of those who are wanted is sent to us, while all see us", async (t) => {
  const scene = new Scene(t, server);
  const [we, calls, isCalled, unwanted] = await scene.users("mia", "abe", "zoe", "unwanted");
  const others = [calls, isCalled, unwanted];
  const room = await calls.createRoom([we, isCalled, unwanted]);
  await calls.createCall(room);
  const browsers = [];
  for (const user of others) browsers.push(await scene.caller(user, room, { width: 160, height: 90, fps: 5 }));
  const pipeline = scene.pipeline(we, room, `${picture} ! c.send_video c.audio_0 ! fakesink c.audio_1 ! fakesink`,
    { element: ["subscribe=audio", "exclude=@nobody:*,@unwanted*"] });
  for (const browser of browsers) await seen(browser, we);
  const sent = (browser) => browser.sentTo(we.id);
  for (const browser of browsers.slice(0, 2)) {
    await until("sound that is sent to us", async () => (await sent(browser)).audio > 100);
    assert.equal((await sent(browser)).video, 0);
  }
  assert.deepEqual(await sent(browsers[2]), { audio: 0, video: 0 });
  const pads = new Set(pipeline.messages("matrixcall-feed").map((line) => line.match(/pad=\(string\)(\w+)/)[1]));
  assert.deepEqual([...pads].sort(), ["audio_0", "audio_1"]);
});

// The README's line.
test("the sound of all but bots is recorded, and nothing else", async (t) => {
  const scene = new Scene(t, server);
  const [we, person, bot] = await scene.users("mia", "zoe", "bot-");
  const room = await person.createRoom([we, bot]);
  await person.createCall(room);
  const browsers = [];
  for (const user of [person, bot]) browsers.push(await scene.caller(user, room, { width: 160, height: 90, fps: 5 }));
  const pipeline = scene.pipeline(we, room, ": matrixcallrecorder location=FOLDER/{user}-{kind}.mkv",
    { element: ["subscribe=audio", "exclude=@bot-*"] });
  await until("sound that is sent to us", async () => (await browsers[0].sentTo(we.id)).audio > 100);
  const { code } = await pipeline.interrupt();
  assert.equal(code, 0, pipeline.output);
  const files = readdirSync(pipeline.folder).filter((name) => name.endsWith(".mkv"));
  assert.equal(files.length, 1, `${files}`);
  assert.match(files[0], /zoe.*-audio\.mkv$/);
});
