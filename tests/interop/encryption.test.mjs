// SPDX-License-Identifier: LGPL-2.1-or-later
// Clients that encrypt their call signalling, clients that do not, and both in one call with us.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { frames, samples, share } from "../env/media.mjs";
import { recordOne } from "../env/pipeline.mjs";
import { until } from "../env/process.mjs";
import { Scene, gone, homeserver, long } from "./scene.mjs";

const server = homeserver();

const near = (colour, wanted) => colour.every((value, i) => Math.abs(value - wanted[i]) < 40);

async function holds(file, colour, frequency) {
  const found = await frames(file);
  if (found.filter((frame) => near(frame.colour, colour)).length < found.length * 0.9) return false;
  const sound = await samples(file);
  return share(sound, frequency, sound.length >> 1) > 0.8;
}

// A recording of each of these users, by their local parts.
const recordEach = (...names) => names.map((name) => `c.video_${name} ! queue ! ${name}.video_0 ` +
  `c.audio_${name} ! queue ! ${name}.audio_0 matroskamux name=${name} ! filesink location=FOLDER/${name}.mkv`).join(" ");

for (const us of long ? ["zoe", "aaa"] : ["zoe"]) {
  test(`${us} records an Olm-only client and a clear one in one call`, async (t) => {
    const scene = new Scene(t, server);
    const [olm, clear, we] = await scene.users("olga", "clara", us);
    const room = await olm.createRoom([clear, we]);
    await olm.createCall(room);
    const names = [olm, clear].map((user) => user.id.slice(1).split(":")[0]);
    const pipeline = scene.pipeline(we, room, recordEach(...names), { launch: ["-e", "-m"], element: ["pad-naming=user"] });
    const browsers = await Promise.all([
      scene.caller(olm, room, { crypto: "required", colour: "rgb(200,40,40)", frequency: 440 }),
      scene.caller(clear, room, { crypto: "receive", colour: "rgb(40,60,200)", frequency: 880 }),
    ]);
    await pipeline.news("matrixcall-feed", `video_${names[0]}`, "trust=(string)unsigned");
    await pipeline.news("matrixcall-feed", `video_${names[1]}`, "trust=(string)clear");
    await Promise.all(browsers.map((browser) => browser.framesSent(90)));
    const { code } = await pipeline.interrupt();
    assert.equal(code, 0, pipeline.output);
    const files = names.map((name) => join(pipeline.folder, `${name}.mkv`));
    assert.ok(await holds(files[0], [200, 40, 40], 440), "the picture and the tone of who encrypts");
    assert.ok(await holds(files[1], [40, 60, 200], 880), "and of who does not");
  });
}

test("an Olm-only client in an encrypted room is recorded", async (t) => {
  const scene = new Scene(t, server);
  const [they, we] = await scene.users("adam", "zoe");
  const room = await they.createRoom([we]);
  await they.setState(room, "m.room.encryption", "", { algorithm: "m.megolm.v1.aes-sha2" });
  await they.createCall(room);
  const pipeline = scene.pipeline(we, room, recordOne);
  const browser = await scene.caller(they, room, { crypto: "required" });
  await browser.framesSent(45);
  const { code } = await pipeline.interrupt();
  assert.equal(code, 0, pipeline.output);
  assert.ok(await holds(pipeline.file, [200, 40, 40], 440));
  await gone(they, room, we);
});

// The README's table: one browser and three of us, who are set up differently, in an encrypted room.
const settings = ["signalling-encryption=auto", "accept-plaintext=true", "signalling-encryption=required"];
const rows = [
  { who: "a client without keys", options: {}, trust: "clear", taken: ["accept-plaintext=true"] },
  { who: "a client that has keys and sends in clear", options: { crypto: "receive" }, trust: "clear", taken: ["accept-plaintext=true"] },
  { who: "an Olm-only client", options: { crypto: "required" }, trust: "unsigned", taken: settings },
];

for (const { who, options, trust, taken } of rows) {
  test(`${who} in an encrypted room is connected to or refused as the settings say`, async (t) => {
    const scene = new Scene(t, server);
    const [they, ...us] = await scene.users("mia", "abe", "yan", "zoe");
    const room = await they.createRoom(us);
    await they.setState(room, "m.room.encryption", "", { algorithm: "m.megolm.v1.aes-sha2" });
    await they.createCall(room);
    const pipelines = us.map((user, i) => scene.pipeline(user, room, "c.audio_0 ! fakesink", { element: [settings[i]] }));
    await Promise.all(pipelines.map((pipeline) => pipeline.news("matrixcall-state", "joined")));
    await scene.caller(they, room, options);
    await Promise.all(pipelines.map(async (pipeline, i) => {
      if (taken.includes(settings[i])) return pipeline.news("matrixcall-feed", they.id, `trust=(string)${trust}`);
      const name = they.id.slice(1).split(":")[0];
      const refusal = new RegExp(`${name} (sends call messages that are not encrypted|has a device without encryption keys)`);
      await until(`the refusal with ${settings[i]}`, () => refusal.test(pipeline.output));
      assert.equal(pipeline.messages("matrixcall-feed").filter((line) => line.includes(they.id)).length, 0);
    }));
    for (const pipeline of pipelines) assert.equal((await pipeline.interrupt()).code, 0, pipeline.output);
  });
}
