import type { SeenRequest, TestAnswer } from "../httpServer.ts";
import {
  ADDRESS,
  BASE,
  FEED,
  HOOK,
  hookOf,
  keyOf,
  letterOf,
  refusal,
  SERVICES,
  shown,
  type Content,
  type Made,
} from "./hookshotThings.ts";

/** What it does on its homeserver, as its bot. */
export interface HookshotHands {
  readonly bot: string;
  state(room: string, type: string, key?: string): Promise<Content | undefined>;
  /** The creators of a room whose version gives them all power. */
  creators(room: string): Promise<readonly string[]>;
  setState(room: string, type: string, content: Content, key: string): Promise<unknown>;
  /** Rejects where it is not invited. */
  join(room: string): Promise<void>;
  leave(room: string): Promise<void>;
  say(room: string, body: string): Promise<unknown>;
  /** Makes a room with this user alone, who is only invited yet. */
  chat(user: string): Promise<string>;
  react(room: string, event: string, key: string): Promise<unknown>;
  /** Whom an OpenID token is of. */
  userOf(token: string): Promise<string | undefined>;
}

/** Plays a matrix-hookshot 7.4: its widget API, and its commands in rooms. It answers word for word what it was seen to answer. */
export class HookshotPeer {
  readonly hands: HookshotHands;
  /** Who may manage connections, and so be followed into rooms. */
  readonly managers = new Set<string>();
  /** What it answers instead, by the method and the last word of the path's form: `POST connections`. */
  readonly odd = new Map<string, TestAnswer>();
  /** Addresses that are no feeds. */
  readonly broken = new Set<string>();
  /** It says that it does so, and does not: what it is told to make, to take away, to hear, or to write to one alone. */
  readonly deaf = new Set<"make" | "unmake" | "words" | "letter">();
  /** Where it shows secrets to everybody. */
  readonly leaks = new Set<"room" | "state">();
  /** What it writes to one alone beside what it should, before or after. */
  readonly strange = new Set<"other room first" | "twice">();
  /** What else is switched off there. */
  readonly off = new Set<string>();
  /** How its last looks at feeds went. */
  results: readonly object[] = [{ ok: true, timestamp: 1 }];
  readonly #made: Made[] = [];
  /** Where it writes to somebody alone. */
  readonly #chats = new Map<string, string>();
  readonly #tokens = new Map<string, string>();

  constructor(hands: HookshotHands) {
    this.hands = hands;
  }

  heal(): void {
    const { odd, broken, deaf, leaks, strange, off } = this;
    for (const one of [odd, broken, deaf, leaks, strange, off]) one.clear();
  }

  /** Its tokens have ended. */
  forgets(): void {
    this.#tokens.clear();
  }

  /** What it does in a room. */
  connected(room: string): readonly string[] {
    return this.#made.filter((one) => one.room === room).map(keyOf);
  }

  /** What a program gets that sends something to this address. */
  delivered(address: string): 202 | 404 {
    const isThere = this.#made.some(
      ({ hook, room, type, config }) =>
        address === `${ADDRESS}${String(hook)}` &&
        // Of two of one name only the first works.
        this.#find(room, type, keyOf({ type, config }))?.hook === hook,
    );
    return isThere ? 202 : 404;
  }

  /** It was invited; `direct`: to speak with whoever did alone. */
  async invited(room: string, by: string, direct = false): Promise<void> {
    try {
      await this.hands.join(room);
    } catch {
      // It had come already, asked by its API, and is out again.
      return;
    }
    if (!this.managers.has(by)) await this.hands.leave(room);
    else if (direct) this.#chats.set(by, room);
  }

  /** Its bot is out: it does nothing there any more. */
  out(room: string): void {
    this.#drop((one) => one.room === room);
  }

  /** Somebody wrote its state: only who may manage connections makes anything of it, or has it forget anything. */
  async stateSet(
    room: string,
    sender: string,
    [type, key]: readonly [string, string],
    content: Content,
  ): Promise<void> {
    if (SERVICES[type] === undefined || sender === this.hands.bot) return;
    const isGone = Object.keys(content).length === 0 || content["disabled"] === true;
    const known = this.#find(room, type, key);
    if (!this.managers.has(sender)) {
      // It means to put back what was there, and goes on with it.
      if (known !== undefined) await this.hands.setState(room, type, known.config, "undefined");
    } else if (isGone) {
      if (!this.deaf.has("unmake")) this.#drop((one) => one === known);
    } else if (keyOf({ type, config: content }) === key && known === undefined) {
      this.#made.push({ room, type, config: content, ...hookOf(type) });
    }
  }

  /** Somebody said something. */
  async said(room: string, sender: string, event: string, body: string): Promise<void> {
    if (this.#chats.get(sender) === room) {
      await this.hands.say(room, "This is your admin room.");
      return;
    }
    const words = /^!hookshot (.+)/.exec(body)?.[1] ?? "";
    const [what = "", first = "", ...more] = (words.match(/"[^"]*"|\S+/g) ?? []).map((word) =>
      word.replaceAll('"', ""),
    );
    // Of who may nothing it takes no notice at all.
    if (what === "" || !this.managers.has(sender) || this.deaf.has("words")) return;
    const fault = this.#refuses(what, first);
    if (fault !== undefined) {
      await this.hands.react(room, event, "⛔");
      await this.hands.say(room, `Failed to handle command: ${fault}`);
      return;
    }
    if (what === "feed") {
      const [label] = more;
      await this.#make({ room, type: FEED, config: { url: first, ...(label && { label }) } });
      await this.hands.say(room, `Room configured to bridge ${first}`);
    }
    if (what === "webhook") await this.#orderHook(room, sender, first);
    await this.hands.react(room, event, "✅");
  }

  #refuses(what: string, first: string): string | undefined {
    if (what === "feed" && this.broken.has(first))
      return `${first} doesn't look like a valid feed URL`;
    if (what !== "webhook") return undefined;
    if (this.broken.has(first)) return "Expiration date must be set";
    if (this.off.has("generic")) return "The bridge is not configured to support webhooks.";
    if (first.length < 3 || first.length > 64)
      return "A webhook name must be between 3-64 characters.";
    return undefined;
  }

  async #orderHook(room: string, sender: string, name: string): Promise<void> {
    const made = { room, type: HOOK, config: { name }, ...hookOf(HOOK) };
    await this.#make(made);
    const address = `${ADDRESS}${String(made.hook)}`;
    const letter = (to: string, where = address): string => letterOf(name, to, where);
    if (!this.deaf.has("letter")) {
      const chat = this.#chats.get(sender) ?? (await this.hands.chat(sender));
      this.#chats.set(sender, chat);
      if (this.strange.has("other room first"))
        await this.hands.say(chat, letter("!elsewhere:example.org", `${ADDRESS}elsewhere`));
      await this.hands.say(chat, letter(room));
      if (this.strange.has("twice")) await this.hands.say(chat, letter(room, `${ADDRESS}dead`));
    }
    const words = "Room configured to bridge webhooks. See admin room for secret url.";
    await this.hands.say(room, this.leaks.has("room") ? `${words}\n${address}` : words);
  }

  async asked({ method, path, headers, body }: SeenRequest): Promise<TestAnswer> {
    const parts = path.slice(BASE.length).split("/").map(decodeURIComponent);
    const [room = "", what = "", more = ""] = parts;
    const odd = this.odd.get(`${method} ${room.startsWith("!") ? what : room}`);
    if (odd !== undefined) return odd;
    if (room === "exchange_openid") return this.#logIn(body as Content);
    const user = this.#tokens.get((headers.authorization ?? "").replace("Bearer ", ""));
    if (user === undefined) return refusal(401, "HS_BAD_TOKEN", "Invalid token");
    if (room === "config") {
      const sections = ["general", "feeds", "generic", "genericOutbound"];
      return { json: Object.fromEntries(sections.map((one) => [one, !this.off.has(one)])) };
    }
    if (what !== "connections") return { status: 404, text: "Cannot GET" };
    const fault = await this.#fault(room, user, method !== "GET");
    if (fault !== undefined) return fault;
    switch (method) {
      case "GET":
        return {
          json: this.#made.filter((one) => one.room === room).map((one) => this.#read(one)),
        };
      case "POST":
        return this.#create(room, more, user, (body ?? {}) as Content);
      case "DELETE":
        return this.#delete(room, more);
      default:
        return refusal(405, "HS_METHOD_NOT_ALLOWED", "No");
    }
  }

  async #logIn({ openIdToken }: Content): Promise<TestAnswer> {
    const userId = await this.hands.userOf(String(openIdToken));
    if (userId === undefined) return refusal(500, "M_AS_BAD_OPENID", "Failed to verify token");
    const token = `hookshot_${String(this.#tokens.size)}-${String(Math.random())}`;
    this.#tokens.set(token, userId);
    return { json: { token, userId } };
  }

  /** Why it does nothing for this one there. */
  async #fault(room: string, user: string, writes: boolean): Promise<TestAnswer | undefined> {
    const membership = async (of: string) =>
      (await this.hands.state(room, "m.room.member", of))?.["membership"];
    try {
      if ((await membership(this.hands.bot)) !== "join") await this.hands.join(room);
    } catch {
      return refusal(403, "HS_NOT_IN_ROOM", "Bot was not invited to the room.");
    }
    if ((await membership(user)) !== "join")
      return refusal(403, "HS_NOT_IN_ROOM", "User is not joined to the room.");
    if (!writes) return undefined;
    const levels = (await this.hands.state(room, "m.room.power_levels")) ?? {};
    const creators = await this.hands.creators(room);
    const users = (levels["users"] ?? {}) as Readonly<Record<string, number>>;
    const has = (of: string): number =>
      creators.includes(of) ? Infinity : (users[of] ?? Number(levels["users_default"] ?? 0));
    const needed = Number(levels["state_default"] ?? 50) || 50;
    for (const [of, code, who] of [
      [this.hands.bot, "HS_FORBIDDEN_BOT", "Bot"],
      [user, "HS_FORBIDDEN_USER", "User"],
    ] as const)
      if (has(of) < needed)
        return refusal(
          403,
          code,
          `${who} has a PL of ${String(has(of))} but needs at least ${String(needed)}.`,
        );
    return undefined;
  }

  async #create(room: string, type: string, user: string, config: Content): Promise<TestAnswer> {
    if (SERVICES[type] === undefined) return refusal(404, "HS_NOTFOUND", "Unknown event type");
    if (!this.managers.has(user))
      return refusal(
        403,
        "HS_FORBIDDEN_USER",
        "User is not permitted to provision connections for this type of service.",
      );
    if (this.broken.has(keyOf({ type, config })))
      return refusal(400, "HS_BAD_VALUE", "Could not read feed from URL: not a feed");
    const made = { room, type, config, ...hookOf(type) };
    await this.#make(made);
    return { json: this.#read(made) };
  }

  async #make(made: Made): Promise<void> {
    if (this.deaf.has("make")) return;
    const { room, type, config, hook } = made;
    const open = this.leaks.has("state") ? { hookId: hook } : {};
    await this.hands.setState(room, type, { ...config, ...open }, keyOf(made));
    this.#made.push(made);
  }

  #find(room: string, type: string, key: string): Made | undefined {
    return this.#made.find((one) => one.room === room && one.type === type && keyOf(one) === key);
  }

  async #delete(room: string, id: string): Promise<TestAnswer> {
    const made = this.#made.find((one) => one.room === room && shown(one).id === id);
    if (made === undefined) return refusal(404, "HS_NOTFOUND", "Connection does not exist");
    if (this.deaf.has("unmake")) return { json: { ok: true } };
    this.#drop((one) => one === made);
    const gone = made.type === FEED ? {} : { disabled: true };
    await this.hands.setState(room, made.type, gone, keyOf(made));
    return { json: { ok: true } };
  }

  #read(made: Made): object {
    const { hook, type } = made;
    const url = hook === undefined ? undefined : `${ADDRESS}${hook}`;
    const secrets = type === FEED ? { lastResults: this.results } : { url, hookId: hook };
    return { ...shown(made), secrets };
  }

  #drop(goes: (made: Made) => boolean): void {
    const left = this.#made.filter((one) => !goes(one));
    this.#made.splice(0, Infinity, ...left);
  }
}
