import { REQUEST } from "../../../src/kinds/bridges/appserviceIrc/request.ts";
import type { RoomId, UserId } from "../../../src/kernel/ids.ts";
import type { Hands, HttpOrder, HttpReply, ScriptedBridge } from "./scriptedBridge.ts";

const SERVER = "irc.oftc.net";

/** Answers and acts as matrix-appservice-irc 1.0 does: an operator of the channel says yes soon, a link stays where its bot is put out, and requests are forgotten. */
export class ScriptedAppserviceIrc implements ScriptedBridge {
  readonly bot = "@appservice-irc:example.org" as UserId;
  readonly entry = {
    ...{ id: "oftc", name: "OFTC", connector: "appservice-irc", bot: this.bot },
    provisioning: { url: "http://127.0.0.1:9999", secretFile: "irc" },
  };
  readonly words = ["#plumbed"];
  /** `operator`: the one on IRC, who is then never heard of. */
  readonly spoils = { link: "link", linked: "operator", unlink: "unlink" };
  readonly deaf = new Set<string>();
  readonly #hands: Hands;
  readonly #links = new Map<RoomId, string>();
  readonly #pending = new Set<RoomId>();

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

  /** The room is replaced by one that it may join: it takes the link along. */
  moves(from: RoomId, to: RoomId): void {
    const channel = this.#links.get(from);
    if (channel === undefined) return;
    this.#links.delete(from);
    this.#hands.join(to);
    this.#links.set(to, channel);
  }

  kicked(): void {
    return undefined;
  }

  hear(): readonly string[] {
    return [];
  }

  answers({ path, body }: HttpOrder): HttpReply {
    const [what = "", of = ""] = path.split("/");
    if (this.deaf.has(what)) return refused("M_AS_UNKNOWN", "It has failed", 500);
    switch (what) {
      case "querynetworks":
        return said({ servers: [{ network_id: "oftc", fields: { domain: SERVER } }] });
      case "querylink":
        return said({ operators: ["oper"] });
      case "listlinks":
        return said(this.#listed(of as RoomId));
      case "link":
        return this.#link(body["matrix_room_id"] as RoomId, body);
      case "unlink":
        return this.#unlink(body["matrix_room_id"] as RoomId);
      default:
        return refused("M_UNRECOGNIZED", "Nothing", 404);
    }
  }

  #listed(room: RoomId): readonly object[] {
    const channel = this.#links.get(room);
    if (channel === undefined) return [];
    return [{ remote_room_channel: channel, remote_room_server: SERVER }];
  }

  #link(room: RoomId, { remote_room_channel: channel = "", user_id: by = "" }: HttpOrder["body"]) {
    if (this.#links.has(room)) return refused("IRC_EXISTING_MAPPING", "Linked");
    if (this.#pending.has(room)) return refused("IRC_EXISTING_REQUEST", "Asked already");
    if ([...this.#links.values()].includes(channel)) return refused("IRC_DOUBLE_BRIDGE", "Taken");
    if (this.#hands.membership(room, this.bot) !== "join")
      return refused("M_AS_UNKNOWN", "Not there", 500);
    const shows = (status: string): void => {
      this.#hands.write(room, REQUEST, `irc://${SERVER}/${channel}`, { user_id: by, status });
    };
    this.#pending.add(room);
    shows("pending");
    setImmediate(() => {
      this.#pending.delete(room);
      if (this.deaf.has("operator")) {
        shows("failure");
        return;
      }
      this.#links.set(room, channel);
      shows("success");
      this.#hands.write(room, "uk.half-shot.bridge", `irc://${SERVER}/${channel}`, {
        bridgebot: this.bot,
        protocol: { id: "irc" },
      });
    });
    return said({});
  }

  #unlink(room: RoomId): HttpReply {
    if (this.#hands.membership(room, this.bot) !== "join")
      return refused("M_AS_UNKNOWN", "Not there", 500);
    if (!this.#links.delete(room)) return refused("IRC_UNKNOWN_ROOM", NO_LINK, 404);
    this.#hands.leave(room);
    return said({});
  }
}

const NO_LINK = "Provisioned room mapping does not exist";

export function said(json: unknown): HttpReply {
  return { status: 200, json };
}

export function refused(errcode: string, error: string, status = 400): HttpReply {
  return { status, json: { errcode, error } };
}
