// SPDX-License-Identifier: LGPL-2.1-or-later
// Numbers and how they are printed.

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

const text = (value) => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3));

function spread(values) {
  return values.length > 1 ? `${text(Math.min(...values))}..${text(Math.max(...values))}` : "";
}

// The median of `values`, and that of their ratios to the baseline's, measurement by measurement.
export function figure(name, values, unit, baseline) {
  const words = [name, text(median(values)), unit];
  const spreads = [spread(values)];
  if (baseline) {
    const ratios = values.map((value, i) => value / baseline[i]);
    words.push(text(median(ratios)));
    spreads.push(spread(ratios));
  }
  console.log(`${words.join(" ")}  (${spreads.filter(Boolean).join("; ratio ")})`);
}

// A fixed piece of work, timed: how much slower than at its fastest says how busy the machine was.
export class Noise {
  constructor() {
    this.times = [];
  }

  sample() {
    const started = process.hrtime.bigint();
    let sum = 0;
    for (let i = 0; i < 3e7; i++) sum = (sum + i * i) | 0;
    this.times.push(Number(process.hrtime.bigint() - started) / 1e6 + (sum & 0));
  }

  report() {
    const fastest = Math.min(...this.times);
    console.log(`noise ${text(median(this.times) / fastest)} x  (a fixed piece of work, its median to its fastest of ${this.times.length}; slowest ${text(Math.max(...this.times) / fastest)})`);
  }
}
