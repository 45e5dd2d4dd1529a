// SPDX-License-Identifier: LGPL-2.1-or-later
// A real homeserver on a free port of the loopback, with a database that is thrown away.
import { randomBytes } from "node:crypto";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Process, freePort, until } from "./process.mjs";
import { User } from "./user.mjs";

const unlimited = { per_second: 10000, burst_count: 10000 };
const rateLimits = {
  rc_message: unlimited, rc_registration: unlimited, rc_joins_per_room: unlimited,
  rc_room_creation: unlimited, rc_delayed_event_mgmt: unlimited,
  rc_login: { address: unlimited, account: unlimited, failed_attempts: unlimited },
  rc_joins: { local: unlimited, remote: unlimited },
  rc_invites: { per_room: unlimited, per_user: unlimited, per_issuer: unlimited },
};

function makeCertificate(folder) {
  const [certificate, key] = [join(folder, "tls.crt"), join(folder, "tls.key")];
  execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
    "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
    "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", certificate], { stdio: "ignore" });
  return { certificate, key };
}

export class Synapse {
  // stockLimits: Synapse's own rate limits. tls: a second listener at `tlsUrl`, with a certificate
  // signed by itself (`certificate`). turnUris: what it offers for TURN.
  static async start({ stockLimits = false, tls = false, turnUris = [] } = {}) {
    const synapse = new Synapse();
    synapse.folder = mkdtempSync(join(tmpdir(), "synapse-"));
    synapse.url = `http://127.0.0.1:${await freePort()}`;
    if (tls) {
      Object.assign(synapse, makeCertificate(synapse.folder));
      synapse.tlsUrl = `https://127.0.0.1:${await freePort()}`;
    }
    synapse.writeConfiguration({ stockLimits, turnUris });
    synapse.run();
    try {
      await until("homeserver up", () => synapse.isUp(), 60000, 100);
    } catch (error) {
      synapse.process.kill("SIGKILL");
      throw new Error(`${error.message}\n${synapse.process.output.slice(-3000)}`);
    }
    return synapse;
  }

  writeConfiguration({ stockLimits, turnUris }) {
    const { folder } = this;
    const listener = (url, more) => ({
      port: Number(new URL(url).port), bind_addresses: ["127.0.0.1"], type: "http",
      resources: [{ names: ["client", "federation", "openid"] }], ...more,
    });
    const listeners = [listener(this.url)];
    if (this.tlsUrl) listeners.push(listener(this.tlsUrl, { tls: true }));
    writeFileSync(join(folder, "signing.key"), `ed25519 a_x ${randomBytes(32).toString("base64").replace(/=+$/, "")}\n`);
    writeFileSync(join(folder, "log.yaml"), JSON.stringify({
      version: 1, root: { level: "WARNING", handlers: ["console"] },
      handlers: { console: { class: "logging.StreamHandler" } },
    }));
    writeFileSync(join(folder, "homeserver.yaml"), JSON.stringify({
      server_name: "localhost", listeners, database: { name: "sqlite3", args: { database: join(folder, "db.sqlite") } },
      pid_file: join(folder, "pid"), log_config: join(folder, "log.yaml"), signing_key_path: join(folder, "signing.key"),
      media_store_path: join(folder, "media"), report_stats: false, trusted_key_servers: [],
      enable_registration: true, enable_registration_without_verification: true, bcrypt_rounds: 4,
      presence: { enabled: false }, macaroon_secret_key: randomBytes(16).toString("hex"),
      ...(turnUris.length ? { turn_uris: turnUris, turn_shared_secret: "secret" } : {}),
      ...(this.certificate ? { tls_certificate_path: this.certificate, tls_private_key_path: this.key } : {}),
      ...(stockLimits ? {} : rateLimits),
    }));
  }

  run() {
    this.process = new Process(process.env.SYNAPSE_PYTHON,
      ["-m", "synapse.app.homeserver", "-c", join(this.folder, "homeserver.yaml")], { cwd: this.folder });
  }

  async isUp() {
    if (!this.process.running) throw new Error(`the homeserver ended: ${this.process.code}`);
    return fetch(`${this.url}/_matrix/client/versions`).then((response) => response.ok, () => false);
  }

  register(name, deviceId) {
    return User.register(this.url, name, deviceId);
  }

  pause() {
    this.process.kill("SIGSTOP");
  }

  resume() {
    this.process.kill("SIGCONT");
  }

  async stop() {
    this.resume();
    this.process.kill("SIGKILL");
    await this.process.end();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
