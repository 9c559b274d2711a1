import { join } from "node:path";
import { freePort } from "../synapse.ts";
import { runPeer, startPeer, type Peer } from "./pythonPeer.ts";

const MODULE = "heisenbridge.__main__";

/** A heisenbridge that has not been started: its homeserver must know its registration first. */
export interface Heisenbridge {
  readonly registration: string;
  /** For the homeserver at this address, taking orders from this account. */
  start(homeserver: string, owner: string): Promise<Peer>;
}

export async function prepareHeisenbridge(folder: string): Promise<Heisenbridge> {
  const port = await freePort();
  const registration = join(folder, "heisenbridge.yaml");
  const listen = ["-l", "127.0.0.1", "-p", String(port)];
  const args = ["-c", registration, ...listen];
  await runPeer({ module: MODULE, args: [...args, "--generate"], cwd: folder });
  return {
    registration,
    start: (homeserver, owner) =>
      startPeer({ module: MODULE, args: [...args, "-o", owner, homeserver], cwd: folder, port }),
  };
}
