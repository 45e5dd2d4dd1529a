// SPDX-License-Identifier: LGPL-2.1-or-later
// CPU, memory and threads of recording a participant, without transcoding.
import { setTimeout as sleep } from "node:timers/promises";
import { Call, costs } from "./call.mjs";
import { figure } from "./figures.mjs";

const kinds = ["element", "queues", "recorder", "bare"];
const rounds = 5;
const window = 6000;

// All of them at once, so that each meets the same machine in the same seconds.
export async function record(noise) {
  const calls = await Promise.all(kinds.map((kind) => Call.start(kind)));
  for (const size of [1, 4, 8]) {
    await Promise.all(calls.map((call) => call.resize(size)));
    await sleep(2000);
    const measured = [];
    for (let round = 0; round < rounds; round++) {
      noise.sample();
      measured.push(await costs(calls, window));
    }
    const [element, queues, recorder, bare] = kinds.map((_, i) => measured.map((costsOfAll) => costsOfAll[i]));
    figure(`P1.record.${size}`, element, "%", bare);
    figure(`P1.record.${size}.with-queues`, queues, "%", bare);
    figure(`P1.record.${size}.recorder`, recorder, "%", element);
    figure(`P1.record.${size}.webrtcbin`, bare, "%");
  }
  await Promise.all(calls.map((call) => call.end()));
}

// What each further participant adds, from the first to the eighth.
export async function memory() {
  const kept = { element: [], bare: [] };
  const threads = { element: [], bare: [] };
  for (let round = 0; round < 3; round++) {
    for (const kind of Object.keys(kept)) {
      const call = await Call.start(kind);
      const samples = [];
      for (const size of [1, 8]) {
        await call.resize(size);
        await sleep(3000);
        samples.push(await call.sample());
      }
      kept[kind].push((samples[1].memory - samples[0].memory) / 7 / 1024);
      threads[kind].push((samples[1].threads - samples[0].threads) / 7);
      await call.end();
    }
  }
  figure("P5.memory", kept.element, "MiB/peer", kept.bare);
  figure("P5.memory.webrtcbin", kept.bare, "MiB/peer");
  figure("P5.threads", threads.element, "1/peer", threads.bare);
  figure("P5.threads.webrtcbin", threads.bare, "1/peer");
}

const warmUp = 10;
const joins = 100;
const step = 10;

// Somebody joins, is recorded and leaves, over and over. Memory: the median of what ten joins add,
// since a first round frees now and then what start-up had taken.
export async function leak() {
  const grown = {};
  for (const kind of ["element", "bare"]) {
    const call = await Call.start(kind);
    const samples = [];
    for (let round = 0; round <= warmUp + joins; round++) {
      if (round >= warmUp && (round - warmUp) % step === 0) {
        await sleep(2000);
        samples.push(await call.sample());
      }
      await call.resize(1);
      await call.resize(0);
    }
    grown[kind] = samples.slice(1).map(({ memory }, i) => (memory - samples[i].memory) / step);
    if (kind === "element") {
      figure("P5.leak.threads", [samples.at(-1).threads - samples[0].threads], "threads");
      figure("P5.leak.descriptors", [samples.at(-1).descriptors - samples[0].descriptors], "descriptors");
    }
    await call.end();
  }
  figure("P5.leak.memory", grown.element, "KiB/join");
  figure("P5.leak.memory.webrtcbin", grown.bare, "KiB/join");
}
