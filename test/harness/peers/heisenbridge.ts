import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "../synapse.ts";
import { startPeer, type Peer } from "./pythonPeer.ts";

/** A heisenbridge that has not been started: its homeserver must know its registration first. */
export interface Heisenbridge {
  readonly registration: string;
  /** For the homeserver at this address, taking orders from this account. */
  start(homeserver: string, owner: string): Promise<Peer>;
}

/** Writes its registration into the folder, where it lives; nothing is installed before it starts. */
export async function prepareHeisenbridge(folder: string): Promise<Heisenbridge> {
  const port = await freePort();
  const registration = join(folder, "heisenbridge.json");
  const words = {
    id: "heisenbridge",
    url: `http://127.0.0.1:${String(port)}`,
    as_token: randomBytes(32).toString("hex"),
    hs_token: randomBytes(32).toString("hex"),
    rate_limited: false,
    sender_localpart: "heisenbridge",
    namespaces: {
      users: [{ regex: "@irc_.*", exclusive: true }],
      aliases: [],
      rooms: [],
    },
  };
  // YAML, for homeserver and bridge.
  await writeFile(registration, JSON.stringify(words), { mode: 0o600 });
  const args = ["-c", registration, "-l", "127.0.0.1", "-p", String(port)];
  return {
    registration,
    start: (homeserver, owner) =>
      startPeer({
        module: "heisenbridge.__main__",
        args: [...args, "-o", owner, homeserver],
        cwd: folder,
        port,
      }),
  };
}
