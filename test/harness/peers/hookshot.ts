import { isDeepStrictEqual } from "node:util";
import type { SeenRequest, TestAnswer } from "../httpServer.ts";

type Content = Readonly<Record<string, unknown>>;

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
  react(room: string, event: string, key: string): Promise<unknown>;
  /** Whom an OpenID token is of. */
  userOf(token: string): Promise<string | undefined>;
}

interface Made {
  readonly room: string;
  readonly type: string;
  readonly config: Content;
}

const BASE = "/widgetapi/v1/";
const PREFIX = "uk.half-shot.matrix-hookshot.";
export const FEED = `${PREFIX}feed`;
const SERVICES: Readonly<Record<string, string>> = { [FEED]: "feeds" };

/** Plays a matrix-hookshot 7.4: its widget API, and its commands in rooms. It answers word for word what it was seen to answer. */
export class HookshotPeer {
  readonly hands: HookshotHands;
  /** Who may manage connections, and so be followed into rooms. */
  readonly managers = new Set<string>();
  /** What it answers instead, by the method and the last word of the path's form: `POST connections`. */
  readonly odd = new Map<string, TestAnswer>();
  /** Addresses that are no feeds. */
  readonly broken = new Set<string>();
  /** It says that it does so, and does not: what it is told to make, to take away, or to hear. */
  readonly deaf = new Set<"make" | "unmake" | "words">();
  /** How its last looks at feeds went. */
  results: readonly object[] = [{ ok: true, timestamp: 1 }];
  readonly #made: Made[] = [];
  readonly #tokens = new Map<string, string>();

  constructor(hands: HookshotHands) {
    this.hands = hands;
  }

  heal(): void {
    for (const one of [this.odd, this.broken, this.deaf]) one.clear();
  }

  /** Its tokens have ended. */
  forgets(): void {
    this.#tokens.clear();
  }

  /** What it does in a room. */
  connected(room: string): readonly string[] {
    return this.#made.filter((one) => one.room === room).map(({ config }) => String(config["url"]));
  }

  /** It was invited. */
  async invited(room: string, by: string): Promise<void> {
    try {
      await this.hands.join(room);
    } catch {
      // It had come already, asked by its API, and is out again.
      return;
    }
    if (!this.managers.has(by)) await this.hands.leave(room);
  }

  /** Its bot is out: it does nothing there any more. */
  out(room: string): void {
    this.#drop((one) => one.room === room);
  }

  /** Somebody wrote its state: only who may manage connections makes anything of it. */
  stateSet(room: string, sender: string, [type, key]: readonly [string, string], content: Content) {
    if (SERVICES[type] === undefined || sender === this.hands.bot) return;
    if (Object.keys(content).length === 0) {
      this.#drop((one) => one.room === room && one.type === type && one.config["url"] === key);
    } else if (this.managers.has(sender) && content["url"] === key) {
      this.#add({ room, type, config: content });
    }
  }

  /** Somebody said something. */
  async said(room: string, sender: string, event: string, body: string): Promise<void> {
    const [, url = ""] = /^!hookshot feed (\S+)/.exec(body) ?? [];
    // Of who may nothing it takes no notice at all.
    if (url === "" || !this.managers.has(sender) || this.deaf.has("words")) return;
    const label = /"([^"]*)"$/.exec(body)?.[1];
    if (this.broken.has(url)) {
      await this.hands.react(room, event, "⛔");
      await this.hands.say(
        room,
        `Failed to handle command: ${url} doesn't look like a valid feed URL`,
      );
      return;
    }
    await this.#make({ room, type: FEED, config: { url, ...(label && { label }) } });
    await this.hands.say(room, `Room configured to bridge ${url}`);
    await this.hands.react(room, event, "✅");
  }

  async asked({ method, path, headers, body }: SeenRequest): Promise<TestAnswer> {
    const parts = path.slice(BASE.length).split("/").map(decodeURIComponent);
    const [room = "", what = "", more = ""] = parts;
    const odd = this.odd.get(`${method} ${room.startsWith("!") ? what : room}`);
    if (odd !== undefined) return odd;
    if (room === "exchange_openid") return this.#logIn(body as Content);
    const user = this.#tokens.get((headers.authorization ?? "").replace("Bearer ", ""));
    if (user === undefined) return refusal(401, "HS_BAD_TOKEN", "Invalid token");
    if (room === "config") return { json: { general: true, feeds: true, generic: true } };
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
    if (this.broken.has(String(config["url"])))
      return refusal(400, "HS_BAD_VALUE", "Could not read feed from URL: not a feed");
    const made = { room, type, config };
    await this.#make(made);
    return { json: shown(made) };
  }

  async #make(made: Made): Promise<void> {
    if (this.deaf.has("make")) return;
    const { room, type, config } = made;
    await this.hands.setState(room, type, config, String(config["url"]));
    this.#made.push(made);
  }

  async #delete(room: string, id: string): Promise<TestAnswer> {
    const made = this.#made.find((one) => one.room === room && shown(one).id === id);
    if (made === undefined) return refusal(404, "HS_NOTFOUND", "Connection does not exist");
    if (this.deaf.has("unmake")) return { json: { ok: true } };
    this.#drop((one) => one === made);
    await this.hands.setState(room, made.type, {}, String(made.config["url"]));
    return { json: { ok: true } };
  }

  #read(made: Made): object {
    return { ...shown(made), secrets: { lastResults: this.results } };
  }

  #add(made: Made): void {
    if (!this.#made.some((one) => isDeepStrictEqual(one, made))) this.#made.push(made);
  }

  #drop(goes: (made: Made) => boolean): void {
    const left = this.#made.filter((one) => !goes(one));
    this.#made.splice(0, Infinity, ...left);
  }
}

function shown({ room, type, config }: Made) {
  const id = Buffer.from(`${room}/${type}/${String(config["url"])}`).toString("base64url");
  return {
    ...{ id: id.slice(-40), eventType: type, service: SERVICES[type], type: "Feed", config },
  };
}

function refusal(status: number, errcode: string, error: string): TestAnswer {
  return { status, json: { errcode, error } };
}
