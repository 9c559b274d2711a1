import type { SeenEvent } from "../observed.ts";
import { bodyOf } from "../expect.ts";
import { connectPerson, type Person } from "../person.ts";
import type { Synapse } from "../synapse.ts";
import { Powers } from "./powers.ts";

/** What it does with one order instead of what a sound bridge does: says nothing, something else, its answer twice, or what a sound one does only when told. */
export type Oddity =
  | { readonly is: "silent" | "twice" }
  | { readonly is: "late"; readonly until: Promise<unknown> }
  | { readonly is: "says"; readonly words: string; readonly by?: Person; readonly in?: string };

interface Portal {
  readonly chat: string;
  relayed: boolean;
}

const PREFIX = "!tg";
const NETWORK = "Telegram";
const LOGIN = "relay1";
const LEVELS = "m.room.power_levels";

/**
 * Plays a bridge of mautrix that is built with bridgev2: an account for its bot and one for somebody of the far side. It answers word for word what such bridges were
 * seen to answer, acts on rooms as they do (late, and as far as its power goes), and misbehaves on demand.
 */
export class Bridgev2 {
  readonly bot: Person;
  readonly ghost: Person;
  /** What has arrived at the far side, and who is told of it as well. */
  readonly arrived: string[] = [];
  arrives: (line: string) => void = () => undefined;
  /** Every order, in the order of hearing. */
  readonly orders: string[] = [];
  /** Who may give orders that go beyond their own. */
  readonly admins = new Set<string>();
  /** The chats that its log-in knows. */
  readonly chats = new Set(["channel:1", "channel:2"]);
  /** By the order's name. */
  readonly odd = new Map<string, Oddity>();
  /** What it sets as relay by itself when it links. */
  setsRelay = false;
  /** What has not been done yet of what comes after an answer. */
  settled: Promise<void> = Promise.resolve();
  readonly #portals = new Map<string, Portal>();
  readonly #management = new Map<string, string>();
  readonly #failures: unknown[] = [];
  readonly #unlisten: () => void;
  #turn: Promise<void> = Promise.resolve();

  private constructor(bot: Person, ghost: Person) {
    this.bot = bot;
    this.ghost = ghost;
    this.#unlisten = bot.listen((event) => {
      // One at a time, as the bridge takes the events of its homeserver.
      this.#turn = this.#turn
        .then(() => this.#hear(event))
        .catch((error: unknown) => {
          this.#failures.push(error);
        });
    });
  }

  static async begin(synapse: Synapse): Promise<Bridgev2> {
    const [bot, ghost] = await Promise.all([
      connectPerson(synapse, "telegrambot"),
      connectPerson(synapse, "telegram-tina"),
    ]);
    return new Bridgev2(bot, ghost);
  }

  /** With accounts that are there already. */
  static of(bot: Person, ghost: Person): Bridgev2 {
    return new Bridgev2(bot, ghost);
  }

  /** The room that is linked with this chat. */
  roomOf(chat: string): string | undefined {
    return [...this.#portals].find(([, portal]) => portal.chat === chat)?.[0];
  }

  /** Its entry of the catalogue. */
  entry(more: object = {}): object {
    const { userId: bot } = this.bot;
    return {
      ...{ id: "telegram", name: NETWORK, connector: "bridgev2", bot, prefix: PREFIX },
      ...{ relayLogin: LOGIN, chatExample: "channel:1234567890" },
      ...more,
    };
  }

  /** The chat that this room is linked with. */
  linked(room: string): string | undefined {
    return this.#portals.get(room)?.chat;
  }

  /** Resolves when this has arrived at the far side; rejects where it was heard, and did not. */
  async hears(text: string): Promise<void> {
    await this.bot.waitFor((event) => bodyOf(event).includes(text), { what: text });
    await this.#turn;
    if (!this.arrived.some((one) => one.includes(text)))
      throw new Error(`"${text}" was not bridged: ${this.arrived.join(" / ")}`);
  }

  /** Somebody on the far side says something in what the room is linked with. */
  async says(room: string, text: string): Promise<void> {
    await this.ghost.say(room, text);
  }

  /** Stops; rejects if anything it tried has failed. */
  async stop(): Promise<void> {
    this.#unlisten();
    await Promise.all([this.bot.stop(), this.ghost.stop()]);
    if (this.#failures.length > 0) throw new AggregateError(this.#failures, "the bridge failed");
  }

  async #hear({ type, stateKey, content, roomId, sender }: SeenEvent): Promise<void> {
    if (type === "m.room.member" && stateKey === this.bot.userId) {
      if (content["membership"] === "invite") await this.#invited(roomId, sender);
      return;
    }
    if (type !== "m.room.message" || sender === this.bot.userId || sender === this.ghost.userId)
      return;
    const body = String(content["body"]);
    if (body.startsWith(PREFIX)) await this.#ordered(roomId, sender, body.slice(PREFIX.length));
    else if (this.#management.get(sender) === roomId) await this.#ordered(roomId, sender, body);
    else await this.#relay(roomId, sender, body);
  }

  async #invited(room: string, by: string): Promise<void> {
    if (!this.admins.has(by)) return this.bot.leave(room);
    await this.bot.join(room);
    const members = (await this.bot.allState(room)).filter(
      ({ type, content }) => type === "m.room.member" && content["membership"] === "join",
    );
    if (members.length > 2) return;
    const isFirst = !this.#management.has(by);
    if (isFirst) this.#management.set(by, room);
    const help = isFirst
      ? "Use `help` for help or `login` to log in.\n\nThis room has been marked as your management room."
      : `Use \`${PREFIX} help\` for help.`;
    await this.bot.say(room, `Hello, I'm a ${NETWORK} bridge bot.\n\n${help}`);
  }

  /** Silence is all that somebody hears who may give no orders. */
  async #ordered(room: string, by: string, words: string): Promise<void> {
    if (!this.admins.has(by)) return;
    this.orders.push(words.trim());
    const [first = "", ...rest] = words.split(/\s+/).filter((word) => word !== "");
    const inRoom = first === "doin" ? (rest[0] ?? "") : room;
    const [order = "", ...more] = first === "doin" ? rest.slice(1) : [first, ...rest];
    const odd = this.odd.get(order);
    if (odd?.is === "silent") return;
    if (odd?.is === "says") {
      await (odd.by ?? this.bot).say(odd.in ?? room, odd.words, { msgtype: "m.notice" });
      return;
    }
    const answer = async (): Promise<void> => {
      const said = await this.#answer(inRoom, order, more);
      for (const _ of odd?.is === "twice" ? [1, 2] : [1])
        if (said !== undefined) await this.bot.say(room, said, { msgtype: "m.notice" });
    };
    // What it answers late it does late, and it hears others meanwhile.
    if (odd?.is === "late") this.settled = odd.until.then(answer);
    else await answer();
  }

  async #answer(
    room: string,
    order: string,
    words: readonly string[],
  ): Promise<string | undefined> {
    const portal = this.#portals.get(room);
    switch (order) {
      case "bridge":
        return this.#bridge(room, words);
      case "list-logins":
        return `* \`${LOGIN}\` (Relay One) - \`CONNECTED\``;
      case "id":
      case "set-relay":
      case "unbridge":
        if (portal === undefined) return "That command can only be ran in portal rooms.";
        if (order === "id") return `This room is bridged to \`${portal.chat}\` on ${NETWORK}`;
        if (order === "unbridge") return this.#unbridge(room);
        if (words[0] !== LOGIN) return `User login with ID \`${words[0] ?? ""}\` not found`;
        portal.relayed = true;
        return "Messages sent by users who haven't logged in will now be relayed through Relay One (@usher:x's login)";
      default:
        return "Unknown command, use the `help` command for help.";
    }
  }

  async #bridge(room: string, words: readonly string[]): Promise<string> {
    const portal = this.#portals.get(room);
    if (portal !== undefined)
      return `This room is already bridged to \`${portal.chat}\` on ${NETWORK}`;
    const [login, chat] = words;
    if (login === undefined || chat === undefined || words.length > 2)
      return `Usage: \`${PREFIX} bridge [login ID] <chat ID>\``;
    const powers = await this.#powers(room);
    if (typeof powers === "string") return powers;
    if (powers.needed("m.bridge") > powers.own)
      return "I don't have sufficient permissions for `m.bridge` events. Adjust power levels or use the `--ignore-permissions` flag to ignore.";
    if (login !== LOGIN) return `No login found with ID \`${login}\``;
    if (!this.chats.has(chat))
      return `No portal found with ID \`${chat}\`. You may need to receive a message in the chat first`;
    if ([...this.#portals.values()].some((one) => one.chat === chat))
      return "That chat is already bridged to [x](https://matrix.to/#/!x:x). Use `--overwrite` to delete the existing room.";
    this.#portals.set(room, { chat, relayed: this.setsRelay });
    this.settled = this.#comeIn(room, chat).catch((error: unknown) => {
      this.#failures.push(error);
    });
    const relay = this.setsRelay ? ` and set \`${LOGIN}\` as relay` : "";
    return `Successfully plumbed this room to \`${chat}\` on ${NETWORK}${relay}`;
  }

  /** What a bridge does after it has said that it is done. */
  async #comeIn(room: string, chat: string): Promise<void> {
    const { bot, ghost } = this;
    const write = async (type: string, content: object, key = ""): Promise<void> => {
      const powers = await this.#powers(room);
      if (typeof powers !== "string" && powers.own >= powers.needed(type))
        await bot.setState(room, type, { ...content }, key);
    };
    await write("io.element.functional_members", { service_members: [bot.userId] });
    await write("m.room.name", { name: `Remote ${chat}` });
    await write("m.room.topic", { topic: "" });
    await bot.invite(room, ghost.userId);
    await ghost.join(room);
    await this.#kickOthers(room);
    const channel = { id: chat, displayname: `Remote ${chat}` };
    const content = {
      bridgebot: bot.userId,
      creator: bot.userId,
      protocol: { id: "telegram" },
      channel,
    };
    for (const type of ["com.beeper.room_features", "m.bridge", "uk.half-shot.bridge"])
      await write(type, content, "x/telegram");
  }

  /** Whoever has not logged in and can be put out, is: invited people too. */
  async #kickOthers(room: string): Promise<void> {
    const powers = await this.#powers(room);
    if (typeof powers === "string" || powers.own < powers.kick) return;
    if (this.#portals.get(room)?.relayed === true) return;
    for (const { type, state_key, content } of await this.bot.allState(room)) {
      if (type !== "m.room.member" || !["join", "invite"].includes(String(content["membership"])))
        continue;
      if ([this.bot.userId, this.ghost.userId].includes(state_key)) continue;
      if (powers.of(state_key) < powers.own)
        await this.bot.kick(room, state_key, "User is not in remote chat");
    }
  }

  /** Ghosts leave, then the bot; nothing is said, and what it wrote stays. */
  async #unbridge(room: string): Promise<undefined> {
    await this.settled;
    this.#portals.delete(room);
    await this.ghost.leave(room);
    await this.bot.leave(room);
    return undefined;
  }

  async #relay(room: string, sender: string, body: string): Promise<void> {
    const portal = this.#portals.get(room);
    if (portal === undefined) return;
    if (portal.relayed) {
      this.arrived.push(`${sender}: ${body}`);
      this.arrives(`${sender}: ${body}`);
    } else
      await this.bot.say(
        room,
        "⚠️ Your message was not bridged: You're not logged in (no usable logins found)",
        { msgtype: "m.notice" },
      );
  }

  /** The words of a refusal where it is not let in. */
  async #powers(room: string): Promise<Powers | string> {
    try {
      await this.bot.join(room);
    } catch {
      return "Failed to check power levels in room: failed to ensure joined: M_FORBIDDEN (HTTP 403): You are not invited to this room.";
    }
    return new Powers((await this.bot.state(room, LEVELS)) ?? {}, this.bot.userId);
  }
}
