// SPDX-License-Identifier: LGPL-2.1-or-later
// Child processes and conditions, for everything in this folder.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

// A port of 127.0.0.1 that was free just now.
export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

// Asks until the answer is true (or truthy) and returns it; throws after `deadline` milliseconds.
export async function until(what, condition, deadline = 20000, pause = 50) {
  const end = Date.now() + deadline;
  for (;;) {
    const answer = await condition();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`not within ${deadline} ms: ${what}`);
    await sleep(pause);
  }
}

// A child with its output kept as text in `output`; it goes when we go.
export class Process {
  constructor(command, args, { env = {}, cwd, stdin = "ignore" } = {}) {
    this.output = "";
    this.started = Date.now();
    this.child = spawn(command, args, {
      // Of its own group: a Ctrl-C at the terminal is for us to pass on.
      cwd, env: { ...process.env, ...env }, stdio: [stdin, "pipe", "pipe"], detached: true,
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => { this.output += text; });
    }
    const endWithUs = () => this.child.kill("SIGKILL");
    process.once("exit", endWithUs);
    this.ended = new Promise((resolve, reject) => {
      this.child.once("error", reject);
      this.child.once("close", (code, signal) => {
        process.off("exit", endWithUs);
        this.code = code ?? signal;
        resolve(this.code);
      });
    });
    this.ended.catch(() => {});
  }

  get pid() {
    return this.child.pid;
  }

  get running() {
    return this.code === undefined;
  }

  kill(signal = "SIGTERM") {
    this.child.kill(signal);
  }

  // Its exit code (or the signal's name); throws when it takes longer than `deadline` milliseconds.
  async end(deadline = 10000) {
    const late = new AbortController();
    try {
      return await Promise.race([
        this.ended,
        sleep(deadline, null, { signal: late.signal }).then(() => {
          throw new Error(`still running after ${deadline} ms:\n${this.output.slice(-4000)}`);
        }),
      ]);
    } finally {
      late.abort();
    }
  }

  said(text) {
    return until(`output "${text}"`, () => {
      if (this.output.match(text)) return true;
      if (!this.running) throw new Error(`ended (${this.code}) without "${text}":\n${this.output.slice(-4000)}`);
      return false;
    });
  }
}
