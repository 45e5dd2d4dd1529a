// SPDX-License-Identifier: LGPL-2.1-or-later
// What is remembered of calls, and what becomes of those that we died in.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { environment, within } from "../env/pipeline.mjs";
import { until } from "../env/process.mjs";
import { MEMBER } from "../env/user.mjs";
import { Scene, entry, gone, homeserver } from "./scene.mjs";

const server = homeserver();

// What the example program lists of this room: [call, since, who, whose device].
function listed(room) {
  const [program, ...args] = [...within, join(process.env.BUILD_DIR ?? "build", "examples", "ongoing_calls")];
  const text = execFileSync(program, args, { encoding: "utf8", env: { ...process.env, ...environment } });
  const lines = text.split("\n").filter((line) => line.startsWith(`${room}\t`));
  assert.ok(lines.length <= 1, text);
  return lines.length === 0 ? undefined : lines[0].split("\t").slice(1);
}

test("calls are remembered, and left or joined again after SIGKILL", async (t) => {
  const scene = new Scene(t, server);
  const [they, we] = await scene.users("adam", "zoe");
  const rooms = [];
  for (let i = 0; i < 2; i++) {
    const room = await they.createRoom([we]);
    const callId = await they.createCall(room);
    await they.setState(room, MEMBER, they.id, entry(callId, they.deviceId));
    rooms.push({ room, callId });
  }
  const join = async ({ room, callId }) => {
    const pipeline = scene.pipeline(we, room, "c.audio_0 ! fakesink");
    await pipeline.news("matrixcall-state", "joined");
    await until("the record", () => listed(room)?.[2] === `${we.id} ${they.id}`);
    assert.equal(listed(room)[0], callId);
    assert.equal(listed(room)[3], `${we.id}/${we.deviceId}`);
    return pipeline;
  };
  const die = async (pipeline) => {
    pipeline.process.kill("SIGKILL");
    await pipeline.process.end();
  };
  await die(await join(rooms[0]));
  assert.equal(listed(rooms[0].room)[2], `${we.id} ${they.id}`);
  assert.equal((await they.devicesInCall(rooms[0].room, we.id)).length, 1);

  const second = await join(rooms[1]);
  await gone(they, rooms[0].room, we);
  await until("its record", () => listed(rooms[0].room)?.[3].startsWith("not "));
  assert.equal(listed(rooms[0].room)[2], they.id);
  const [{ session_id: before }] = await they.devicesInCall(rooms[1].room, we.id);
  const [, since] = listed(rooms[1].room);
  await die(second);

  const third = await join(rooms[1]);
  const [{ session_id: after }, ...others] = await they.devicesInCall(rooms[1].room, we.id);
  assert.notEqual(after, before);
  assert.equal(others.length, 0);
  assert.equal(listed(rooms[1].room)[1], since);
  const { code } = await third.interrupt();
  assert.equal(code, 0, third.output);
  assert.deepEqual(listed(rooms[1].room).slice(2), [they.id, `not ${we.id}/${we.deviceId}`]);
});
