// SPDX-License-Identifier: LGPL-2.1-or-later
// Our Olm machine and another implementation understand each other.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { within } from "../env/pipeline.mjs";
import { long } from "./scene.mjs";

test("vodozemac reads what we encrypt, and we what it encrypts", () => {
  const peer = join(process.env.BUILD_DIR ?? "build", "tests", "signalling", "olm_peer");
  const script = join(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "vodozemac_peer.py");
  execFileSync(process.env.OLM_PYTHON, [script, long ? "20000" : "1000", ...within, peer], { stdio: "inherit" });
});
