// SPDX-License-Identifier: LGPL-2.1-or-later
// What tests/bench/run runs when all is installed and built.
import { Noise } from "./figures.mjs";
import { glass } from "./glass.mjs";
import { join } from "./join.mjs";
import { olm } from "./olm.mjs";
import { leak, memory, record } from "./record.mjs";
import { crowd, send } from "./send.mjs";
import { sync } from "./sync.mjs";

const all = { record, send, crowd, memory, leak, sync, join, glass, olm };
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in all));
if (unknown.length) {
  console.error(`no such figure: ${unknown} (there are ${Object.keys(all)})`);
  process.exit(2);
}
const noise = new Noise();
for (const [name, measure] of Object.entries(all)) {
  if (wanted.length && !wanted.includes(name)) continue;
  noise.sample();
  await measure(noise);
}
noise.report();
process.exit(0);
