// SPDX-License-Identifier: LGPL-2.1-or-later
// How old a picture of ours is when a browser has decoded it.
import { setTimeout as sleep } from "node:timers/promises";
import { Browser } from "../env/browser.mjs";
import { until } from "../env/process.mjs";
import { Synapse } from "../env/synapse.mjs";
import { Talker } from "./call.mjs";
import { figure, median } from "./figures.mjs";

const rounds = 5;
const settled = 3000; // ms: a browser's jitter buffer begins large
const frames = 150;
const wrap = 0x10000; // of the number in the picture, which is a time in ms

async function age(kind, user, room, browser) {
  const sender = new Talker("bench_glass", [kind, user.url, user.token, room]);
  await until(`the picture of ${kind}`, async () => (await browser.numbers(user.id)).length > 30, 30000);
  await sleep(settled);
  await sleep((1000 * frames) / 30);
  const ages = (await browser.numbers(user.id)).slice(-frames)
    .filter(({ number }) => number !== null)
    .map(({ number, at }) => (((at - number) % wrap) + wrap) % wrap);
  await sender.end();
  if (ages.length < frames / 2) throw new Error(`${kind}: only ${ages.length} pictures`);
  return median(ages);
}

export async function glass(noise) {
  const synapse = await Synapse.start();
  const ages = { element: [], bare: [] };
  let people = 0;
  for (let round = 0; round < rounds; round++) {
    for (const kind of Object.keys(ages)) {
      noise.sample();
      const [sends, sees] = await Promise.all(["abe", "zoe"].map((name) => synapse.register(name + people++)));
      const room = await sends.createRoom([sees]);
      await sends.createCall(room);
      const browser = await Browser.start(sees, room, { width: 320, height: 180, fps: 5, audio: false });
      await browser.enter();
      ages[kind].push(await age(kind, sends, room, browser));
      await browser.close();
    }
  }
  await synapse.stop();
  figure("glass-to-glass", ages.element, "ms", ages.bare);
  figure("glass-to-glass.webrtcbin", ages.bare, "ms");
}
