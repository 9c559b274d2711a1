import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prepareHeisenbridge, type Heisenbridge } from "../test/harness/peers/heisenbridge.ts";
import { IrcPerson, startIrc } from "../test/harness/peers/irc.ts";
import type { Peer } from "../test/harness/peers/pythonPeer.ts";
import { freePort } from "../test/harness/synapse.ts";
import type { Stage } from "./stage.ts";

const CHANNEL = "#demo";

interface DemoPeersDeps {
  /** Told what is said on IRC. */
  readonly tell: (line: string) => void;
}

/** What a bridge leads to, and the bridge: an IRC server and heisenbridge, both real, on this machine. They start when somebody asks for them. */
export class DemoPeers {
  /** The homeserver must know it from its start on. */
  readonly registration: string;
  readonly #folder: string;
  readonly #bridge: Heisenbridge;
  readonly #port: number;
  readonly #deps: DemoPeersDeps;
  readonly #running: Peer[] = [];
  #somebody: IrcPerson | undefined;
  #served = { homeserver: "", usherId: "" };

  private constructor(folder: string, bridge: Heisenbridge, port: number, deps: DemoPeersDeps) {
    this.registration = bridge.registration;
    this.#folder = folder;
    this.#bridge = bridge;
    this.#port = port;
    this.#deps = deps;
  }

  static async prepare(deps: DemoPeersDeps): Promise<DemoPeers> {
    const folder = await mkdtemp(join(tmpdir(), "usher-demo-peers-"));
    return new DemoPeers(folder, await prepareHeisenbridge(folder), await freePort(), deps);
  }

  /** The homeserver at this address, and the account whose orders the bridge takes. */
  serve(homeserver: string, usherId: string): void {
    this.#served = { homeserver, usherId };
  }

  /** As Usher's catalogue has the bridge. */
  get entry(): object {
    return {
      id: "irc",
      name: "IRC",
      description: "Links this room with a channel of IRC; /peers starts it",
      connector: "heisenbridge",
      bot: "@heisenbridge:home.test",
      networks: { local: { servers: [`127.0.0.1:${String(this.#port)}`], nick: "usher" } },
    };
  }

  /** Starts both, once; resolves with what there is to try. */
  async start(): Promise<string> {
    if (this.#somebody !== undefined) return "-- they run already --";
    const network = await startIrc(this.#folder, this.#port);
    this.#running.push(network);
    const { homeserver, usherId } = this.#served;
    this.#running.push(await this.#bridge.start(homeserver, usherId));
    const somebody = await IrcPerson.join(network, "ada", CHANNEL);
    somebody.listen((line) => {
      const [, who, words] = /^:([^!\s]+)!\S+ PRIVMSG #\S+ :(.*)$/.exec(line) ?? [];
      if (who !== undefined) this.#deps.tell(`(IRC ${CHANNEL}) ${who}: ${String(words)}`);
    });
    this.#somebody = somebody;
    return [
      `-- an IRC server and a bridge run; somebody called ada is in ${CHANNEL} --`,
      `-- try: !usher add bridge irc ${CHANNEL}, yes, say something, and /irc hello --`,
    ].join("\n");
  }

  /** Says it on IRC; resolves when it is seen in the room, where that is linked. */
  async say(text: string, { feed, scene }: Stage): Promise<void> {
    if (this.#somebody === undefined) throw new Error("there is no IRC yet: /peers starts it.");
    const from = feed.seen.length;
    this.#somebody.say(CHANNEL, text);
    const bot = feed.seen.findLast(
      ({ type, stateKey, roomId }) =>
        type === "m.room.member" && stateKey === "@heisenbridge:home.test" && roomId === scene.id,
    );
    if (bot?.content["membership"] === "join")
      await feed.waitFor(({ content }) => content["body"] === text, { from });
  }

  async close(): Promise<void> {
    this.#somebody?.leave();
    for (const peer of this.#running.toReversed()) await peer.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
