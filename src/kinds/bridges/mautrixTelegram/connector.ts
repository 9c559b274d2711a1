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
import { refuseKicker } from "../kicking.ts";
import { EXAMPLE, telegramTarget } from "./chat.ts";
import type { MautrixTelegramEntry } from "./config.ts";
import { MAUTRIX_TELEGRAM, type MautrixTelegramAsk } from "./wording.ts";

/** What the bot sends of itself when a room is linked. */
const ITS_STATE = ["m.bridge", "uk.half-shot.bridge"] as const;

/**
 * mautrix-telegram of Python, by commands in the linked room: only there it says what that is linked with, and it takes a room's name and power levels from where it is told to
 * link. Usher is its administrator, so that it asks no room's power of Usher. What it is asked is pending for Usher wherever that speaks next: so each dialogue is one turn.
 */
export const mautrixTelegram: ConnectorDefinition<MautrixTelegramEntry> = {
  open: (entry, deps) => new MautrixTelegram(entry, deps),
};

class MautrixTelegram implements Connector {
  readonly inRoom = true;
  readonly example = EXAMPLE;
  readonly logins = { words: { login: "login", logout: "logout" }, byUsher: undefined };
  readonly rule = [
    { kind: "state", type: "fi.mau.telegram.bridge" },
    { kind: "state", type: "fi.mau.telegram.unbridge" },
  ] as const;
  readonly bot: MautrixTelegramEntry["bot"];
  readonly traits: BridgeTraits;
  readonly #entry: MautrixTelegramEntry;
  readonly #deps: ConnectorDeps;
  readonly #talk: BotTalk<MautrixTelegramAsk>;

  constructor(entry: MautrixTelegramEntry, deps: ConnectorDeps) {
    this.bot = entry.bot;
    this.#entry = entry;
    this.#deps = deps;
    this.#talk = new BotTalk(entry, withChanges(MAUTRIX_TELEGRAM, entry.wording), deps);
    this.traits = {
      farSide: entry.name,
      puppeting: "manual",
      relays: { name: true, avatar: false },
      alters: ["name", "topic", "avatar"],
      appears: { template: "bridge-appears/chat-relay", view: {} },
      keeps: { template: "bridge-keeps/mautrix", view: {} },
      carries: false,
      kickEnds: true,
      encrypts: false,
    };
  }

  target(words: readonly string[]): Target {
    return telegramTarget(this.#entry.id, words);
  }

  nameOf({ channel }: Target): string {
    return channel;
  }

  /** With a level of its own it would write Telegram's administrators into the room's power levels, and rename the room. */
  powers(power: RoomPower): BotPowers {
    return withoutOwnLevel(power, this.bot, ITS_STATE);
  }

  check({ room }: Link): Promise<void> {
    return refuseKicker(this.#deps.matrix, room, this.#entry);
  }

  connect(link: Link, ordering?: () => Promise<void>): Promise<"whole" | "stood"> {
    return this.#talk.inTurn<"whole" | "stood">(async () => {
      await this.check(link);
      await this.#talk.comes(link.room);
      const asked = await this.#talk.inRoom("bridge", link, { chat: link.channel.slice(1) });
      const advice = asked.is === "refused" ? asked.phrase.advice : undefined;
      // A crash has it asked again.
      if (advice === "room-linked" && (await this.#linkedTo(link)) === link.channel) return "stood";
      // It waits to be told what becomes of the chat's other room.
      if (advice === "chat-taken") await this.#talk.inRoom("cancel", link);
      answered(asked, this.#entry);
      await ordering?.();
      answered(await this.#talk.inRoom("continue", link), this.#entry);
      return "whole";
    });
  }

  finish(): Promise<void> {
    return Promise.resolve();
  }

  async connected(link: Link): Promise<"come" | "not yet"> {
    if (!(await this.#talk.isHere(link.room))) return "not yet";
    return this.#talk.inTurn(async () => {
      const reply = await this.#talk.inRoom("id", link);
      // A bridge that was stopped in between may yet say it.
      if (isSilence(reply)) return "not yet";
      return answered(reply, this.#entry).values["there"] === link.channel ? "come" : "not yet";
    });
  }

  /** Where its bot was put out it has taken the link away by itself, if it was running. */
  disconnect(link: Link): Promise<void> {
    const { room, isOutside = false } = link;
    return this.#talk.inTurn(async () => {
      if (isOutside) return this.#unlink(link);
      if (await this.#talk.isHere(room)) {
        const there = await this.#linkedTo(link);
        if (there !== undefined && there !== link.channel) return;
        await this.#unlink(link);
        if (there === undefined) return;
        await this.#talk.gone(room, "confirm");
        if ((await this.#talk.isHere(room)) && (await this.#linkedTo(link)) === link.channel)
          throw new UsherError("bridge-silent", { name: this.#entry.name });
        return;
      }
      try {
        await this.#unlink(link);
      } catch (error) {
        // Nothing of it is in the room, and whether the bridge still knows of it, nobody says.
        if (!isNoAnswer(error)) throw error;
      }
    });
  }

  health(): Promise<Health> {
    return this.#talk.inTurn(async () => {
      const told = await this.#talk.alone("version", {}, "health");
      if (isSilence(told)) return { is: "down" };
      if (told.is !== "done") return { is: "unusable" };
      const version = /^\[?v?(\d+\.\d+(?:\.\d+)?)/.exec(told.values["version"] ?? "")?.[1];
      if (version !== undefined && isTooOld(version)) return { is: "too-old" };
      const admin = await this.#talk.alone("admin", {}, "health");
      return admin.is === "done" ? { is: "up", version } : { is: "unusable" };
    });
  }

  /** The chat with which the bridge says that the room is linked; undefined where with none. */
  async #linkedTo(link: Link): Promise<string | undefined> {
    return answered(await this.#talk.inRoom("id", link), this.#entry).values["there"];
  }

  /** In the room with its bot alone, where it says when it is done, and whatever room it was. */
  async #unlink({ room, cause }: Link): Promise<void> {
    const asked = answered(await this.#talk.alone("unbridge", { room }, cause), this.#entry);
    if (asked.values["title"] === undefined) return;
    answered(await this.#talk.alone("confirm", {}, cause), this.#entry);
  }
}

/** Before the version whose words are known. */
function isTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major === 0 && minor < 15;
}
