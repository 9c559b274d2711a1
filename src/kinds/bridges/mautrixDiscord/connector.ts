import { UsherError } from "../../../kernel/errors.ts";
import type { RoomPower } from "../../../matrix/port.ts";
import { withoutOwnLevel } from "../botPowers.ts";
import type {
  BotPowers,
  BridgeTraits,
  Connector,
  ConnectorDefinition,
  ConnectorDeps,
  Health,
  Link,
  Target,
} from "../connector.ts";
import { answered } from "../dialogue/answered.ts";
import { BotTalk } from "../dialogue/botTalk.ts";
import { isNoAnswer, isSilence } from "../dialogue/silence.ts";
import { withChanges } from "../dialogue/wording.ts";
import type { MautrixDiscordEntry } from "./config.ts";
import { markedChannel } from "./marks.ts";
import { MAUTRIX_DISCORD, type MautrixDiscordAsk } from "./wording.ts";

/** What the bot sends of itself when a room is linked. */
const ITS_STATE = ["m.bridge", "uk.half-shot.bridge"] as const;

/** An id as Discord makes them. */
const CHANNEL = /^[1-9]\d{4,19}$/;
const EXAMPLE = "1234567890123456789";

/**
 * mautrix-discord 0.7, by commands in the linked room. Usher is its administrator and logged in there, for it links only channels that whoever asks sees on Discord. It says whether a
 * room is linked, but not with which channel: that is in the state that its bot writes.
 */
export const mautrixDiscord: ConnectorDefinition<MautrixDiscordEntry> = {
  open: (entry, deps) => new MautrixDiscord(entry, deps),
};

class MautrixDiscord implements Connector {
  readonly inRoom = true;
  readonly example = EXAMPLE;
  readonly logins = { words: { login: "login", logout: "logout" }, byUsher: undefined };
  readonly rule = [{ kind: "state", type: "fi.mau.discord.admin" }] as const;
  readonly bot: MautrixDiscordEntry["bot"];
  readonly traits: BridgeTraits;
  readonly #entry: MautrixDiscordEntry;
  readonly #deps: ConnectorDeps;
  readonly #talk: BotTalk<MautrixDiscordAsk>;

  constructor(entry: MautrixDiscordEntry, deps: ConnectorDeps) {
    this.bot = entry.bot;
    this.#entry = entry;
    this.#deps = deps;
    this.#talk = new BotTalk(entry, withChanges(MAUTRIX_DISCORD, entry.wording), deps);
    this.traits = {
      farSide: entry.name,
      puppeting: "members",
      relays: { name: true, avatar: true },
      alters: ["name", "topic", "avatar"],
      appears: { template: "bridge-appears/own-login", view: {} },
      keeps: { template: "bridge-keeps/mautrix", view: {} },
      carries: false,
      kickEnds: false,
      encrypts: false,
    };
  }

  target([channel = "", ...more]: readonly string[]): Target {
    if (CHANNEL.test(channel) && more.length === 0) return { channel };
    throw new UsherError("bridge-target-chat", { bridge: this.#entry.id, example: EXAMPLE });
  }

  nameOf({ channel }: Target): string {
    return channel;
  }

  /** With a level of its own it would rename the room. */
  powers(power: RoomPower): BotPowers {
    return withoutOwnLevel(power, this.bot, ITS_STATE);
  }

  check(): Promise<void> {
    return Promise.resolve();
  }

  connect(link: Link, ordering?: () => Promise<void>): Promise<"whole" | "stood"> {
    return this.#talk.inTurn<"whole" | "stood">(async () => {
      await this.#talk.comes(link.room);
      if ((await this.#whose(link)) === "this") return "stood";
      await ordering?.();
      const reply = await this.#talk.inRoom("bridge", link, { channel: link.channel });
      const isLinked = reply.is === "refused" && reply.phrase.advice === "room-linked";
      // A crash has it asked again.
      if (!isLinked || (await this.#whose(link)) !== "this") answered(reply, this.#entry);
      return isLinked ? "stood" : "whole";
    });
  }

  finish(): Promise<void> {
    return Promise.resolve();
  }

  async connected(link: Link): Promise<"come" | "not yet"> {
    if (!(await this.#talk.isHere(link.room))) return "not yet";
    return this.#talk.inTurn(async () => {
      try {
        return (await this.#whose(link)) === "this" ? "come" : "not yet";
      } catch (error) {
        // A bridge that was stopped in between may yet say it.
        if (isNoAnswer(error)) return "not yet";
        throw error;
      }
    });
  }

  /** It takes a link away in the room alone, so its bot comes back where it was put out. */
  disconnect(link: Link): Promise<void> {
    const { room, botCame = false, isOutside = false } = link;
    return this.#talk.inTurn(async () => {
      if (isOutside) return this.#goneOutside(link);
      const whose = await this.#whose(link);
      const isHere = await this.#talk.isHere(room);
      if (whose === "another" || (whose === "nobody's" && !(isHere && botCame))) return;
      if (!isHere) await this.#deps.matrix.invite(room, this.bot);
      await this.#talk.comes(room);
      const over = this.#talk.gone(room, "unbridge");
      const reply = await this.#talk.inRoom("unbridge", link, {}, over);
      // Words that end it come at once, and then nobody leaves.
      if (isSilence(reply)) await over;
      if (!(await this.#talk.isHere(room)) || (await this.#whose(link)) !== "this") {
        if (reply.is === "done" || isSilence(reply)) return;
      }
      answered(reply, this.#entry);
      throw new UsherError("bridge-silent", { name: this.#entry.name });
    });
  }

  /** It takes orders in the room alone. Rejects with `bridge-outside` where the link is still there. */
  async #goneOutside({ room, cause }: Link): Promise<void> {
    const reply = await this.#talk.alone("listed", { room }, cause);
    if (answered(reply, this.#entry).values["linked"] === undefined) return;
    throw new UsherError("bridge-outside", { name: this.#entry.name, room });
  }

  health(): Promise<Health> {
    return this.#talk.inTurn(async () => {
      const reply = await this.#talk.alone("ping", {}, "health");
      if (isSilence(reply)) return { is: "down" };
      return { is: reply.is === "done" ? "up" : "unusable" };
    });
  }

  /** Whose link the bridge says that the room has. One that its bot has not marked is this one only where the bot came for it. */
  async #whose({ room, channel, cause, botCame }: Link): Promise<"this" | "another" | "nobody's"> {
    const reply = await this.#talk.alone("listed", { room }, cause);
    if (answered(reply, this.#entry).values["linked"] === undefined) return "nobody's";
    const marked = markedChannel(await this.#deps.matrix.allState(room), this.bot);
    const isThis = marked === undefined ? botCame === true : marked === channel;
    return isThis ? "this" : "another";
  }
}
