import type { RoomId, UserId } from "../../../src/kernel/ids.ts";
import type { Hands, ScriptedBridge } from "./scriptedBridge.ts";

const NO_PORTAL = "That command can only be ran in portal rooms.";
const UNKNOWN = "Unknown command, use the `help` command for help.";

/** Answers and acts as mautrix-discord 0.7 does: it hears only where its bot is, unlinks without a word, and leaves its mark there. */
export class ScriptedMautrixDiscord implements ScriptedBridge {
  readonly bot: UserId;
  readonly entry: object;
  readonly words = ["111222333"];
  readonly spoils = { link: "bridge", linked: "set-relay", unlink: "unbridge" };
  readonly deaf = new Set<string>();
  /** Whether it may say of itself what a room is linked with. */
  marking = true;
  readonly #hands: Hands;
  readonly #portals = new Map<RoomId, string>();

  constructor(hands: Hands, bot = "@discordbot:example.org" as UserId) {
    this.#hands = hands;
    this.bot = bot;
    this.entry = { id: "discord", name: "Discord", connector: "mautrix-discord", bot };
  }

  heal(): void {
    this.deaf.clear();
  }

  linked(room: RoomId): boolean {
    return this.#portals.has(room);
  }

  /** The room is linked with this channel without Usher. */
  links(room: RoomId, channel: string): void {
    this.#portals.set(room, channel);
    if (this.marking) this.#mark(room, channel);
  }

  invited(room: RoomId): void {
    this.#hands.join(room);
  }

  /** It still knows of the link then. */
  kicked(): void {
    return undefined;
  }

  hear(room: RoomId, body: string): readonly string[] {
    if (this.#hands.membership(room, this.bot) !== "join") return [];
    const [, order = "", first = ""] = body.split(" ");
    if (this.deaf.has(order))
      return [order === "set-relay" ? `Portal with room ID ${first} not found` : UNKNOWN];
    switch (order) {
      case "ping":
        return ["You're logged in as @usher (`42`)"];
      case "set-relay":
        return [
          this.#portals.has(first as RoomId)
            ? "Usage: `!discord [room ID] <\u200b--url URL> OR <\u200b--create [name]>`"
            : `Portal with room ID ${first} not found`,
        ];
      case "bridge":
        return this.#bridge(room, first);
      case "unbridge":
        if (!this.#portals.delete(room)) return [NO_PORTAL];
        this.#hands.leave(room);
        return [];
      default:
        return [UNKNOWN];
    }
  }

  #bridge(room: RoomId, channel: string): readonly string[] {
    if (this.#portals.has(room))
      return [
        "This is already a portal room. Unbridge with `!discord unbridge` first if you want to link it to a different channel.",
      ];
    const [taken] = [...this.#portals].filter(([, one]) => one === channel).map(([where]) => where);
    if (taken !== undefined)
      return [
        `That channel is already bridged to [x](https://matrix.to/#/${taken}). Rerun the command with \`--replace\` or \`--replace=delete\` to unbridge the old room.`,
      ];
    this.#hands.write(room, "m.room.name", "", { name: "#general" });
    this.links(room, channel);
    return ["Room successfully bridged"];
  }

  #mark(room: RoomId, channel: string): void {
    const content = {
      bridgebot: this.bot,
      protocol: { id: "discordgo" },
      channel: { id: channel },
    };
    for (const type of ["m.bridge", "uk.half-shot.bridge"])
      this.#hands.write(room, type, `fi.mau.discord://discord/7/${channel}`, content);
  }
}
