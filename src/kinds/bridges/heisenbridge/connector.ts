import { membershipIn } from "../../../integrations/membership.ts";
import { UsherError } from "../../../kernel/errors.ts";
import { asRoomId, type RoomId } from "../../../kernel/ids.ts";
import { levelNeeded } from "../../../matrix/power.ts";
import type {
  BotPowers,
  Connector,
  ConnectorDefinition,
  ConnectorDeps,
  Health,
  Link,
  Target,
} from "../connector.ts";
import { answered } from "../dialogue/answered.ts";
import { isSilence } from "../dialogue/silence.ts";
import type { Reply } from "../dialogue/dialogues.ts";
import { withChanges, type Values } from "../dialogue/wording.ts";
import type { HeisenbridgeEntry } from "./config.ts";
import { folded, withHash } from "../ircChannel.ts";
import { ircName, ircTarget, isPlumbed, serverOf, targetError } from "./irc.ts";
import { HEISENBRIDGE, type HeisenbridgeAsk } from "./wording.ts";

/** How long an invitation by the bridge may take; ms. */
const INVITED_MS = 15_000;

type RoomPower = Parameters<Connector["powers"]>[0];

/**
 * heisenbridge: IRC, by talking with its bot. In a room of their own Usher has it know the network; that has a room of its own, to which the bot invites Usher, and
 * where channels are plumbed.
 */
export const heisenbridge: ConnectorDefinition<HeisenbridgeEntry> = {
  open: (entry, deps) => new Heisenbridge(entry, deps),
};

class Heisenbridge implements Connector {
  readonly traits = {
    farSide: "IRC",
    puppeting: "none",
    relays: { name: true, avatar: false },
    alters: [],
    appears: { template: "bridge-appears/irc-relay", view: {} },
    keeps: { template: "bridge-keeps/heisenbridge", view: {} },
    carries: false,
    kickEnds: true,
    encrypts: false,
  } as const;
  /** It asks nothing of people. This is what other bridges to IRC ask: who may change the room's power levels. */
  readonly rule = [{ kind: "state", type: "m.room.power_levels" }] as const;
  /** It answers with one channel for each room, and forgets the one before. */
  readonly oneLinkEach = true;
  readonly bot: HeisenbridgeEntry["bot"];
  readonly #entry: HeisenbridgeEntry;
  readonly #deps: ConnectorDeps;
  readonly #asks;
  /** The rooms of networks, each where it was last. */
  readonly #there = new Map<string, RoomId>();
  /** The networks into which the bridge has come under the nickname that it is to have there. */
  readonly #come = new Set<string>();

  constructor(entry: HeisenbridgeEntry, deps: ConnectorDeps) {
    this.bot = entry.bot;
    this.#entry = entry;
    this.#deps = deps;
    this.#asks = withChanges(HEISENBRIDGE, entry.wording).asks;
  }

  target(words: readonly string[]): Target {
    return ircTarget(this.#entry.id, words, Object.keys(this.#entry.networks));
  }

  folded(channel: string): string {
    return folded(channel);
  }

  get example(): string {
    return `${Object.keys(this.#entry.networks)[0] ?? ""} #example`;
  }

  nameOf(target: Target): string {
    return ircName(target);
  }

  /** What comes from IRC is lost without a word where the bot may not invite. */
  powers(power: RoomPower): BotPowers {
    return { level: levelNeeded(power, { kind: "invite" }, this.bot), events: {} };
  }

  check({ network = "" }: Link): Promise<void> {
    const networks = Object.keys(this.#entry.networks);
    return networks.includes(network)
      ? Promise.resolve()
      : Promise.reject(targetError(this.#entry.id, networks));
  }

  connect(link: Link, ordering?: () => Promise<void>): Promise<"whole"> {
    return this.#inNetworkRoom(link, async (there) => {
      await ordering?.();
      const reply = await this.#plumb(there, link);
      // It plumbs no channel twice: one that is plumbed may be this room's, where a crash had cut that off.
      const isOurs =
        reply.is === "refused" &&
        (await this.#isPlumbedHere(link)) &&
        (await this.#lists(there, link));
      if (!isOurs) answered(reply, this.#entry);
      return "whole" as const;
    });
  }

  /** Has it come into the network first, where it has not been told to yet, or is there no more. */
  async #plumb(there: RoomId, link: Link): Promise<Reply> {
    const { network = "", room } = link;
    const channel = withHash(link.channel);
    const plumb = (): Promise<Reply> => this.#ask("plumb", there, { room, channel }, link);
    if (this.#come.has(network)) {
      const reply = await plumb();
      if (!isAway(reply)) return reply;
    }
    await this.#comeIn(there, link);
    this.#come.add(network);
    return plumb();
  }

  finish(): Promise<void> {
    return Promise.resolve();
  }

  async connected(link: Link): Promise<"come" | "not yet"> {
    if (!(await this.#isPlumbedHere(link))) return "not yet";
    return this.#inNetworkRoom(link, async (there) =>
      (await this.#lists(there, link)) ? "come" : "not yet",
    );
  }

  async disconnect(link: Link): Promise<void> {
    // The channel is another room's.
    if (link.isOutside !== true && !(await this.#isPlumbedHere(link))) return;
    await this.#inNetworkRoom(link, async (there) => {
      const values = { channel: withHash(link.channel) };
      const reply = await this.#ask("unplumb", there, values, link);
      // Where it is not in the network it does not say that it leaves the channel. Asked again it says that nothing is plumbed.
      answered(
        reply.is === "unclear" ? await this.#ask("unplumb", there, values, link) : reply,
        this.#entry,
      );
    });
  }

  health(): Promise<Health> {
    const { bot } = this;
    const { dialogues, rooms } = this.#deps;
    return dialogues.inTurn(bot, async () => {
      const room = await rooms.with(bot);
      const ask = this.#asks.version;
      const reply = await dialogues.ask({ bot, room, ask, values: {}, cause: "health" });
      if (isSilence(reply)) return { is: "down" };
      if (reply.is !== "done") return { is: "unusable" };
      const { version } = reply.values;
      return isTooOld(version) ? { is: "too-old" } : { is: "up", version };
    });
  }

  /** Does something in the room of the link's network, which the bridge knows then, in the bot's turn. */
  #inNetworkRoom<T>(link: Link, work: (there: RoomId) => Promise<T>): Promise<T> {
    const { bot } = this;
    const { dialogues, rooms } = this.#deps;
    return dialogues.inTurn(bot, async () => {
      const known = this.#there.get(link.network ?? "");
      if (known !== undefined && (await rooms.isShared(known, bot))) return work(known);
      const control = await rooms.with(bot);
      const there = await rooms.invitedBy(bot, INVITED_MS, () => this.#networkRoom(control, link));
      if (there === undefined) throw new UsherError("bridge-silent", { name: this.#entry.name });
      await rooms.enter(there, bot);
      this.#there.set(link.network ?? "", there);
      return work(there);
    });
  }

  /** The network's room, where the bridge names it; undefined where it invites Usher there. A network that it does not know is told to it. */
  async #networkRoom(control: RoomId, link: Link): Promise<RoomId | undefined> {
    const { network = "" } = link;
    const open = (): Promise<Reply> => this.#ask("open", control, { network }, link);
    let reply = await open();
    if (reply.is === "refused") {
      await this.#tell("addNetwork", control, { network }, link);
      for (const server of this.#entry.networks[network]?.servers ?? []) {
        const { host, port, tls } = serverOf(server);
        const ask = tls ? "addTlsServer" : "addServer";
        await this.#tell(ask, control, { network, host, port }, link);
      }
      reply = await open();
    }
    return asRoomId(answered(reply, this.#entry).values["there"] ?? "");
  }

  /** Has the bridge come into the network, where it is not yet. */
  async #comeIn(there: RoomId, link: Link): Promise<void> {
    const nick = this.#entry.networks[link.network ?? ""]?.nick;
    if (nick !== undefined) await this.#tell("nick", there, { nick }, link);
    await this.#tell("connect", there, {}, link);
  }

  async #lists(there: RoomId, link: Link): Promise<boolean> {
    const reply = await this.#ask("status", there, {}, link);
    return reply.is === "done" && isPlumbed(reply.values["plumbs"] ?? "", link.channel);
  }

  /**
   * Its lists name channels without their rooms, and a channel of another room is refused before anything is done for this one. So it is this room's where the bot has come since the link was
   * asked for: it comes when it is told to plumb, and no sooner.
   */
  async #isPlumbedHere({ room, botCame }: Link): Promise<boolean> {
    return botCame === true && (await membershipIn(this.#deps.matrix, room, this.bot)) === "join";
  }

  async #tell(ask: HeisenbridgeAsk, room: RoomId, values: Values, link: Link): Promise<void> {
    answered(await this.#ask(ask, room, values, link), this.#entry);
  }

  async #ask(
    ask: HeisenbridgeAsk,
    room: RoomId,
    values: Values,
    { cause, network = "" }: Link,
  ): Promise<Reply> {
    const { dialogues } = this.#deps;
    const reply = await dialogues.ask({
      ...{ bot: this.bot, room, ask: this.#asks[ask] },
      ...{ values, cause },
    });
    // It may serve the network elsewhere by now: that is asked the next time.
    if (isSilence(reply)) this.#there.delete(network);
    return reply;
  }
}

/** It is not in the network. */
function isAway(reply: Reply): boolean {
  return reply.is === "refused" && reply.phrase.advice === "server";
}

/** Before the version from which on the words of `wording.ts` are known. */
function isTooOld(version = ""): boolean {
  const [, major, minor] = /^(\d{1,4})\.(\d{1,4})/.exec(version) ?? [];
  return major !== undefined && (major === "0" || (major === "1" && Number(minor) < 14));
}
