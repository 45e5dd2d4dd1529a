// SPDX-License-Identifier: LGPL-2.1-or-later
// Our own device, signed with a key that another client of the user made.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { until } from "../env/process.mjs";
import { password } from "../env/user.mjs";
import { Scene, homeserver } from "./scene.mjs";

const server = homeserver();

// A file that only we can read.
function secretFile(t, text) {
  const folder = mkdtempSync(join(tmpdir(), "secret-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "key"), text, { mode: 0o600 });
  return join(folder, "key");
}

test("a recovery key makes our device one that its owner has verified", async (t) => {
  const scene = new Scene(t, server);
  const [they, we] = await scene.users("adam", "zoe");
  const room = await they.createRoom([we]);
  await they.createCall(room);
  const other = await scene.browser(we, room, { crypto: "receive" });
  const key = await other.setUpCrossSigning(password);
  const device = await we.login("RECORDER");
  const sending = "videotestsrc is-live=true ! video/x-raw,width=320,height=180,framerate=15/1 ! c.send_video";
  const watching = scene.pipeline(they, room, "c.audio_0 ! fakesink", { element: ["device-trust=signed"] });
  await watching.news("matrixcall-state", "joined");

  const pipeline = scene.pipeline(device, room, sending, { element: [`recovery-key-file=${secretFile(t, `${key}\n`)}`] });
  await pipeline.news("matrixcall-state", "joined");
  await until("the signature", () => other.isSignedByOwner(we.id, "RECORDER"));
  await watching.news("matrixcall-feed", we.id, "trust=(string)signed");
  assert.doesNotMatch(pipeline.output, /not cross-signed/);
  assert.ok(!pipeline.output.includes(key.slice(0, 14)), "the key is told nobody");
  await pipeline.interrupt();

  const wrong = await other.setUpCrossSigning(password);
  assert.notEqual(wrong, key);
  const again = scene.pipeline(await we.login("OTHER"), room, sending, { element: [`recovery-key-file=${secretFile(t, key)}`] });
  await until("the warning", () => again.output.includes("not the one that the user's secrets are encrypted under"));
  await again.news("matrixcall-state", "joined");
  await again.interrupt();
});
