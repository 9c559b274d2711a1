import type { RoomId, UserId } from "../../../src/kernel/ids.ts";
import type { Hands, ScriptedBridge } from "./scriptedBridge.ts";

const LINKED = "This room is already bridged to a Discord guild.";
const NOT_LINKED = "Invalid syntax. For more information try `!discord help bridge`";
const UNKNOWN = "**ERROR:** unknown command. Try `!discord help` to see all commands";
const BROKEN =
  "There was an error unbridging this room. Please try again later or contact the bridge operator.";

/** Answers and acts as matrix-appservice-discord 4.0 does: it hears only where its bot is, asks people on Discord, keeps what is linked to itself, and leaves before it can say that it has unlinked. */
export class ScriptedAppserviceDiscord implements ScriptedBridge {
  readonly bot: UserId;
  readonly entry: object;
  readonly words = ["111222333", "444555666"];
  readonly spoils = { link: "bridge", linked: "approve", unlink: "unbridge" };
  readonly deaf = new Set<string>();
  /** What it answers to who wants to link, in place of asking on Discord. */
  refusal: string | undefined;
  /** What people on Discord do; undefined where they have not made up their minds. */
  people: "approve" | "deny" | undefined = "approve";
  /** It knows somebody of the channel. */
  leaves = true;
  readonly #hands: Hands;
  readonly #links = new Set<RoomId>();
  readonly #asked = new Set<RoomId>();

  constructor(hands: Hands, bot = "@_discord_bot:example.org" as UserId) {
    this.#hands = hands;
    this.bot = bot;
    this.entry = { id: "old-discord", name: "Discord", connector: "appservice-discord", bot };
  }

  heal(): void {
    this.deaf.clear();
  }

  linked(room: RoomId): boolean {
    return this.#links.has(room);
  }

  /** The room is linked without Usher. */
  links(room: RoomId): void {
    this.#links.add(room);
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
    const [, order = "", guild] = body.split(" ");
    switch (order) {
      case "bridge":
        return guild === undefined ? [this.#isSeen(room) ? LINKED : NOT_LINKED] : this.#ask(room);
      case "unbridge":
        return this.#unbridge(room);
      default:
        return [UNKNOWN];
    }
  }

  /** Somebody on Discord answers, or nobody has for five minutes. */
  ends(room: RoomId, how: "approve" | "deny" | "late"): void {
    if (!this.#asked.delete(room)) return;
    if (how === "approve") this.#links.add(room);
    const words = {
      approve: "I have bridged this room to your channel",
      deny: "The bridge has been declined by the Discord guild.",
      late: "Timed out waiting for a response from the Discord owners.",
    };
    if (!this.deaf.has(how)) this.#hands.say(room, words[how]);
  }

  #isSeen(room: RoomId): boolean {
    return this.#links.has(room) && !this.deaf.has("approve");
  }

  #ask(room: RoomId): readonly string[] {
    if (this.deaf.has("bridge")) return [UNKNOWN];
    if (this.#isSeen(room)) return [LINKED];
    if (this.refusal !== undefined) return [this.refusal];
    this.#asked.add(room);
    const { people } = this;
    if (people !== undefined)
      setImmediate(() => {
        setImmediate(() => {
          this.ends(room, people);
        });
      });
    return ["I'm asking permission from the guild administrators to make this bridge."];
  }

  #unbridge(room: RoomId): readonly string[] {
    if (this.deaf.has("unbridge")) return [BROKEN];
    if (!this.#links.delete(room)) return ["This room is not bridged."];
    if (!this.leaves) return ["This room has been unbridged"];
    this.#hands.leave(room);
    return [];
  }
}
