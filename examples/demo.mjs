// SPDX-License-Identifier: LGPL-2.1-or-later
// What examples/demo runs when all is installed and built.
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { contactSheet, longestGap, tracks } from "../tests/env/media.mjs";
import { Pipeline, recordOne } from "../tests/env/pipeline.mjs";
import { until } from "../tests/env/process.mjs";

const text = { type: "string" };
const { values: options } = parseArgs({
  options: { homeserver: text, room: text, "user-id": text, "access-token-file": text, output: text },
});
const output = options.output ?? join(mkdtempSync(join(tmpdir(), "matrix-call-")), "recording.mkv");
mkdirSync(dirname(output), { recursive: true });
const seconds = 6;

function show(pipeline) {
  console.log(`\n  ${pipeline.line}\n`);
}

async function report(file) {
  const list = await tracks(file);
  if (list.length === 0) throw new Error("nothing was recorded");
  for (const { kind, codec, width, height, packets, duration, times } of list) {
    const size = width ? ` ${width}x${height}` : "";
    console.log(`  ${kind}: ${codec}${size}, ${duration.toFixed(2)} s, ${packets} packets, longest gap ${(1000 * longestGap(times)).toFixed(0)} ms`);
  }
  console.log(`\n  recording      ${file}`);
  if (!list.some((track) => track.kind === "video")) return;
  const sheet = join(dirname(file), "contact-sheet.png");
  await contactSheet(file, sheet);
  console.log(`  contact sheet  ${sheet}`);
}

async function ownCall() {
  const { Synapse } = await import("../tests/env/synapse.mjs");
  const { Browser } = await import("../tests/env/browser.mjs");
  console.log("Starting a homeserver and a browser on this machine");
  const synapse = await Synapse.start();
  try {
    const [alice, recorder] = [await synapse.register("alice"), await synapse.register("recorder")];
    const room = await alice.createRoom([recorder], { alias: "standup" });
    await alice.createCall(room);
    const browser = await Browser.start(alice, room, { width: 640, height: 360, fps: 30 });
    await browser.enter();
    console.log("Alice is in the call. Recording her:");
    const pipeline = Pipeline.start(recorder, "#standup:localhost", recordOne);
    show(pipeline);
    // GStreamer looks at every plugin when it is started for the first time.
    await browser.connected(recorder.id, 120000);
    await sleep(seconds * 1000);
    const { code, took } = await pipeline.interrupt();
    await browser.close();
    if (code !== 0) throw new Error(`gst-launch-1.0 ended with ${code}:\n${pipeline.output}`);
    console.log(`Ctrl-C after ${seconds} s in the call; the file was complete ${took} ms later:\n`);
    copyFileSync(pipeline.file, output);
    await pipeline.clean();
  } finally {
    await synapse.stop();
  }
}

async function realCall() {
  for (const name of ["homeserver", "room", "user-id", "access-token-file"]) {
    if (!options[name]) throw new Error(`--${name} is needed to join a real call (see --help)`);
  }
  const token = readFileSync(options["access-token-file"], "utf8").split("\n")[0].trim();
  const user = { url: options.homeserver, id: options["user-id"], token };
  const pipeline = Pipeline.start(user, options.room, recordOne, { launch: ["-e", "-m"] });
  console.log("Recording the first participant who sends, until Ctrl-C:");
  show(pipeline);
  process.on("SIGINT", () => pipeline.process.kill("SIGINT"));
  await until("the end", () => !pipeline.process.running, 2 ** 31, 200);
  const error = pipeline.output.match(/^ERROR: .*/m)?.[0];
  if (pipeline.process.code !== 0) throw new Error(error ?? pipeline.output.slice(-2000));
  console.log();
  copyFileSync(pipeline.file, output);
  await pipeline.clean();
}

try {
  await (Object.keys(options).some((name) => name !== "output") ? realCall() : ownCall());
  await report(output);
  process.exit(0);
} catch (error) {
  console.error(`\n${error.message}`);
  process.exit(1);
}
