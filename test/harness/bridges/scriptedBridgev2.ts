import type { RoomId, UserId } from "../../../src/kernel/ids.ts";
import type { Hands, ScriptedBridge } from "./scriptedBridge.ts";

const CHAT = "channel:1";
const NO_PORTAL = "That command can only be ran in portal rooms.";

/** Answers and acts as a bridge of mautrix-go 0.27 does. What it changes in a room it changes after its answer. */
export class ScriptedBridgev2 implements ScriptedBridge {
  readonly bot = "@telegrambot:example.org" as UserId;
  readonly entry = {
    ...{ id: "telegram", name: "Telegram", connector: "bridgev2", bot: this.bot },
    ...{ prefix: "!tg", relayLogin: "relay1" },
  };
  readonly words = [CHAT];
  readonly spoils = { link: "bridge", finish: "set-relay", linked: "mark", unlink: "unbridge" };
  readonly deaf = new Set<string>();
  readonly #hands: Hands;
  readonly #portals = new Map<RoomId, string>();

  constructor(hands: Hands) {
    this.#hands = hands;
  }

  heal(): void {
    this.deaf.clear();
    for (const [room, chat] of this.#portals) this.#mark(room, chat);
  }

  linked(room: RoomId): boolean {
    return this.#portals.has(room);
  }

  invited(room: RoomId): void {
    this.#hands.join(room);
  }

  /** The room is replaced by one that it may join: it takes the link along. */
  moves(from: RoomId, to: RoomId): void {
    const chat = this.#portals.get(from);
    if (chat === undefined) return;
    this.#portals.delete(from);
    this.#hands.join(to);
    this.#portals.set(to, chat);
    this.#mark(to, chat);
  }

  /** It still knows of the link then. */
  kicked(): void {
    return undefined;
  }

  hear(_: RoomId, body: string): readonly string[] {
    const [, first, room, order = "", ...words] = body.split(" ");
    if (first !== "doin" || this.deaf.has(order))
      return ["Unknown command, use the `help` command for help."];
    return this.#ordered(room as RoomId, order, words);
  }

  #ordered(room: RoomId, order: string, words: readonly string[]): readonly string[] {
    const chat = this.#portals.get(room);
    switch (order) {
      case "bridge":
        return this.#bridge(room, words[1] ?? "");
      case "id":
        return [chat === undefined ? NO_PORTAL : `This room is bridged to \`${chat}\` on Telegram`];
      case "set-relay":
        return [
          chat === undefined
            ? NO_PORTAL
            : "Messages sent by users who haven't logged in will now be relayed through Relay One",
        ];
      case "unbridge":
        if (chat === undefined) return [NO_PORTAL];
        this.#portals.delete(room);
        this.#hands.leave(room);
        return [];
      default:
        return ["Unknown command, use the `help` command for help."];
    }
  }

  #bridge(room: RoomId, chat: string): readonly string[] {
    if (this.#portals.has(room)) return [`This room is already bridged to \`${chat}\` on Telegram`];
    if ([...this.#portals.values()].includes(chat))
      return ["That chat is already bridged to [x](https://matrix.to/#/!x:x)."];
    this.#hands.join(room);
    if (this.#hands.membership(room, this.bot) !== "join")
      return ["Failed to check power levels in room: M_FORBIDDEN"];
    this.#portals.set(room, chat);
    setImmediate(() => {
      this.#comeIn(room, chat);
    });
    return [`Successfully plumbed this room to \`${chat}\` on Telegram`];
  }

  #comeIn(room: RoomId, chat: string): void {
    this.#hands.write(room, "m.room.name", "", { name: `Remote ${chat}` });
    this.#hands.write(room, "m.room.topic", "", { topic: "" });
    if (!this.deaf.has("mark")) this.#mark(room, chat);
  }

  #mark(room: RoomId, chat: string): void {
    for (const type of ["m.bridge", "uk.half-shot.bridge"])
      this.#hands.write(room, type, "x/telegram", { bridgebot: this.bot, channel: { id: chat } });
  }
}
