// SPDX-License-Identifier: LGPL-2.1-or-later
// How long it takes until there is a picture, beside matrix-js-sdk on the same homeserver. Each joins
// as a new user: homeservers answer the first sync of a device that comes back from a cache.
import { Browser } from "../env/browser.mjs";
import { Pipeline } from "../env/pipeline.mjs";
import { until } from "../env/process.mjs";
import { Synapse } from "../env/synapse.mjs";
import { Talker } from "./call.mjs";
import { figure } from "./figures.mjs";

const rounds = 8;
const media = { width: 320, height: 180, fps: 15 };
// Who is there already, and who comes: the lower id calls.
const there = "mia";
const orders = { "is-called": "zoe", calls: "abe" };

let people = 0;

class Joining {
  async start() {
    this.synapse = await Synapse.start();
    this.host = await this.synapse.register("host");
    this.page = await Browser.start(this.host, await this.host.createRoom([]), media);
    return this;
  }

  // A room with a call, and a user who is to be in it first.
  async room() {
    const user = await this.synapse.register(there + people++);
    const room = await user.createRoom([]);
    await user.createCall(room);
    return { user, room };
  }

  async newcomer(name, room) {
    const user = await this.synapse.register(name + people++);
    await user.join(room);
    return user;
  }

  // js-sdk, in a page that is loaded already: the moments of `times()` in ms.
  async browserJoins(user, room, wanted) {
    await this.page.load(room, media, user);
    await this.page.enter();
    const times = await until("the other's media", async () => {
      const seen = await this.page.times();
      return Number.isFinite(seen[wanted]) && seen;
    }, 30000, 20);
    await this.page.leave();
    return times;
  }

  // how: picture, or again, in a process that has had a call before.
  async elementJoins(how, user, room) {
    const joiner = new Talker("bench_joiner", [how, user.url, user.token, room]);
    const { ms } = JSON.parse(await joiner.hear());
    await joiner.end();
    return ms;
  }

  async end() {
    await this.page.close();
    await this.synapse.stop();
  }
}

// From nothing but an account to the first decoded picture of a browser that is in the call.
async function firstPicture(scene, noise) {
  const { user, room } = await scene.room();
  const browser = await Browser.start(user, room, media);
  await browser.enter();
  for (const [order, name] of Object.entries(orders)) {
    const [first, again, theirs] = [[], [], []];
    for (let round = 0; round < rounds; round++) {
      noise.sample();
      first.push(await scene.elementJoins("picture", await scene.newcomer(name, room), room));
      again.push(await scene.elementJoins("again", await scene.newcomer(name, room), room));
      const times = await scene.browserJoins(await scene.newcomer(name, room), room, "firstFrame");
      theirs.push(times.firstFrame - times.created);
    }
    figure(`P3.first-picture.${order}`, first, "ms", theirs);
    figure(`P3.first-picture.${order}.not-the-first-call`, again, "ms", theirs);
    figure(`P3.first-picture.${order}.js-sdk`, theirs, "ms");
  }
  await browser.close();
}

// A browser comes: from its enter() until it is connected to who is there.
async function connected(scene, noise) {
  const [elements, browsers] = [await scene.room(), await scene.room()];
  const pipeline = Pipeline.start(elements.user, elements.room, "", { launch: ["-e", "-m"] });
  await pipeline.news("matrixcall-state", "joined");
  const browser = await Browser.start(browsers.user, browsers.room, media);
  await browser.enter();
  for (const [order, name] of Object.entries(orders)) {
    const results = { ours: [], theirs: [], pictures: [] };
    for (let round = 0; round < rounds; round++) {
      noise.sample();
      const us = await scene.browserJoins(await scene.newcomer(name, elements.room), elements.room, "connected");
      results.ours.push(us.connected - us.entered);
      const them = await scene.browserJoins(await scene.newcomer(name, browsers.room), browsers.room, "firstFrame");
      results.theirs.push(them.connected - them.entered);
      results.pictures.push(them.firstFrame - them.entered);
    }
    figure(`P3.connected.${order}`, results.ours, "ms", results.theirs);
    figure(`P3.connected.${order}.to-first-picture`, results.ours, "ms", results.pictures);
    figure(`P3.connected.${order}.js-sdk`, results.theirs, "ms");
    figure(`P3.connected.${order}.js-sdk-first-picture`, results.pictures, "ms");
  }
  await pipeline.interrupt();
  await pipeline.clean();
  await browser.close();
}

export async function join(noise) {
  const scene = await new Joining().start();
  await firstPicture(scene, noise);
  await connected(scene, noise);
  await scene.end();
}
