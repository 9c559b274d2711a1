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

/** What it and the people of IRC are called, where one homeserver has several. */
interface Names {
  readonly bot: string;
  readonly people: string;
}

/** Writes its registration into the folder, where it lives; nothing is installed before it starts. */
export async function prepareHeisenbridge(
  folder: string,
  { bot, people }: Names = { bot: "heisenbridge", people: "irc" },
): Promise<Heisenbridge> {
  const port = await freePort();
  const registration = join(folder, `${bot}.json`);
  const words = {
    id: bot,
    url: `http://127.0.0.1:${String(port)}`,
    as_token: randomBytes(32).toString("hex"),
    hs_token: randomBytes(32).toString("hex"),
    rate_limited: false,
    sender_localpart: bot,
    namespaces: {
      users: [{ regex: `@${people}_.*`, exclusive: true }],
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
