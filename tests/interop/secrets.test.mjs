// SPDX-License-Identifier: LGPL-2.1-or-later
// Tokens and passwords are in nothing that a whole call writes, at any level.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createReadStream, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { password } from "../env/user.mjs";
import { Scene, homeserver } from "./scene.mjs";

const lifetime = 86400;
const server = homeserver({ turnUris: ["turn:127.0.0.1:9?transport=udp"] });

// The TURN passwords that the server gave to `user` between two times, in seconds.
function turnPasswords(user, from, to) {
  return Array.from({ length: to - from + 1 }, (_, i) =>
    createHmac("sha1", "secret").update(`${from + i + lifetime}:${user.id}`).digest("base64"));
}

async function linesWith(file, words) {
  const found = [];
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const word = words.find((one) => line.includes(one) || line.includes(encodeURIComponent(one)));
    if (word) found.push(line.slice(0, 200));
  }
  return found;
}

test("no token and no password in logs, dot files and messages of a whole call", async (t) => {
  const scene = new Scene(t, server);
  const [they, we] = await scene.users("adam", "zoe");
  const room = await they.createRoom([we]);
  await they.createCall(room);
  const started = Math.floor(Date.now() / 1000) - 2;
  const browser = await scene.caller(they, room, { video: false });
  const pipeline = scene.pipeline(we, room, "c.audio_0 ! queue ! fakesink", {
    launch: ["-e", "-m", "-v"], debug: true,
  });
  await browser.connected(we.id);
  await pipeline.news("matrixcall-feed", "added", "audio_0");
  await pipeline.interrupt();
  const secrets = [we.token, password, ...turnPasswords(we, started, Math.ceil(Date.now() / 1000) + 2)];
  const log = join(pipeline.folder, "debug.log");
  assert.deepEqual(await linesWith(log, secrets), []);
  assert.ok(readFileSync(log).length > 100000, "there is a log");
  const dots = readdirSync(pipeline.folder).filter((name) => name.endsWith(".dot"));
  assert.ok(dots.length > 0, "there are dot files");
  for (const text of [pipeline.output, ...dots.map((name) => readFileSync(join(pipeline.folder, name), "utf8"))]) {
    for (const secret of secrets) assert.equal(text.includes(secret), false);
  }
  assert.deepEqual((await linesWith(log, ["ice-pwd"])).filter((line) => / (ERROR|WARN|FIXME|INFO|DEBUG|LOG) +matri/.test(line)), []);
});
