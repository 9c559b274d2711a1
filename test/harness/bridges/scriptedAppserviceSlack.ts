import type { RoomId, UserId } from "../../../src/kernel/ids.ts";
import { refused, said } from "./scriptedAppserviceIrc.ts";
import type { Hands, HttpOrder, HttpReply, ScriptedBridge } from "./scriptedBridge.ts";

/** Answers and acts as matrix-appservice-slack 2.1 does: in the room it says nothing, and a link stays where its bot is put out. */
export class ScriptedAppserviceSlack implements ScriptedBridge {
  readonly bot = "@slackbot:example.org" as UserId;
  readonly entry = {
    ...{ id: "slack", name: "Slack", connector: "appservice-slack", bot: this.bot },
    provisioning: { url: "http://127.0.0.1:9998", secretFile: "slack" },
  };
  readonly words = ["T0123ABCD", "C0123ABCD"];
  /** `ready`: it begins a link and does not finish it. */
  readonly spoils = { link: "link", linked: "ready", unlink: "unlink" };
  readonly deaf = new Set<string>();
  readonly #hands: Hands;
  readonly #links = new Map<RoomId, { readonly team: string; readonly channel: string }>();

  constructor(hands: Hands) {
    this.#hands = hands;
  }

  heal(): void {
    this.deaf.clear();
  }

  linked(room: RoomId): boolean {
    return this.#links.has(room);
  }

  invited(room: RoomId): void {
    this.#hands.join(room);
  }

  kicked(): void {
    return undefined;
  }

  hear(): readonly string[] {
    return [];
  }

  answers({ path, body }: HttpOrder): HttpReply {
    const room = body["matrix_room_id"] as RoomId;
    if (this.deaf.has(path)) return refused("M_AS_UNKNOWN", "It has failed", 500);
    switch (path) {
      case "getlink":
        return this.#shown(room);
      case "link":
        this.#links.set(room, { team: body["team_id"] ?? "", channel: body["channel_id"] ?? "" });
        return said({ status: "ready" });
      case "unlink":
        if (!this.#links.delete(room)) return refused("SLACK_UNKNOWN_LINK", "Link not found", 404);
        if (this.#hands.membership(room, this.bot) === "join") this.#hands.leave(room);
        return said({});
      default:
        return refused("M_UNRECOGNIZED", "Nothing", 404);
    }
  }

  #shown(room: RoomId): HttpReply {
    const link = this.#links.get(room);
    if (link === undefined) return refused("SLACK_UNKNOWN_LINK", "Link not found", 404);
    const { team: team_id, channel: slack_channel_id } = link;
    const status = this.deaf.has("ready") ? "pending" : "ready";
    return said({ slack_channel_id, team_id, status });
  }
}
