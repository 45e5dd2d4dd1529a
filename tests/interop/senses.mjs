// SPDX-License-Identifier: LGPL-2.1-or-later
// What our pads are given in these tests, and what a browser sees and hears of it.
import { until } from "../env/process.mjs";

export const rate = 15;
export const picture = `videotestsrc is-live=true pattern=blue ! video/x-raw,width=320,height=180,framerate=${rate}/1`;
export const tone = "audiotestsrc is-live=true freq=660 ! audio/x-raw,rate=48000,channels=1";
export const isBlue = ([red, green, blue]) => blue > 180 && red < 80 && green < 80;

const ours = (all, user, kind, purpose) =>
  all.filter((one) => one.kind === kind && one.from.startsWith(user.id) && one.from.endsWith(purpose)).at(-1);

// What the browser has of us: the newest track of `kind` and purpose.
export async function received(browser, user, kind, purpose = "m.usermedia") {
  return ours(await browser.received(), user, kind, purpose);
}

// The same in numbers, of what came in.
export async function counted(browser, user, kind, purpose = "m.usermedia") {
  return ours(await browser.inbound(), user, kind, purpose);
}

export async function seen(browser, user, frames = 15, purpose = undefined, isRight = isBlue) {
  return until("our picture", async () => {
    const found = await received(browser, user, "video", purpose);
    return found?.frames >= frames && isRight(found.colour, found) && found;
  }, 30000);
}

export async function heard(browser, user, frequency = 660) {
  return until("our tone", async () => {
    const found = await received(browser, user, "audio");
    return Math.abs((found?.tone ?? 0) - frequency) < 15 && found;
  }, 30000);
}
