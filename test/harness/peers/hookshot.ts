import type { SeenRequest, TestAnswer } from "../httpServer.ts";
import { faultOf, type HookshotHands } from "./hookshotHands.ts";
import {
  BASE,
  FEED,
  GITHUB,
  GITLAB,
  HOOK,
  hookOf,
  JIRA,
  keyOf,
  letterOf,
  orderIn,
  OUTBOUND,
  refusal,
  secretsOf,
  SERVICES,
  shown,
  type Content,
  type Made,
} from "./hookshotThings.ts";

/** Plays a matrix-hookshot 7.4: its widget API, and its commands in rooms. It answers word for word what it was seen to answer. */
export class HookshotPeer {
  readonly hands: HookshotHands;
  /** Who may manage connections, and so be followed into rooms. */
  readonly managers = new Set<string>();
  /** Who has logged in elsewhere through it. */
  readonly loggedIn = new Set<string>();
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

  /** What a program gets that sends something to this address, or whether this token proves what is sent. Of two of one name only the first works. */
  delivered(secret: string): 202 | 404 {
    const one = this.#made.find((made) => Object.values(secretsOf(made)).includes(secret));
    const first = one && this.#find(one.room, one.type, keyOf(one));
    return first !== undefined && first === one ? 202 : 404;
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
    const order = orderIn(body);
    // Of who may nothing it takes no notice at all.
    if (order === undefined || !this.managers.has(sender) || this.deaf.has("words")) return;
    const { type, config, answer } = order;
    const made = { room, type, config, ...hookOf(type) };
    const fault = this.#refuses(made, order.logIn, sender);
    if (fault !== undefined) {
      await this.hands.react(room, event, "⛔");
      await this.hands.say(room, `Failed to handle command: ${fault}`);
      return;
    }
    await this.#make(made);
    const { url, token } = secretsOf(made);
    const secret = url ?? token;
    if (typeof secret === "string") await this.#write(made, sender, secret);
    const open = this.leaks.has("room") && typeof secret === "string" ? `\n${secret}` : "";
    await this.hands.say(room, `${answer}${open}`);
    await this.hands.react(room, event, "✅");
  }

  #refuses(made: Made, logIn: string | undefined, sender: string): string | undefined {
    const { type } = made;
    const key = keyOf(made);
    if (this.off.has(SERVICES[type] ?? ""))
      return `The bridge is not configured to support ${type === HOOK ? "webhooks" : type}.`;
    if (logIn !== undefined && !this.loggedIn.has(sender)) return logIn;
    if (this.broken.has(key))
      return type === FEED
        ? `${key} doesn't look like a valid feed URL`
        : "Expiration date must be set";
    if ((type === HOOK || type === OUTBOUND) && (key.length < 3 || key.length > 64))
      return "A webhook name must be between 3-64 characters.";
    return undefined;
  }

  async #write(made: Made, to: string, secret: string): Promise<void> {
    if (this.deaf.has("letter")) return;
    const chat = this.#chats.get(to) ?? (await this.hands.chat(to));
    this.#chats.set(to, chat);
    const say = (room: string, what: string): Promise<unknown> =>
      this.hands.say(chat, letterOf(made, room, what));
    if (this.strange.has("other room first")) await say("!elsewhere:example.org", `${secret}x`);
    await say(made.room, secret);
    if (this.strange.has("twice")) await say(made.room, `${secret}y`);
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
      const sections = ["general", ...Object.values(SERVICES)];
      return { json: Object.fromEntries(sections.map((one) => [one, !this.off.has(one)])) };
    }
    if (what !== "connections") return { status: 404, text: "Cannot GET" };
    const fault = await faultOf(this.hands, room, { user, writes: method !== "GET" });
    if (fault !== undefined) return fault;
    switch (method) {
      case "GET":
        return {
          json: this.#made.filter((one) => one.room === room).map((one) => this.#read(one)),
        };
      case "POST":
        return this.#create(room, more, user, (body ?? {}) as Content);
      case "PUT":
        return this.#alter(room, more, body as Content);
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

  async #create(room: string, type: string, user: string, config: Content): Promise<TestAnswer> {
    if (SERVICES[type] === undefined) return refusal(404, "HS_NOTFOUND", "Unknown event type");
    // Whoever asks for these must be logged in there, and Usher is nowhere.
    if (!this.managers.has(user) || [GITHUB, GITLAB, JIRA].includes(type))
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
    const open = this.leaks.has("state") && type === HOOK ? { hookId: hook } : {};
    await this.hands.setState(room, type, { ...config, ...open }, keyOf(made));
    this.#made.push(made);
  }

  #find(room: string, type: string, key: string): Made | undefined {
    return this.#made.find((one) => one.room === room && one.type === type && keyOf(one) === key);
  }

  async #alter(room: string, id: string, changed: Content): Promise<TestAnswer> {
    const made = this.#made.find((one) => one.room === room && shown(one).id === id);
    if (made === undefined) return refusal(404, "HS_NOTFOUND", "Connection does not exist");
    if (this.deaf.has("make")) return { json: this.#read(made) };
    const next = { ...made, config: { ...made.config, ...changed } };
    this.#drop((one) => one === made);
    this.#made.push(next);
    // Of a webhook it writes its secret there too.
    const open = made.type === HOOK ? { hookId: made.hook } : {};
    await this.hands.setState(room, made.type, { ...next.config, ...open }, keyOf(made));
    return { json: this.#read(next) };
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
    const { type } = made;
    const secrets = type === FEED ? { lastResults: this.results } : secretsOf(made);
    return { ...shown(made), secrets };
  }

  #drop(goes: (made: Made) => boolean): void {
    const left = this.#made.filter((one) => !goes(one));
    this.#made.splice(0, Infinity, ...left);
  }
}
