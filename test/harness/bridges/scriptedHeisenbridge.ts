import type { RoomId, UserId } from "../../../src/kernel/ids.ts";
import type { Hands, ScriptedBridge } from "./scriptedBridge.ts";

const NETWORK = "testnet";
const CHANNEL = "#plumbed";

/** Answers and acts as heisenbridge 1.15 does. */
export class ScriptedHeisenbridge implements ScriptedBridge {
  readonly bot = "@heisenbridge:example.org" as UserId;
  readonly entry = {
    ...{ id: "irc", name: "IRC", connector: "heisenbridge", bot: this.bot },
    networks: { [NETWORK]: { servers: ["127.0.0.1:6667"], nick: "usher" } },
  };
  readonly words = [NETWORK, CHANNEL];
  readonly spoils = { link: "PLUMB", linked: "STATUS", unlink: "UNPLUMB" };
  readonly deaf = new Set<string>();
  readonly #hands: Hands;
  readonly #owner: UserId;
  /** Where channels of the network are plumbed, made by the first who opens it. */
  readonly #there = "!network:example.org" as RoomId;
  readonly #plumbs = new Map<string, RoomId>();
  #known = false;
  #made = false;
  #connected = false;

  constructor(hands: Hands, owner: UserId) {
    this.#hands = hands;
    this.#owner = owner;
  }

  heal(): void {
    this.deaf.clear();
  }

  linked(room: RoomId): boolean {
    return [...this.#plumbs.values()].includes(room);
  }

  invited(room: RoomId): void {
    this.#hands.join(room);
  }

  kicked(room: RoomId): void {
    for (const [channel, there] of this.#plumbs) if (there === room) this.#plumbs.delete(channel);
  }

  hear(_: RoomId, body: string): readonly string[] {
    const [order = "", ...words] = body.split(" ");
    if (this.deaf.has(order)) return [`Unknown command "${order}", type HELP for list`];
    switch (order) {
      case "ADDNETWORK":
        return this.#addNetwork();
      case "ADDSERVER":
        return ["Server added."];
      case "OPEN":
        return this.#open();
      case "NICK":
        return [`Nickname set to ${words[0] ?? ""}`];
      case "CONNECT":
        return this.#connect();
      case "PLUMB":
        return this.#plumb(words[0] as RoomId, words[1] ?? "");
      case "UNPLUMB":
        return this.#unplumb(words[0] ?? "");
      case "STATUS":
        return [`Plumbs: ${[...this.#plumbs.keys()].join(", ")}`];
      default:
        return [`Unknown command "${order}", type HELP for list`];
    }
  }

  #addNetwork(): readonly string[] {
    if (this.#known) return ["Network already exists"];
    this.#known = true;
    return ["Network added."];
  }

  #open(): readonly string[] {
    if (!this.#known) return ["Network does not exist"];
    const isIn = this.#hands.membership(this.#there, this.#owner) === "join";
    if (isIn) return [`You are already in ${NETWORK} (${this.#there})`];
    this.#hands.invite(this.#there, this.#owner);
    if (this.#made) return [`Inviting back to ${NETWORK} (${this.#there})`];
    this.#made = true;
    return [`You have been invited to ${NETWORK}`];
  }

  #connect(): readonly string[] {
    if (this.#connected) return ["Already connected."];
    this.#connected = true;
    return ["Connecting to 127.0.0.1:6667...", "End of /MOTD command."];
  }

  #plumb(room: RoomId, channel: string): readonly string[] {
    if (this.#plumbs.has(channel)) return [`You are already on ${channel}`];
    this.#hands.join(room);
    if (this.#hands.membership(room, this.bot) !== "join")
      return ["Failed to join room: M_FORBIDDEN"];
    this.#plumbs.set(channel, room);
    return [
      `Joined room ${room}, refreshing member state...`,
      `Plumbed ${room} to ${channel}, to unplumb just kick me out.`,
      `${channel}: Joined ${channel} as usher`,
    ];
  }

  #unplumb(channel: string): readonly string[] {
    const room = this.#plumbs.get(channel);
    if (room === undefined) return [`${channel} is not plumbed`];
    this.#plumbs.delete(channel);
    this.#hands.leave(room);
    return [`Leaving ${room} to unplumb.`, `You left ${channel}`];
  }
}
