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

// In the call until the moment `wanted`, then out of it: the moments of `times()` in ms.
async function enter(browser, wanted) {
  await browser.enter();
  const times = await until("the other's media", async () => {
    const seen = await browser.times();
    return Number.isFinite(seen[wanted]) && seen;
  }, 30000, 20);
  await browser.leave();
  return times;
}

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

  // js-sdk: the moments of `times()` in ms. In a browser that has had no call, as people come; the
  // element's first call of a process is its like.
  async newBrowserJoins(user, room, wanted) {
    const browser = await Browser.start(user, room, media);
    const times = await enter(browser, wanted);
    await browser.close();
    return times;
  }

  // In a browser that has had calls before, in a page that is loaded.
  async browserJoinsAgain(user, room, wanted) {
    await this.page.load(room, media, user);
    return enter(this.page, wanted);
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

const untilPicture = (times) => times.firstFrame - times.created;

// From nothing but an account to the first decoded picture of a browser that is in the call.
async function firstPicture(scene, noise) {
  const { user, room } = await scene.room();
  const browser = await Browser.start(user, room, media);
  await browser.enter();
  for (const [order, name] of Object.entries(orders)) {
    const ours = { first: [], again: [] };
    const theirs = { first: [], again: [] };
    for (let round = 0; round < rounds; round++) {
      noise.sample();
      const somebody = () => scene.newcomer(name, room);
      ours.first.push(await scene.elementJoins("picture", await somebody(), room));
      theirs.first.push(untilPicture(await scene.newBrowserJoins(await somebody(), room, "firstFrame")));
      ours.again.push(await scene.elementJoins("again", await somebody(), room));
      theirs.again.push(untilPicture(await scene.browserJoinsAgain(await somebody(), room, "firstFrame")));
    }
    for (const call of ["first", "again"]) {
      figure(`P3.first-picture.${order}.${call}-call`, ours[call], "ms", theirs[call]);
      figure(`P3.first-picture.${order}.${call}-call.js-sdk`, theirs[call], "ms");
    }
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
      const us = await scene.newBrowserJoins(await scene.newcomer(name, elements.room), elements.room, "connected");
      results.ours.push(us.connected - us.entered);
      const them = await scene.newBrowserJoins(await scene.newcomer(name, browsers.room), browsers.room, "firstFrame");
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
