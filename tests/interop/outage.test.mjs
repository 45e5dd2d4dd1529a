// SPDX-License-Identifier: LGPL-2.1-or-later
// The homeserver stops answering for a while: media goes on, and who joins afterwards is served.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { longestSilence, samples, tracks } from "../env/media.mjs";
import { recordOne } from "../env/pipeline.mjs";
import { Scene, homeserver, long } from "./scene.mjs";

const server = homeserver();
const seconds = long ? [20, 120] : [20];

for (const outage of seconds) {
  test(`the homeserver stops for ${outage} s`, async (t) => {
    const scene = new Scene(t, server);
    const [adam, we, yan] = await scene.users("adam", "mia", "yan");
    const room = await adam.createRoom([we, yan]);
    await adam.createCall(room);
    const pipeline = scene.pipeline(we, room, recordOne);
    const browser = await scene.caller(adam, room, { fps: 10 });
    const later = await scene.browser(yan, room, { fps: 10 });
    await browser.framesSent(20);
    scene.ends.push(() => server.synapse.resume());
    server.synapse.pause();
    await sleep(outage * 1000);
    server.synapse.resume();
    await later.enter();
    await pipeline.news("matrixcall-feed", "added", "video_1", yan.id);
    assert.equal((await pipeline.interrupt()).code, 0, pipeline.output);
    const sound = await samples(pipeline.file);
    assert.ok(sound.length / 48000 > outage, `${sound.length / 48000} s of sound`);
    assert.ok(longestSilence(sound.subarray(24000)) < 0.02, "sound without a hole");
    for (const track of await tracks(pipeline.file)) assert.ok(track.duration > outage);
  });
}
