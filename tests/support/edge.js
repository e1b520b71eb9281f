// The edge under test: wrangler with workerd on a port, a state folder and secrets of its own. It can be killed and started again.

import { spawn, spawnSync } from "node:child_process";
import { createHmac, randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createConnection, createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");

/** Longest wait for the edge to answer, or for its port to be free again. */
const PATIENCE_MS = 60_000;

export class Edge {
  /** Everything that wrangler and the Worker have written, both streams. */
  log = "";
  #child;
  #folder;
  #variables;
  #ready;
  #ai;

  /**
   * Starts an edge; `variables` replace those of development, `ready` says of the answer to /healthz whether it is there, and
   * `change` makes other secrets of good ones. `ai` is where the binding of Workers AI leads to; without it there is none.
   */
  static async start(variables = {}, ready = ({ ok }) => ok, change = (good) => good, ai = undefined) {
    const edge = new Edge();
    edge.#ai = ai;
    process.once("exit", () => edge.#child && signal(edge.#child));
    edge.#ready = ready;
    edge.#folder = await mkdtemp(join(tmpdir(), "sotto-edge-"));
    edge.port = await freePort();
    edge.url = `http://127.0.0.1:${edge.port}`;
    edge.#variables = {
      SOTTO_MODE: "development",
      SOTTO_JURISDICTION: "none",
      SOTTO_CLIENT_ADDRESS: "development",
      SOTTO_ISSUER: edge.url,
      ...variables,
    };
    edge.secrets = change(secrets());
    await writeFile(join(edge.#folder, "secrets.vars"), secretsFile(edge.secrets), { mode: 0o600 });
    await edge.#spawn();
    return edge;
  }

  /** Ends it for good and removes its state. */
  async stop() {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Ends wrangler and workerd at once, as a power cut does. */
  async kill() {
    const child = this.#child;
    if (!child) return;
    this.#child = undefined;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    signal(child);
    await ended;
    await until(async () => !(await accepts(this.port)), "the edge's port was not given back");
  }

  /** Kills it and starts it again on the same state; `variables` replace those that it had. */
  async restart(variables = {}) {
    await this.kill();
    Object.assign(this.#variables, variables);
    await this.#spawn();
  }

  /** Changes its keyring as an operator does, by `cargo xtask keys …`, and starts it again with that. */
  async changeKeys(...commands) {
    const file = join(this.#folder, "secrets.vars");
    for (const command of commands) {
      const args = ["xtask", "keys", ...command.split(" "), "--file", file];
      const { status, stderr } = spawnSync("cargo", args, { cwd: ROOT, encoding: "utf8" });
      if (status !== 0) throw new Error(`keys ${command}: ${stderr}`);
    }
    const line = (await readFile(file, "utf8")).split("\n").find((text) => text.startsWith("SOTTO_KEYRING="));
    this.secrets.keyring = JSON.parse(line.slice("SOTTO_KEYRING='".length, -1));
    await this.restart();
  }

  /** The files of its state whose names are wanted. */
  async files(isWanted = () => true) {
    const folder = join(this.#folder, "state");
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile() && isWanted(entry.name));
    return files.map((file) => join(file.parentPath ?? file.path, file.name));
  }

  /** Every byte that it has written to its state, as text. */
  async stored() {
    const texts = await Promise.all((await this.files()).map((file) => readFile(file, "latin1")));
    return texts.join("\n");
  }

  async #spawn() {
    const state = join(this.#folder, "state");
    const args = ["node_modules/wrangler/bin/wrangler.js", "dev", "--config", "wrangler.toml", "--local"];
    args.push("--ip", "127.0.0.1", "--port", String(this.port), "--inspector-port", "0", "--persist-to", state);
    args.push("--env-file", join(this.#folder, "secrets.vars"), "--log-level", "log");
    args.push("--show-interactive-dev-session=false");
    for (const [name, value] of Object.entries(this.#variables)) args.push("--var", `${name}:${value}`);
    const withAi = ["tests/support/with-ai.js", this.#ai, String(this.port), state];
    const child = spawn(process.execPath, this.#ai ? withAi : args, {
      cwd: ROOT,
      detached: true, // A process group of its own, so that workerd ends with it.
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        WRANGLER_SEND_METRICS: "false",
        WRANGLER_SEND_ERROR_REPORTS: "false",
        WRANGLER_HIDE_BANNER: "true",
        WRANGLER_LOG_PATH: join(this.#folder, "wrangler-logs"),
        WRANGLER_REGISTRY_PATH: join(this.#folder, "registry"),
        CLOUDFLARE_CF_FETCH_ENABLED: "false",
        FORCE_COLOR: undefined,
        NO_COLOR: "1",
        ...(this.#ai && { ...this.#variables, SOTTO_PLATFORM_TOKEN: this.secrets.platformToken, SOTTO_KEYRING: JSON.stringify(this.secrets.keyring) }),
      },
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => {
        this.log += text;
      });
    }
    await until(
      async () => {
        if (child.exitCode !== null) throw new Error(`the edge ended:\n${this.log}`);
        const health = await fetch(`${this.url}/healthz`).catch(() => undefined);
        return health && this.#ready(health);
      },
      () => `the edge did not answer:\n${this.log}`,
    );
  }

  /**
   * One call. `token` goes into Authorization, `origin` into Origin (left out: no such header), `json` or `body` is sent.
   * `address` is the client's address, which development believes; left out, it is one that no other call has.
   */
  call(method, path, { token, origin, json, body, type, address = newAddress(), headers = {}, signal: abort } = {}) {
    const sent = { "cf-connecting-ip": address, ...headers };
    if (token !== undefined) sent.authorization = `Bearer ${token}`;
    if (origin !== undefined) sent.origin = origin;
    if (json !== undefined || type !== undefined) sent["content-type"] = type ?? "application/json";
    const content = json === undefined ? body : JSON.stringify(json);
    return fetch(this.url + path, { method, headers: sent, body: content, signal: abort, redirect: "manual" });
  }

  /** Signs claims as the edge does: a JWT of ours, with the key in use or with another one. */
  sign(claims, { header = {}, key } = {}) {
    const [active] = this.secrets.keyring.access;
    const head = encode({ alg: "HS256", typ: "sotto-session+jwt", kid: String(active.kid), ...header });
    const signed = `${head}.${encode(claims)}`;
    const secret = key ?? Buffer.from(active.key, "base64url");
    return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
  }
}

let addresses = 0;

/** A client address in a network that nothing else in this process uses: limits count by /24. */
export const newAddress = () => {
  addresses += 1;
  return `10.${Math.floor(addresses / 256) % 256}.${addresses % 256}.7`;
};

/** The claims of an access token. */
export const claimsOf = (token) => JSON.parse(Buffer.from(token.split(".")[1], "base64url").toString());

/** A port that nobody listens on. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Asks again until `condition` holds; fails with `complaint` when the patience is over. */
export async function until(condition, complaint, patience = PATIENCE_MS) {
  const end = Date.now() + patience;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(typeof complaint === "function" ? complaint() : complaint);
    await pause(50); // Between two looks at a condition; nothing relies on its length.
  }
}

function signal(child) {
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // It has ended already.
  }
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: "127.0.0.1" });
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("close", () => socket.destroy());
    socket.once("connect", () => socket.end());
  });
}

const secret = () => randomBytes(32).toString("base64url");
const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

function secrets() {
  const list = () => [{ kid: 1, key: secret() }];
  return {
    platformToken: secret(),
    keyring: { access: list(), site: list(), receipt: list(), root: list() },
  };
}

const secretsFile = ({ platformToken, keyring }) =>
  `SOTTO_PLATFORM_TOKEN="${platformToken}"\nSOTTO_KEYRING='${JSON.stringify(keyring)}'\n`;
