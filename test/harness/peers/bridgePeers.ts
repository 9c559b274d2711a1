import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Person } from "../person.ts";
import { connectPerson } from "../person.ts";
import { startSynapse } from "../synapse.ts";
import { UNENCRYPTED, World } from "../world.ts";
import { AppserviceIrc, SECRET } from "./appserviceIrc.ts";
import { Bridgev2 } from "./bridgev2.ts";
import { prepareHeisenbridge } from "./heisenbridge.ts";
import { farSideOnIrc, IrcPerson, startIrc, type FarSide } from "./irc.ts";
import { realBridge, realEntry, type RealPeer } from "./realPeer.ts";

/** A bridge to try a connector with, whatever it is. */
export interface BridgeUnderTest {
  readonly bot: string;
  /** What is typed behind `add bridge`, and what it is called then. */
  readonly words: string;
  readonly name: string;
  /** Undefined where nobody listens there. */
  readonly far?: FarSide;
  /** The last of what it says of itself in the room once that is linked, where it says anything. */
  readonly mark?: { readonly type: string; readonly key: string };
  /** Resolves when the bridge does nothing more by itself. */
  settled(): Promise<void>;
}

export interface BridgeWorld {
  readonly world: World;
  readonly alice: Person;
  readonly bob: Person;
  readonly standIn: Bridgev2;
  readonly irc: AppserviceIrc;
  /** By the connector's name; real ones, as `USHER_PEER_…` names them, with "real " before it. */
  readonly peers: Readonly<Record<string, BridgeUnderTest>>;
  person(name: string): Promise<Person>;
  end(): Promise<void>;
}

/** Seconds for what a stand-in is asked: it answers soon, or never. */
const QUICK = { seconds: 10 };

/** A Synapse that knows heisenbridge and these real bridges, an IRC network, stand-ins for bridgev2 and matrix-appservice-irc, and an Usher that all take orders from. */
export async function beginBridges(real: readonly RealPeer[] = []): Promise<BridgeWorld> {
  const folder = await mkdtemp(join(tmpdir(), "usher-e2e-bridges-"));
  const bridge = await prepareHeisenbridge(folder);
  const registrations = [bridge, ...real].map(({ registration }) => registration);
  const [synapse, irc] = await Promise.all([
    startSynapse({ settings: { app_service_config_files: registrations } }),
    startIrc(folder),
  ]);
  const account = await synapse.register("usher", { displayName: "Usher" });
  const running = await Promise.all([
    bridge.start(synapse.url, account.userId),
    ...real.map((one) => one.start(synapse.url)),
  ]);
  const standIn = await Bridgev2.begin(synapse);
  standIn.admins.add(account.userId);
  const appserviceIrc = await AppserviceIrc.begin(synapse);
  const secretFile = join(folder, "irc-secret");
  await writeFile(secretFile, SECRET, { mode: 0o600 });
  const heisenbridge = "@heisenbridge:usher.test";
  const [alice, bob] = await Promise.all([
    connectPerson(synapse, "alice", UNENCRYPTED),
    connectPerson(synapse, "bob", UNENCRYPTED),
  ]);
  const people = [alice, bob];
  const servers = [`127.0.0.1:${String(irc.port)}`];
  const quick = ["id", "bridgeBy", "relay", "unbridge"].map((ask) => [ask, QUICK]);
  const world = await World.begin(UNENCRYPTED, {
    ...{ homeserver: synapse.url, account, people },
    config: {
      bridges: {
        catalogue: [
          {
            ...{ id: "irc", name: "IRC", connector: "heisenbridge", bot: heisenbridge },
            networks: { testnet: { servers, nick: "usher" } },
          },
          standIn.entry({ wording: Object.fromEntries(quick) as object }),
          appserviceIrc.entry(secretFile),
          ...(await Promise.all(real.map((one) => realEntry(one, folder)))),
        ],
      },
    },
  });
  const oper = await IrcPerson.join(irc, "oper", "#plumbed");
  const far = await Promise.all(real.map((one) => realBridge(one)));
  const more: Person[] = [];
  return {
    ...{ world, alice, bob, standIn, irc: appserviceIrc },
    peers: {
      heisenbridge: {
        ...{ bot: heisenbridge, words: "irc testnet #plumbed", name: "#plumbed on testnet" },
        far: farSideOnIrc(oper, "#plumbed"),
        settled: () => Promise.resolve(),
      },
      bridgev2: {
        ...{ bot: standIn.bot.userId, words: "telegram channel:1", name: "channel:1" },
        mark: { type: "m.bridge", key: "x/telegram" },
        far: {
          arrives: (text) => standIn.hears(text),
          says: (room, text) => standIn.says(room, text),
        },
        settled: () => standIn.settled,
      },
      "appservice-irc": {
        ...{ bot: appserviceIrc.bot.userId, words: "oftc #plumbed", name: "#plumbed" },
        mark: { type: "m.room.bridging", key: "irc://irc.test/#plumbed" },
        far: {
          arrives: (text) => appserviceIrc.hears(text),
          says: async (room, text) => void (await appserviceIrc.ghost.say(room, text)),
        },
        settled: () => appserviceIrc.settled,
      },
      ...Object.fromEntries(far.map(({ name, under }) => [`real ${name}`, under])),
    },
    person: async (name) => {
      const person = await connectPerson(synapse, name, UNENCRYPTED);
      more.push(person);
      return person;
    },
    end: async () => {
      oper.leave();
      await world.end();
      await Promise.all(more.map((person) => person.stop()));
      for (const one of far) one.leave();
      await Promise.all([standIn.stop(), appserviceIrc.stop()]);
      await Promise.all(running.map((one) => one.kill()));
      await irc.kill();
      await synapse.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
