// SPDX-License-Identifier: LGPL-2.1-or-later
// CPU of sending to a participant, and how many there can be.
import { setTimeout as sleep } from "node:timers/promises";
import { until } from "../env/process.mjs";
import { Talker, reel } from "./call.mjs";
import { figure } from "./figures.mjs";

const fps = 30;
const rounds = 5;
const window = 6000;

// One that sends, and callers that receive. kind: element, bare, each (bare, with an encoder for each).
class Sending {
  static async start(kind, { twoWay = false } = {}) {
    const call = new Sending();
    call.kind = kind;
    call.listeners = new Talker("bench_listeners", twoWay ? [reel()] : []);
    call.sender = new Talker("bench_sender", [kind, reel(), ...(await call.listeners.hear()).split(" ")]);
    return call;
  }

  async received() {
    this.listeners.say("received");
    return JSON.parse(await this.listeners.hear());
  }

  // CPU time in us, and the frames that each got.
  async sample() {
    this.sender.say("sample");
    return { ...JSON.parse(await this.sender.hear()), got: await this.received() };
  }

  async resize(size) {
    this.listeners.say(size);
    await until(`${size} that receive from ${this.kind}`, async () => {
      const got = await this.received();
      return got.length === size && got.every(({ frames, sound }) => frames > fps && sound > 50);
    }, 120000, 200);
  }

  async end() {
    await this.sender.end();
    await this.listeners.end();
  }
}

// The CPU of each in the same `ms`, in % of one core, and how much of the frames each one got.
async function costs(calls, ms) {
  const started = performance.now();
  const before = await Promise.all(calls.map((call) => call.sample()));
  await sleep(ms);
  const after = await Promise.all(calls.map((call) => call.sample()));
  const took = performance.now() - started;
  return calls.map((_, i) => ({
    cpu: (after[i].cpu - before[i].cpu) / (10 * took),
    shares: after[i].got.map(({ frames }, who) => ((frames - before[i].got[who].frames) * 1000) / (fps * took)),
    missing: after[i].got.reduce((sum, { missing }, who) => sum + missing - before[i].got[who].missing, 0),
  }));
}

// What each participant adds to what it costs without any. `found(size, costs of each kind)`.
async function perPeer(kinds, sizes, noise, found) {
  const calls = await Promise.all(kinds.map((kind) => Sending.start(kind)));
  await sleep(3000);
  const alone = await costs(calls, window);
  for (const size of sizes) {
    for (const call of calls) await call.resize(size);
    await sleep(2000);
    const measured = [];
    for (let round = 0; round < rounds; round++) {
      noise.sample();
      const costsOfAll = await costs(calls, window);
      // On a machine too busy to send all, less is sent for less.
      if (costsOfAll.some(({ shares }) => Math.min(...shares) < 0.9)) continue;
      measured.push(costsOfAll.map(({ cpu }, i) => (cpu - alone[i].cpu) / size));
    }
    if (measured.length === 0) console.log(`the machine is too busy to send to ${size} by ${kinds.join(" and ")}`);
    else found(size, ...kinds.map((_, i) => measured.map((all) => all[i])));
  }
  await Promise.all(calls.map((call) => call.end()));
}

export async function send(noise) {
  await perPeer(["element", "bare"], [1, 4, 8, 16], noise, (size, element, bare) => {
    figure(`P4.send.${size}`, element, "%", bare);
    figure(`P4.send.${size}.webrtcbin`, bare, "%");
  });
  await perPeer(["element", "each"], [1, 4], noise, (size, element, each) => {
    figure(`P4.encode-for-each.${size}`, each, "%", element);
  });
}

// Everybody sends and receives.
export async function crowd(noise) {
  const most = { element: [], bare: [] };
  for (let round = 0; round < 3; round++) {
    for (const kind of Object.keys(most)) {
      noise.sample();
      const call = await Sending.start(kind, { twoWay: true });
      let size = 0;
      for (let next = 5; next <= 60; next += 5) {
        await call.resize(next);
        await sleep(1000);
        const [{ shares, missing }] = await costs([call], window);
        if (missing > 0 || Math.min(...shares) < 0.98) break;
        size = next;
      }
      most[kind].push(size);
      await call.end();
    }
  }
  figure("P6.peers", most.element, "peers", most.bare);
  figure("P6.peers.webrtcbin", most.bare, "peers");
}
