// SPDX-License-Identifier: LGPL-2.1-or-later
// What the first sync of a large room costs.
import { Talker } from "./call.mjs";
import { figure, median } from "./figures.mjs";

const rounds = 5;

async function join(members) {
  const room = new Talker("bench_room", [String(members)]);
  const [url, token, id, bytes] = (await room.hear()).split(" ");
  const joiner = new Talker("bench_joiner", ["joined", url, token, id]);
  const { cpu, memory } = JSON.parse(await joiner.hear());
  await joiner.end();
  await room.end();
  return { cpu: cpu / 1000, memory: memory / 1024, megabytes: Number(bytes) / 1e6 };
}

export async function sync(noise) {
  const sizes = [1, 2500, 10000, 40000];
  const measured = Object.fromEntries(sizes.map((size) => [size, []]));
  for (let round = 0; round < rounds; round++) {
    noise.sample();
    for (const size of sizes) measured[size].push(await join(size));
  }
  const all = (size, what) => measured[size].map((one) => one[what]);
  const empty = median(all(1, "cpu"));
  // CPU time per megabyte of the first sync, without what joining costs in an empty room.
  const pace = (size) => measured[size].map(({ cpu, megabytes }) => (cpu - empty) / megabytes);
  figure("P7.memory.10000", all(10000, "memory"), "MiB");
  figure("P7.memory.40000", all(40000, "memory"), "MiB");
  figure("P7.cpu.10000", pace(10000), "ms/MB", pace(2500));
  figure("P7.cpu.40000", pace(40000), "ms/MB", pace(2500));
  figure("P7.cpu.2500", pace(2500), "ms/MB");
}
