// SPDX-License-Identifier: LGPL-2.1-or-later
// What encrypted call signalling costs, beside clear signalling and the bare library.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { Browser } from "../env/browser.mjs";
import { Synapse } from "../env/synapse.mjs";
import { Talker } from "./call.mjs";
import { figure } from "./figures.mjs";

const rounds = 8;
const media = { width: 320, height: 180, fps: 15 };

// A browser in a call that it shows its picture in.
async function host(synapse, name, crypto) {
  const user = await synapse.register(name);
  const room = await user.createRoom([]);
  await user.createCall(room);
  const browser = await Browser.start(user, room, { ...media, crypto });
  await browser.enter();
  return { browser, room };
}

async function joinMs(synapse, name, room) {
  const user = await synapse.register(name);
  await user.join(room);
  const joiner = new Talker("bench_joiner", ["again", user.url, user.token, room]);
  const { ms } = JSON.parse(await joiner.hear());
  await joiner.end();
  return ms;
}

async function joins(noise) {
  const synapse = await Synapse.start();
  const hosts = { olm: await host(synapse, "miaolm", "required"), clear: await host(synapse, "miaclear", "receive") };
  for (const [order, name] of [["is-called", "zoe"], ["calls", "abe"]]) {
    const took = { olm: [], clear: [] };
    for (let round = 0; round < rounds; round++) {
      noise.sample();
      for (const kind of ["olm", "clear"]) took[kind].push(await joinMs(synapse, `${name}${kind}${round}`, hosts[kind].room));
    }
    figure(`P6.first-picture.${order}.olm`, took.olm, "ms", took.clear);
    figure(`P6.first-picture.${order}.clear`, took.clear, "ms");
  }
  for (const { browser } of Object.values(hosts)) await browser.close();
  await synapse.stop();
}

function measured(what) {
  const program = join(process.env.BUILD_DIR, "tests", "bench", "bench_crypto");
  return execFileSync(program, [what], { encoding: "utf8" }).trim().split("\n").map((line) => JSON.parse(line));
}

export async function olm(noise) {
  const mutes = measured("mute");
  figure("P6.mute.16-peers", mutes.map(({ ours }) => ours), "us", mutes.map(({ bare }) => bare));
  noise.sample();
  const starts = measured("start");
  figure("P6.start.1000-devices", starts.map(({ full }) => full), "ms", starts.map(({ empty }) => empty));
  await joins(noise);
}
