// SPDX-License-Identifier: LGPL-2.1-or-later
// Makes a matrix-js-sdk client one that speaks Olm only, as Hydrogen does: its call messages go through
// its own encryption, and clear ones are dropped.
import { UserId } from "@matrix-org/matrix-sdk-crypto-wasm";

const isCall = (type) => type.startsWith("m.call.");

// In a room without encryption the client does not track who it calls.
async function findDevice(client, userId, deviceId) {
  const { olmMachine, outgoingRequestsManager } = client.getCrypto();
  for (let attempt = 0; attempt < 100; attempt++) {
    await olmMachine.updateTrackedUsers([new UserId(userId)]);
    await outgoingRequestsManager.doProcessOutgoingRequests();
    const devices = await olmMachine.getUserDevices(new UserId(userId), 1);
    if (devices.keys().includes(deviceId) || [...devices.keys()].some((id) => id.toString() === deviceId)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no keys of ${userId} ${deviceId}`);
}

export function encryptCalls(client) {
  const sendClear = client.sendToDevice.bind(client);
  let last = Promise.resolve();
  client.sendToDevice = (type, messages, ...rest) => {
    if (!isCall(type)) return sendClear(type, messages, ...rest);
    last = last.catch(() => {}).then(async () => {
      for (const [userId, devices] of messages) {
        for (const [deviceId, content] of devices) {
          await findDevice(client, userId, deviceId);
          await client.encryptAndSendToDevice(type, [{ userId, deviceId }], content);
        }
      }
      return {};
    });
    return last;
  };
  const emit = client.emit.bind(client);
  client.emit = (name, event, ...rest) =>
    name === "toDeviceEvent" && isCall(event.getType()) && !event.isEncrypted() ? false : emit(name, event, ...rest);
}
