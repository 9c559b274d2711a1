import type { RoomId, UserId } from "../../../src/kernel/ids.ts";
import type { Hands, ScriptedBridge } from "./scriptedBridge.ts";

const UNKNOWN = "Unknown command. Try `!tg help` for help.";

/** What it waits to be told, wherever that is said next. */
interface Pending {
  readonly goesOn: string;
  readonly room: RoomId;
  readonly chat: string;
}

/** Answers and acts as mautrix-telegram 0.15 does: it hears only where its bot is, and what it asks is pending until something is said. */
export class ScriptedMautrixTelegram implements ScriptedBridge {
  readonly bot: UserId;
  readonly entry: object;
  readonly words = ["-1001"];
  readonly spoils = { link: "bridge", linked: "id", unlink: "unbridge" };
  readonly deaf = new Set<string>();
  /** Every order, in the order of hearing. */
  readonly orders: string[] = [];
  readonly #hands: Hands;
  readonly #portals = new Map<RoomId, string>();
  #pending: Pending | undefined;

  constructor(hands: Hands, bot = "@telegrambot:example.org" as UserId) {
    this.#hands = hands;
    this.bot = bot;
    this.entry = { id: "telegram", name: "Telegram", connector: "mautrix-telegram", bot };
  }

  heal(): void {
    this.deaf.clear();
  }

  linked(room: RoomId): boolean {
    return this.#portals.has(room);
  }

  /** The room is linked with this chat without Usher. */
  links(room: RoomId, chat: string): void {
    this.#portals.set(room, chat);
  }

  invited(room: RoomId): void {
    this.#hands.join(room);
  }

  kicked(room: RoomId): void {
    this.#portals.delete(room);
  }

  hear(room: RoomId, body: string): readonly string[] {
    if (this.#hands.membership(room, this.bot) !== "join") return [];
    this.orders.push(body);
    const [, order = "", ...words] = body.split(" ");
    const [first = ""] = words;
    if (this.deaf.has(order)) return [order === "id" ? "This is not a portal room." : UNKNOWN];
    const chat = this.#portals.get(room);
    switch (order) {
      case "version":
        return [
          "[mautrix-telegram](https://github.com/mautrix/telegram) [0.15.3](https://github.com/mautrix/telegram/releases/tag/v0.15.3)",
        ];
      case "set-pl":
        return ["**Usage:** `!tg set-pl [mxid] <level>`"];
      case "id":
        return [
          chat === undefined
            ? "This is not a portal room."
            : `This room is bridged to Telegram chat ID \`${chat}\`.`,
        ];
      case "bridge":
        return this.#bridge(room, first);
      case "unbridge":
        return this.#unbridge(first as RoomId);
      case "cancel":
        if (this.#pending === undefined) return ["No ongoing command."];
        this.#pending = undefined;
        return ["Room bridging cancelled."];
      default:
        return this.#goOn(room, order);
    }
  }

  #bridge(room: RoomId, chat: string): readonly string[] {
    if (this.#portals.has(room)) return ["This room is already a portal room."];
    this.#pending = { goesOn: "continue", room, chat };
    const [taken] = [...this.#portals].filter(([, one]) => one === chat).map(([where]) => where);
    return taken === undefined
      ? [
          "That Telegram chat has no existing portal. To confirm bridging the chat to this room, use `!tg continue`",
        ]
      : [
          `That Telegram chat already has a portal at [${taken}](https://matrix.to/#/${taken}). However, you have the permissions to unbridge that room.`,
          "To delete that portal completely and continue bridging, use `!tg delete-and-continue`. To unbridge the portal without kicking Matrix users, use `!tg unbridge-and-continue`. To cancel, use `!tg cancel`",
        ];
  }

  #unbridge(room: RoomId): readonly string[] {
    const chat = this.#portals.get(room);
    if (chat === undefined) return ["That is not a portal room."];
    this.#pending = { goesOn: "confirm-unbridge", room, chat };
    return [
      `Please confirm unbridging chat "Remote" from room [${room}](https://matrix.to/#/${room}) by typing \`confirm-unbridge\``,
    ];
  }

  #goOn(there: RoomId, order: string): readonly string[] {
    const pending = this.#pending;
    if (pending?.goesOn !== order) return [UNKNOWN];
    this.#pending = undefined;
    const { room, chat } = pending;
    if (order === "confirm-unbridge") {
      this.#portals.delete(room);
      this.#hands.leave(room);
      return there === room ? [] : ["Room successfully unbridged."];
    }
    this.#portals.set(room, chat);
    const content = { bridgebot: this.bot, channel: { id: chat } };
    for (const type of ["m.bridge", "uk.half-shot.bridge"])
      this.#hands.write(room, type, `net.maunium.telegram://telegram/${chat}`, content);
    setImmediate(() => {
      this.#hands.write(room, "m.room.name", "", { name: `Remote ${chat}` });
    });
    return [
      "Warning: The bot does not have privileges to redact messages on Matrix. Message deletions from Telegram will not be bridged unless you give redaction permissions to [@telegrambot:example.org](https://matrix.to/#/@telegrambot:example.org)",
      "Bridging complete. Portal synchronization should begin momentarily.",
    ];
  }
}
