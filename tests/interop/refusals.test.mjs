// SPDX-License-Identifier: LGPL-2.1-or-later
// What ends the call at its start is one ERROR with a sentence of its own, soon, and leaves nothing.
import assert from "node:assert/strict";
import { test } from "node:test";
import { recordOne } from "../env/pipeline.mjs";
import { freePort } from "../env/process.mjs";
import { CALL } from "../env/user.mjs";
import { Scene, homeserver, present } from "./scene.mjs";

const server = homeserver({ tls: true });

async function room(t, options) {
  const scene = new Scene(t, server);
  const [they, we] = await scene.users("adam", "zoe");
  const id = await they.createRoom([we], options);
  await they.createCall(id);
  return { scene, they, we, id };
}

async function refused(pipeline, sentence) {
  const code = await pipeline.process.end(10000);
  // Its two streams can meet within a line.
  const errors = pipeline.output.split("\n").filter((line) => line.includes("ERROR: from element"));
  assert.equal(errors.length, 1, pipeline.output);
  assert.match(errors[0], sentence);
  assert.notEqual(code, 0);
}

async function refusal(t, sentence, options = {}) {
  const { scene, they, we, id } = await room(t, options.room);
  await refused(scene.pipeline(we, options.to ?? id, recordOne, options), sentence);
  assert.equal((await they.devicesInCall(id, we.id)).length, 0);
}

test("a wrong token", (t) => refusal(t, /access token is not valid/, { token: "wrong" }));

test("no such room", (t) => refusal(t, /#nowhere:localhost/, { to: "#nowhere:localhost" }));

test("a room that we may not join", async (t) => {
  const { scene, they, we } = await room(t);
  const closed = await they.createRoom([], { preset: "private_chat" });
  await refused(scene.pipeline(we, closed, recordOne), /may not join/);
});

test("no power to be in a call", (t) =>
  refusal(t, /org\.matrix\.msc3401\.call\.member/, { room: { stock: true } }));

test("a room without a call", async (t) => {
  const scene = new Scene(t, server);
  const [we] = await scene.users("zoe");
  const id = await we.createRoom([]);
  await refused(scene.pipeline(we, id, recordOne), /no call in this room.*create=true/);
  assert.equal((await we.request("GET", `/v3/rooms/${encodeURIComponent(id)}/state`)).some((event) => event.type === CALL), false);
});

test("a homeserver that cannot be reached", async (t) =>
  refusal(t, /does not answer/, { homeserver: `http://127.0.0.1:${await freePort()}` }));

test("a certificate that nobody vouches for", (t) =>
  refusal(t, /certificate/i, { homeserver: server.synapse.tlsUrl }));

test("the same certificate is taken when tls-ca-file holds it", async (t) => {
  const { scene, they, we, id } = await room(t);
  const pipeline = scene.pipeline(we, id, recordOne, {
    homeserver: server.synapse.tlsUrl, element: [`tls-ca-file=${server.synapse.certificate}`],
  });
  await present(they, id, we);
  assert.equal((await pipeline.interrupt()).code, 0);
});
