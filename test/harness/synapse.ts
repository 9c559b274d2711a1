import { spawn, type ChildProcess } from "node:child_process";
import { createHmac, randomBytes } from "node:crypto";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SetupFault } from "./fault.ts";
import { whenStill } from "./patience.ts";
import { pythonEnvironment, pythonWith, type Progress } from "./python.ts";
import { selfSigned } from "./selfSigned.ts";
import {
  CERTIFICATE,
  LOGGING,
  synapseConfiguration,
  synapseLogging,
} from "./synapseConfiguration.ts";

const REQUIREMENTS = join(import.meta.dirname, "synapse.requirements.txt");
/** Guards against hanging: on a busy machine both may take a minute. */
const START_MS = 300_000;
const STOP_MS = 60_000;

/**
 * Runs Synapse. It ends when its standard input closes: that happens however the parent dies, also by SIGKILL. Its database waits for no disk: what a
 * power cut would cost is of no worth here, and the waiting takes a fifth of the time.
 */
const PROGRAM = `
import os, signal, threading
def watch():
    while os.read(0, 1): pass
    os.kill(os.getpid(), signal.SIGTERM)
threading.Thread(target=watch, daemon=True).start()
from synapse.storage.engines.sqlite import Sqlite3Engine
connected = Sqlite3Engine.on_new_connection
def without_waiting(self, connection):
    connected(self, connection)
    connection.execute("PRAGMA synchronous = OFF")
Sqlite3Engine.on_new_connection = without_waiting
from synapse.app.homeserver import main
main()
`;

export interface Account {
  readonly userId: string;
  readonly accessToken: string;
  readonly deviceId: string;
  readonly password: string;
}

async function writeCertificate(dataDir: string): Promise<void> {
  const { key, cert } = selfSigned(["localhost"]);
  await writeFile(join(dataDir, CERTIFICATE.key), key, { mode: 0o600 });
  await writeFile(join(dataDir, CERTIFICATE.cert), cert);
}

/** A homeserver that lets us make accounts. */
export interface Synapse {
  readonly url: string;
  /** Its `registration_shared_secret`. */
  readonly secret: string;
  /** Whether it was started for this caller alone, so that every name is free. */
  readonly fresh: boolean;
  /** Makes an account with exactly this localpart and logs it in. */
  register(
    localpart: string,
    options?: { admin?: boolean; displayName?: string },
  ): Promise<Account>;
  /** Ends it, and removes its data unless they were to be kept. Does nothing to a given one. */
  stop(): Promise<void>;
}

interface StartOptions {
  readonly serverName?: string;
  /** Where its data live, made if missing and kept at the end; otherwise a fresh folder, removed at the end. */
  readonly dataDir?: string;
  readonly progress?: Progress;
  /** Speaks with others of these on loopback, and is called by its address there. */
  readonly federates?: boolean;
  /** Where Python looks for modules that the settings name. */
  readonly pythonPath?: string;
  /** Further settings of `homeserver.yaml`, such as `app_service_config_files`. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** Installs Synapse if it is not there yet. Throws a `SetupFault` where that cannot be done. */
export async function prepareSynapse(progress: Progress = () => undefined): Promise<void> {
  if (given() === undefined) await pythonWith(REQUIREMENTS, progress);
}

/**
 * Starts a Synapse of our own on a free loopback port, or takes the one that `USHER_TEST_HOMESERVER` names.
 * It ends with this process, however that ends. Throws a `SetupFault` where it cannot be installed or started.
 */
export async function startSynapse(options: StartOptions = {}): Promise<Synapse> {
  const existing = given();
  if (existing !== undefined) {
    await checkGiven(existing.url);
    return attachSynapse(existing.url, existing.secret);
  }
  const python = await pythonWith(REQUIREMENTS, options.progress ?? (() => undefined));
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), "usher-synapse-")));
  await mkdir(dataDir, { recursive: true });
  const secret = randomBytes(16).toString("hex");
  const port = await freePort();
  const federation = options.federates === true ? await freePort() : undefined;
  const configuration = synapseConfiguration({
    serverName:
      federation === undefined
        ? (options.serverName ?? "usher.test")
        : `127.0.0.1:${String(federation)}`,
    ...{ dataDir, secret, port, federation },
  });
  if (federation !== undefined) await writeCertificate(dataDir);
  const file = join(dataDir, "homeserver.json");
  await writeFile(file, JSON.stringify({ ...configuration, ...options.settings }, undefined, 2));
  await writeFile(join(dataDir, LOGGING), JSON.stringify(synapseLogging, undefined, 2));
  // A key of our own making spares a run of `--generate-keys` (two seconds); an existing one stays.
  const key = `ed25519 a_test ${randomBytes(32).toString("base64").replaceAll("=", "")}\n`;
  await writeFile(configuration.signing_key_path, key, { flag: "wx", mode: 0o600 }).catch(
    (error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    },
  );

  const logFile = join(dataDir, "synapse.log");
  const log = openSync(logFile, "a");
  const child = spawn(python, ["-c", PROGRAM, "-c", file], {
    cwd: dataDir,
    env: {
      ...pythonEnvironment(),
      ...(options.pythonPath === undefined ? {} : { PYTHONPATH: options.pythonPath }),
    },
    stdio: ["pipe", log, log],
  });
  closeSync(log);
  const url = `http://127.0.0.1:${String(port)}`;
  const stop = async (): Promise<void> => {
    await end(child);
    if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
  };
  if (!(await answering(url, child))) {
    const words = (await readFile(logFile, "utf8")).trim().split("\n").slice(-5).join("\n");
    await stop();
    throw new SetupFault(`Synapse did not start; its last words:\n${words}`);
  }
  return { ...attachSynapse(url, secret), fresh: options.dataDir === undefined, stop };
}

/** A Synapse that runs already; tests get theirs this way from the one that the whole run shares. */
export function attachSynapse(url: string, secret: string): Synapse {
  return {
    url,
    secret,
    fresh: false,
    register: (localpart, options) => register(url, secret, localpart, options),
    stop: () => Promise.resolve(),
  };
}

async function register(
  url: string,
  secret: string,
  localpart: string,
  options: { admin?: boolean; displayName?: string } = {},
): Promise<Account> {
  const endpoint = `${url}/_synapse/admin/v1/register`;
  const { nonce } = (await answerOf(await fetch(endpoint), "asking for a nonce")) as {
    nonce: string;
  };
  const password = randomBytes(12).toString("base64url");
  const admin = options.admin === true;
  const mac = createHmac("sha1", secret)
    .update([nonce, localpart, password, admin ? "admin" : "notadmin"].join("\0"))
    .digest("hex");
  const body = JSON.stringify({
    nonce,
    username: localpart,
    password,
    admin,
    mac,
    displayname: options.displayName,
  });
  const answer = await answerOf(
    await fetch(endpoint, { method: "POST", body }),
    `registering ${localpart}`,
  );
  const { user_id, access_token, device_id } = answer as {
    user_id: string;
    access_token: string;
    device_id: string;
  };
  return { userId: user_id, accessToken: access_token, deviceId: device_id, password };
}

async function answerOf(response: Response, action: string): Promise<unknown> {
  if (!response.ok)
    throw new Error(
      `The homeserver refused ${action}: ${String(response.status)} ${await response.text()}`,
    );
  return response.json();
}

function given(): { url: string; secret: string } | undefined {
  const url = process.env["USHER_TEST_HOMESERVER"];
  const secret = process.env["USHER_TEST_REGISTRATION_SECRET"];
  if (url === undefined || url === "") return undefined;
  if (secret === undefined || secret === "") {
    throw new SetupFault(
      "USHER_TEST_HOMESERVER is set: set USHER_TEST_REGISTRATION_SECRET to its registration_shared_secret too, or unset both.",
    );
  }
  return { url: url.replace(/\/+$/, ""), secret };
}

async function checkGiven(url: string): Promise<void> {
  const ok = await fetch(`${url}/_matrix/client/versions`).then(
    (response) => response.ok,
    () => false,
  );
  if (!ok)
    throw new SetupFault(
      `No homeserver answers at ${url}: check USHER_TEST_HOMESERVER, or unset it to have one installed.`,
    );
}

/** A port of loopback that nothing listens at. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string")
    throw new Error("a TCP server without a port");
  return address.port;
}

/** True once the homeserver answers; false if it ended or stands still. */
async function answering(url: string, child: ChildProcess): Promise<boolean> {
  const late = new AbortController();
  const endWatch = whenStill(() => {
    late.abort();
  }, START_MS);
  let ok = false;
  while (!ok && !late.signal.aborted && child.exitCode === null && child.signalCode === null) {
    ok = await fetch(`${url}/_matrix/client/versions`).then(
      (response) => response.ok,
      () => false,
    );
    if (!ok) await new Promise((resolve) => setTimeout(resolve, 50));
  }
  endWatch();
  return ok;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill("SIGTERM");
  const endWatch = whenStill(() => child.kill("SIGKILL"), STOP_MS);
  await exit;
  endWatch();
}
