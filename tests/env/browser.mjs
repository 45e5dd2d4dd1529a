// SPDX-License-Identifier: LGPL-2.1-or-later
// A participant that is matrix-js-sdk in a headless Chromium of its own.
import { once } from "node:events";
import { createReadStream, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, extname, join } from "node:path";
import { until } from "./process.mjs";

const { chromium } = createRequire(join(process.env.NODE_MODULES, "index.js"))("playwright-core");

const flags = [
  "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream", "--autoplay-policy=no-user-gesture-required",
  "--disable-features=WebRtcHideLocalIpsWithMdns", "--allow-loopback-in-peer-connection",
  "--disable-background-timer-throttling", "--disable-renderer-backgrounding",
];

const content = {
  width: 320, height: 180, fps: 15, colour: "rgb(200,40,40)", screenColour: "rgb(40,160,60)",
  frequency: 440, audio: true, video: true, flashPeriod: 0,
  beepPeriod: null, // that of the flashes
  // "receive": its device has keys, and it sends its call messages in clear, as matrix-js-sdk does;
  // "required": it encrypts them and takes no others.
  crypto: "",
};

const types = { ".js": "text/javascript", ".wasm": "application/wasm" };

// The page comes from http://localhost: only a secure context has media.
let pages;
async function pageUrl() {
  if (!pages) {
    pages = createServer((request, response) => {
      const file = basename(new URL(request.url, "http://localhost").pathname) || "peer.html";
      response.setHeader("content-type", types[extname(file)] ?? "text/html");
      createReadStream(join(process.env.PEER_PAGE, file)).on("error", () => response.writeHead(404).end()).pipe(response);
    }).listen(0, "127.0.0.1");
    pages.unref();
    await once(pages, "listening");
  }
  return `http://localhost:${pages.address().port}/peer.html`;
}

export class Browser {
  // A synced client of `user` in `room`, not in a call yet. options: see `content`.
  static async start(user, room, options = {}) {
    const browser = new Browser();
    browser.user = user;
    browser.folder = mkdtempSync(join(tmpdir(), "browser-"));
    browser.log = "";
    browser.context = await chromium.launchPersistentContext(browser.folder,
      { executablePath: "/usr/bin/chromium", headless: false, args: flags });
    browser.page = await browser.context.newPage();
    browser.page.on("console", (message) => { browser.log += `${message.text()}\n`; });
    browser.page.on("pageerror", (error) => { browser.log += `${error}\n`; });
    await browser.load(room, options);
    return browser;
  }

  // Anew, or as another user.
  async load(room, options, user = this.user) {
    await this.page.goto(await pageUrl());
    await this.page.evaluate((o) => window.peer.start(o), {
      ...content, ...options, homeserver: user.url, accessToken: user.token, userId: user.id,
      deviceId: user.deviceId, roomId: room,
    });
  }

  #call(method, ...args) {
    return this.page.evaluate(([name, given]) => window.peer[name](...given), [method, args]);
  }

  createCall() { return this.#call("createCall"); }
  setUpCrossSigning(password) { return this.#call("setUpCrossSigning", password); }
  isSignedByOwner(userId, deviceId) { return this.#call("isSignedByOwner", userId, deviceId); }
  enter() { return this.#call("enter"); }
  leave() { return this.#call("leave"); }
  received() { return this.#call("received"); }
  numbers(userId) { return this.#call("numbers", userId); }
  inbound() { return this.#call("inbound"); }
  sent() { return this.#call("sent"); }
  sentTo(userId) { return this.#call("sentTo", userId); }
  legs() { return this.#call("legs"); }
  times() { return this.#call("times"); }
  participants() { return this.#call("participants"); }
  feeds() { return this.#call("feeds"); }
  mute(kind, muted) { return this.#call("mute", kind, muted); }
  share(on) { return this.#call("share", on); }
  freeze() { return this.#call("freeze"); }

  // Until a leg to `userId` is connected.
  connected(userId, deadline) {
    return until(`leg to ${userId}`, async () => (await this.legs()).some((leg) => leg.userId === userId && leg.state === "connected"), deadline);
  }

  // Until it has sent `count` frames (of 15 a second, if it was not told otherwise) to somebody.
  framesSent(count) {
    return until(`${count} frames sent`, async () => (await this.sent()).some((one) => one.framesSent >= count), 60000 + 100 * count);
  }

  async kill() {
    const session = await this.context.browser()?.newBrowserCDPSession() ?? await this.context.newCDPSession(this.page);
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    for (const { id } of processInfo.sort((a) => (a.type === "browser" ? -1 : 1))) {
      try { process.kill(id, "SIGKILL"); } catch { /* gone with its parent */ }
    }
    await this.close();
  }

  async close() {
    await this.context.close().catch(() => {});
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
