// SPDX-License-Identifier: LGPL-2.1-or-later
// Processes that talk in lines: callers with their homeserver, and who receives them.
import { spawn, execFileSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { until } from "../env/process.mjs";

const build = join(process.env.BUILD_DIR, "tests", "bench");
const plugin = join(process.env.BUILD_DIR, "plugin");

// A child that answers with lines.
export class Talker {
  constructor(program, args) {
    this.name = program;
    this.child = spawn(join(build, program), args, {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, GST_PLUGIN_PATH: plugin, GST_REGISTRY: join(build, "registry.bin") },
    });
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
    this.ended = new Promise((resolve) => { this.child.once("close", resolve); });
    const endWithUs = () => this.child.kill("SIGKILL");
    process.once("exit", endWithUs);
    this.ended.then(() => process.off("exit", endWithUs));
  }

  say(line) {
    this.child.stdin.write(`${line}\n`);
  }

  async hear() {
    const { value, done } = await this.lines.next();
    if (done) throw new Error(`${this.name} ended`);
    return value;
  }

  async end() {
    this.child.stdin.end();
    await this.ended;
  }
}

const seconds = 600;

function ffmpeg(...args) {
  execFileSync("ffmpeg", ["-v", "error", "-y", ...args]);
}

// 640x360 at 30 fps with 700 kbit/s, a key frame a second; Opus with 32 kbit/s.
export function reel() {
  const folder = join(build, "reel");
  if (existsSync(folder)) return folder;
  const making = `${folder}.new`;
  mkdirSync(making, { recursive: true });
  const [video, audio] = [join(making, "short-video.webm"), join(making, "short-audio.webm")];
  ffmpeg("-f", "lavfi", "-i", "testsrc2=size=640x360:rate=30", "-vf", "noise=alls=12:allf=t", "-t", "10",
    "-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "700k", "-minrate", "700k",
    "-maxrate", "700k", "-bufsize", "350k", "-g", "30", "-keyint_min", "30", video);
  ffmpeg("-f", "lavfi", "-i", "sine=440:duration=10", "-c:a", "libopus", "-b:a", "32k", "-vbr", "off", audio);
  for (const [from, to] of [[video, "video.webm"], [audio, "audio.webm"]]) {
    ffmpeg("-stream_loop", String(seconds / 10 - 1), "-i", from, "-c", "copy", join(making, to));
  }
  renameSync(making, folder);
  return folder;
}

// One that records a call, and its callers. kind: element, queues (as the README's line), bare.
export class Call {
  static async start(kind) {
    const call = new Call();
    call.kind = kind;
    call.crowd = new Talker("bench_crowd", [reel()]);
    call.receiver = new Talker("bench_receiver", [kind, ...(await call.crowd.hear()).split(" ")]);
    call.size = 0;
    return call;
  }

  // What it has cost and holds, and how much it has written of each participant.
  async sample() {
    this.receiver.say("sample");
    return JSON.parse(await this.receiver.hear());
  }

  // So many participants, and all of them being recorded.
  async resize(size) {
    this.crowd.say(size);
    this.size = size;
    await until(`${size} participants recorded by ${this.kind}`, async () => {
      const { bytes } = await this.sample();
      return bytes.length === size && bytes.every((count) => count > 50000);
    }, 120000, 200);
  }

  async end() {
    await this.receiver.end();
    await this.crowd.end();
  }
}

// What the calls cost in the same `ms`, per participant: CPU in % of one core. Throws if one of them
// recorded less than was sent.
export async function costs(calls, ms) {
  const started = performance.now();
  const before = await Promise.all(calls.map((call) => call.sample()));
  await sleep(ms);
  const after = await Promise.all(calls.map((call) => call.sample()));
  const took = performance.now() - started;
  return calls.map(({ kind, size }, i) => {
    after[i].bytes.forEach((count, who) => {
      const rate = (8 * (count - before[i].bytes[who])) / took;
      if (rate < 550 || rate > 1000) throw new Error(`${kind} recorded ${rate.toFixed(0)} kbit/s of one of ${size}`);
    });
    return (after[i].cpu - before[i].cpu) / (10 * took * size);
  });
}
