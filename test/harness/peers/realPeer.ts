import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { SetupFault } from "../fault.ts";
import { progress, whenStill } from "../patience.ts";
import type { BridgeUnderTest } from "./bridgePeers.ts";
import { farSideOnIrc, IrcPerson } from "./irc.ts";
import { skipped } from "./missing.ts";
import type { Peer } from "./pythonPeer.ts";

/** Those that no registry has: only who has one running can try it. */
export const REAL_PEERS = [
  "bridgev2",
  "appservice-irc",
  "mautrix-telegram",
  "mautrix-discord",
] as const;

export type RealPeerName = (typeof REAL_PEERS)[number];

const description = z.strictObject({
  bot: z.string().startsWith("@"),
  prefix: z.string().optional(),
  /** Where its HTTP interface is, and what opens that. */
  provisioning: z.strictObject({ url: z.url(), secret: z.string() }).optional(),
  /** What is typed behind `add bridge <id>`, and the log-in that speaks for others. */
  target: z.string(),
  relayLogin: z.string().optional(),
  /** An IRC server on which its far side is heard, and the channel that is linked. */
  farSide: z.strictObject({ irc: z.string(), channel: z.string() }).optional(),
});

/** A folder with a program that Usher works with: `registration.yaml`, `start` and `peer.json`. */
export interface RealPeer extends z.output<typeof description> {
  readonly name: RealPeerName;
  readonly registration: string;
  /** Runs it for the homeserver at this address until it is killed. */
  start(homeserver: string): Promise<Peer>;
}

/** The peer that `USHER_PEER_<NAME>` names, as `USHER_PEER_APPSERVICE_IRC`; where it names none, that is said. */
export function realPeer(
  name: RealPeerName,
  env: Readonly<Record<string, string | undefined>> = process.env,
  say: (line: string) => void = console.error,
): RealPeer | undefined {
  const variable = `USHER_PEER_${name.toUpperCase().replaceAll("-", "_")}`;
  const folder = env[variable] ?? "";
  if (folder === "") {
    say(skipped(name, `${variable} names no folder with a real one.`));
    return undefined;
  }
  const read = description.safeParse(
    JSON.parse(readFileSync(join(folder, "peer.json"), "utf8")) as unknown,
  );
  if (!read.success)
    throw new SetupFault(`${join(folder, "peer.json")}: ${z.prettifyError(read.error)}`);
  const registration = join(folder, "registration.yaml");
  return { ...read.data, name, registration, start: (homeserver) => begin(folder, homeserver) };
}

/** Its entry of the catalogue; the secret of its HTTP interface is kept in a file of this folder. */
export async function realEntry(
  { name, bot, prefix, relayLogin, provisioning }: RealPeer,
  folder: string,
): Promise<object> {
  const secretFile = join(folder, `${name}-secret`);
  if (provisioning !== undefined) await writeFile(secretFile, provisioning.secret, { mode: 0o600 });
  return {
    ...{ id: `real-${name}`, name: `Real ${name}`, connector: name, bot },
    ...(prefix === undefined ? {} : { prefix }),
    ...(relayLogin === undefined ? {} : { relayLogin }),
    ...(provisioning === undefined ? {} : { provisioning: { url: provisioning.url, secretFile } }),
  };
}

/** A real bridge to try a connector with, and what ends the listening to its far side. */
export async function realBridge(peer: RealPeer): Promise<{
  readonly name: RealPeerName;
  readonly under: BridgeUnderTest;
  leave(): void;
}> {
  const { name, bot, target, farSide } = peer;
  const under = {
    ...{ bot, words: `real-${name} ${target}`, name: target },
    settled: () => Promise.resolve(),
  };
  if (farSide === undefined) return { name, under, leave: () => undefined };
  const { irc, channel } = farSide;
  const oper = await IrcPerson.join({ port: Number(irc.split(":")[1]) }, "oper", channel);
  // Some bridges ask whoever made the channel whether it may be linked.
  oper.listen((line) => {
    const [, asker] = /^:([^!]+)!\S+ PRIVMSG oper :.*has requested to bridge/.exec(line) ?? [];
    if (asker !== undefined) oper.say(asker, "yes");
  });
  const far = farSideOnIrc(oper, channel);
  return {
    ...{ name, under: { ...under, far } },
    leave: () => {
      oper.leave();
    },
  };
}

const STOP_MS = 30_000;

/** As the contract has it: it runs until SIGTERM. Whether it is ready shows when its bot comes. */
async function begin(folder: string, homeserver: string): Promise<Peer> {
  const child = spawn(join(folder, "start"), [homeserver], {
    ...{ cwd: folder, stdio: ["ignore", "pipe", "pipe"] },
  });
  let last = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      progress();
      last = (last + chunk.toString()).slice(-2000);
    });
  await Promise.race([
    once(child, "spawn"),
    once(child, "error").then(([error]) => Promise.reject(error as Error)),
  ]);
  return {
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new SetupFault(`${folder}/start ended by itself: ${last}`);
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      const endWatch = whenStill(() => child.kill("SIGKILL"), STOP_MS);
      await ended;
      endWatch();
    },
  };
}
