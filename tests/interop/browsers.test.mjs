// SPDX-License-Identifier: LGPL-2.1-or-later
// The environment itself: a browser calls a browser, so that a failure elsewhere is not its fault.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Browser } from "../env/browser.mjs";
import { until } from "../env/process.mjs";
import { Synapse } from "../env/synapse.mjs";

let synapse;
before(async () => { synapse = await Synapse.start(); });
after(() => synapse.stop());

const near = (colour, wanted) => colour?.every((value, i) => Math.abs(value - wanted[i]) < 25);

test("a browser sees the colour and hears the tone of another", async () => {
  const [alice, bob] = [await synapse.register("alice"), await synapse.register("bob")];
  const room = await alice.createRoom([bob]);
  const peers = await Promise.all([
    Browser.start(alice, room, { colour: "rgb(200,40,40)", frequency: 440 }),
    Browser.start(bob, room, { colour: "rgb(40,60,200)", frequency: 880 }),
  ]);
  try {
    await peers[0].createCall();
    await peers[0].enter();
    await until("the call at bob's", () => peers[1].enter().then(() => true, () => false));
    for (const [peer, colour, tone] of [[peers[0], [40, 60, 200], 880], [peers[1], [200, 40, 40], 440]]) {
      await until("picture and tone", async () => {
        const received = await peer.received();
        return received.some((one) => one.kind === "video" && near(one.colour, colour)) &&
          received.some((one) => one.kind === "audio" && Math.abs(one.tone - tone) < 12);
      });
    }
    const numbers = (await peers[1].received()).find((one) => one.kind === "video");
    assert.ok(Number.isInteger(numbers.number), "the number of a frame can be read");
    await until("frames that alice says she sent", async () =>
      (await peers[0].sent()).some((one) => one.kind === "video" && one.framesEncoded > 10));
  } finally {
    await Promise.all(peers.map((peer) => peer.close()));
  }
});
