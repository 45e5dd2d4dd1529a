// SPDX-License-Identifier: LGPL-2.1-or-later
// gst-launch-1.0 with the plugin that was built, as the README has it.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Process, until } from "./process.mjs";

const build = process.env.BUILD_DIR ?? "build";
const plugin = join(build, "plugin");
// A command, one word a line, that runs the pipelines elsewhere but with the same folders: in another Debian.
export const within = process.env.PIPELINE_WITHIN?.split("\n").filter(Boolean) ?? [];

// The devices' keys: a device that is used twice needs them again.
const data = mkdtempSync(join(tmpdir(), "data-"));
process.on("exit", () => rmSync(data, { recursive: true, force: true }));

// What a program that loads the plugin needs to know.
export const environment = {
  GST_PLUGIN_PATH: plugin, GST_REGISTRY: join(plugin, "interop-registry.bin"), XDG_DATA_HOME: data,
};

export class Pipeline {
  // `element`: more properties of matrixcall; `rest`: what follows it. A `FILE` in it is a file in the
  // pipeline's own folder, FOLDER that folder. `debug`: everything is logged, into debug.log and dot files.
  static start(user, room, rest, { element = [], launch = ["-e"], env = {}, homeserver = user.url, token = user.token, debug = false } = {}) {
    const pipeline = new this();
    pipeline.folder = mkdtempSync(join(tmpdir(), "pipeline-"));
    pipeline.file = join(pipeline.folder, "recording.mkv");
    const tokenFile = join(pipeline.folder, "token");
    writeFileSync(tokenFile, `${token}\n`, { mode: 0o600 });
    const words = rest.replaceAll("FILE", pipeline.file).replaceAll("FOLDER", pipeline.folder).split(/\s+/);
    const command = ["matrixcall", `homeserver=${homeserver}`, `user-id=${user.id}`,
      `access-token-file=${tokenFile}`, `room=${room}`, ...element, "name=c", ...words];
    pipeline.line = ["gst-launch-1.0", ...launch, ...command.map((word) => (/[#!]/.test(word) && word !== "!" ? `'${word}'` : word))].join(" ");
    pipeline.run(launch, command, { ...environment, ...env,
      ...(debug ? { GST_DEBUG: "*:9", GST_DEBUG_FILE: join(pipeline.folder, "debug.log"), GST_DEBUG_DUMP_DOT_DIR: pipeline.folder } : {}) });
    return pipeline;
  }

  run(launch, command, env) {
    const [program, ...args] = [...within, "gst-launch-1.0", ...launch, ...command];
    this.process = new Process(program, args, { env });
  }

  get output() {
    return this.process.output;
  }

  // Until a message of ours with this field was on the bus (needs `launch: ["-e", "-m"]`).
  news(name, ...texts) {
    return until(`${name} with ${texts}`, () => {
      const found = this.messages(name).find((line) => texts.every((text) => line.includes(text)));
      if (!found && !this.process.running) throw new Error(`ended: ${this.output.slice(-4000)}`);
      return found;
    });
  }

  messages(name) {
    return this.output.split("\n").filter((line) => line.includes(`${name},`));
  }

  // Ctrl-C: the exit code, and how long it took in ms.
  async interrupt(deadline = 15000) {
    const asked = Date.now();
    this.process.kill("SIGINT");
    const code = await this.process.end(deadline);
    return { code, took: Date.now() - asked };
  }

  async clean() {
    if (this.process.running) {
      this.process.kill("SIGKILL");
      await this.process.end();
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

// A pipeline that can be changed while it runs; see pilot.cpp.
export class Pilot extends Pipeline {
  run(launch, command, env) {
    const [program, ...args] = [...within, join(build, "tests", "pilot"), ...command];
    this.process = new Process(program, args, { env, stdin: "pipe" });
    this.asked = 0;
  }

  async #ask(...words) {
    const number = ++this.asked;
    this.process.child.stdin.write(`${[number, ...words].join(" ")}\n`);
    const answer = new RegExp(`^= ${number} (.*)$`, "m");
    return until(`an answer to ${words}`, () => {
      if (!this.process.running) throw new Error(`ended: ${this.output.slice(-4000)}`);
      return this.output.match(answer)?.[1];
    }, 20000, 5);
  }

  async #demand(...words) {
    const answer = await this.#ask(...words);
    if (answer !== "done") throw new Error(`${words.join(" ")}: ${answer}`);
  }

  set(element, property, value) { return this.#demand("set", element, property, value); }
  get(element, property) { return this.#ask("get", element, property); }
  link(pad, line) { return this.#demand("link", pad, line); }
  unlink(pad) { return this.#demand("unlink", pad); }

  // How many buffers the identity `name` has passed on.
  async count(name) {
    return Number((await this.get(name, "stats")).match(/num-buffers=\(guint64\)(\d+)/)[1]);
  }
}

// The README's line behind matrixcall.
export const recordOne = "c.video_0 ! queue ! mux.video_0 c.audio_0 ! queue ! mux.audio_0 " +
  "matroskamux name=mux ! filesink location=FILE";
