import { UsherError } from "../../../src/kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../../../src/kernel/ids.ts";
import type { Content, RoomEvent } from "../../../src/matrix/port.ts";
import type { HttpClient } from "../../../src/net/websites.ts";
import { MemoryHomeserver } from "../memoryHomeserver.ts";
import { HookshotPeer } from "../peers/hookshot.ts";

export const ROOM = "!r:example.org" as RoomId;
export const NEXT = "!next:example.org" as RoomId;
/** Where Usher and hookshot's bot are alone. */
const CHAT = "!chat:example.org" as RoomId;
export const WHO = {
  usher: "@usher:example.org" as UserId,
  ann: "@ann:example.org" as UserId,
  bob: "@bob:example.org" as UserId,
  bot: "@hookshot:example.org" as UserId,
} as const;
const LEVELS = "m.room.power_levels";

export type Act = <T>(name: string, work: () => T | Promise<T>) => Promise<T>;

/** The rooms and the hookshot in them, in memory. They outlive Usher. */
export class ConnectionRooms {
  readonly homeserver = new MemoryHomeserver();
  readonly peer = new HookshotPeer(this.#hands());
  /** Hookshot does not answer. */
  silent = false;
  /** What hookshot does by itself. */
  readonly pending: Promise<void>[] = [];
  readonly #heard: (room: RoomId, event: RoomEvent) => void;
  readonly #before: Content;
  #said = 0;
  #chats = 0;

  /** `heard`: Usher hears of this, if it lives. */
  constructor(heard: (room: RoomId, event: RoomEvent) => void) {
    const { ann, bob, usher } = WHO;
    this.#heard = heard;
    this.#before = { users: { [ann]: 100, [usher]: 100 }, invite: 50 };
    const levels = this.#before;
    this.homeserver.make(ROOM, { creator: ann, joined: [ann, bob, usher], levels });
    this.homeserver.make(CHAT, { creator: usher, joined: [usher] });
    this.peer.managers.add(usher);
  }

  /** The room is replaced by one that has its power levels, as clients make it. */
  replace(): void {
    const { ann, bob, usher } = WHO;
    const more = [[LEVELS, this.content(ROOM, LEVELS) ?? {}]] as const;
    this.homeserver.make(NEXT, { creator: ann, joined: [ann, bob, usher], more });
  }

  get #levels(): string {
    return JSON.stringify(this.#before);
  }

  /** What is not as it was before hookshot came. */
  parts(room: RoomId): Readonly<Record<string, boolean>> {
    return {
      hookshot: this.peer.connected(room).length > 0,
      bot: this.content(room, "m.room.member", WHO.bot)?.["membership"] === "join",
      levels: JSON.stringify(this.content(room, LEVELS)) !== this.#levels,
    };
  }

  /** The homeserver as one life of Usher has it. */
  actedOn(act: Act) {
    const { homeserver } = this;
    const { usher } = WHO;
    return {
      me: usher,
      state: homeserver.state.bind(homeserver),
      allState: homeserver.allState.bind(homeserver),
      power: homeserver.power.bind(homeserver),
      members: homeserver.members.bind(homeserver),
      setState: (room: RoomId, type: string, key: string, content: Content) =>
        act(`set ${type}`, () => this.put(room, type, key, content, usher)),
      invite: (room: RoomId) =>
        act("invite", () => {
          this.#move(room, "invite", usher);
        }),
      kick: (room: RoomId) =>
        act("kick", () => {
          this.#move(room, "leave", usher);
        }),
      send: (room: RoomId, { body }: { readonly body: string }) =>
        act("send", () => this.said(room, usher, body)),
      openIdToken: () => Promise.resolve({ token: "an-openid-token", server: "example.org" }),
    };
  }

  /** The chat with hookshot's bot. */
  talkRooms(act: Act) {
    return {
      of: async (): Promise<RoomId> => {
        const now = this.content(CHAT, "m.room.member", WHO.bot)?.["membership"];
        if (now === undefined)
          await act("chat", () => {
            const content = { membership: "invite", is_direct: true };
            this.put(CHAT, "m.room.member", WHO.bot, content, WHO.usher);
          });
        return CHAT;
      },
    };
  }

  content(room: RoomId, type: string, key = ""): Content | undefined {
    return this.homeserver
      .standing(room)
      .find((event) => event.type === type && event.stateKey === key)?.content;
  }

  /** Usher hears of it, and hookshot does by itself what follows. */
  #happens(room: RoomId, event: RoomEvent): void {
    const here = this.content(room, "m.room.member", WHO.usher)?.["membership"];
    if (here === "join") this.#heard(room, event);
    const { type, stateKey, sender, content, eventId } = event;
    const hears = async (): Promise<void> => {
      if (type === "m.room.member" && stateKey === WHO.bot) {
        const direct = content["is_direct"] === true;
        if (content["membership"] === "invite") await this.peer.invited(room, sender, direct);
        if (content["membership"] === "leave") this.peer.out(room);
      } else if (stateKey !== undefined) {
        await this.peer.stateSet(room, sender, [type, stateKey], content);
      } else if (sender !== WHO.bot) {
        await this.peer.said(room, sender, eventId, String(content["body"]));
      }
    };
    if (!this.silent) this.pending.push(hears());
  }

  put(room: RoomId, type: string, key: string, content: Content, sender: UserId): EventId {
    const event = this.homeserver.put(room, type, key, content, sender);
    this.#happens(room, event);
    return event.eventId;
  }

  #move(room: RoomId, membership: string, sender: UserId): void {
    this.put(room, "m.room.member", WHO.bot, { membership }, sender);
  }

  /** Somebody says something. */
  said(room: RoomId, sender: UserId, body: string): EventId {
    const eventId = `$said${String((this.#said += 1))}` as EventId;
    const about = { roomId: room, sender, originServerTs: 0, redacted: false } as const;
    const event = { ...about, eventId, type: "m.room.message", content: { body } };
    this.#happens(room, { ...event, encryption: "none" });
    return eventId;
  }

  #hands(): HookshotPeer["hands"] {
    const { bot, usher } = WHO;
    return {
      bot,
      state: (room, type, key = "") => Promise.resolve(this.content(room as RoomId, type, key)),
      creators: () => Promise.resolve([]),
      setState: (room, type, content, key) =>
        Promise.resolve(this.put(room as RoomId, type, key, content, bot)),
      join: async (room) => {
        await Promise.resolve();
        const now = this.content(room as RoomId, "m.room.member", bot)?.["membership"];
        if (now !== "invite" && now !== "join") throw new Error("not invited");
        if (now === "invite") this.#move(room as RoomId, "join", bot);
      },
      leave: (room) => {
        this.#move(room as RoomId, "leave", bot);
        return Promise.resolve();
      },
      say: (room, body) => Promise.resolve(this.said(room as RoomId, bot, body)),
      chat: (user) => {
        const room = `!of-hookshot-${String((this.#chats += 1))}:example.org` as RoomId;
        this.homeserver.make(room, { creator: bot, joined: [bot], invited: [user as UserId] });
        return Promise.resolve(room);
      },
      react: () => Promise.resolve(),
      userOf: (token) => Promise.resolve(token === "an-openid-token" ? usher : undefined),
    };
  }

  /** Hookshot's API as `Websites` asks it. */
  http(act: Act): HttpClient {
    return {
      ask: (url, { method = "GET", headers = {}, body } = {}) => {
        const asked = async () => {
          if (this.silent) throw new UsherError("website-unreachable", { host: url.host });
          const answer = await this.peer.asked({
            ...{ method, path: url.pathname, query: url.searchParams, headers },
            body: body === undefined ? undefined : (JSON.parse(String(body)) as unknown),
          });
          if (typeof answer === "function") throw new TypeError("nothing raw here");
          const { status = 200, json, text } = answer;
          const bytes = Buffer.from(text ?? JSON.stringify(json));
          return {
            ...{ status, headers: {}, bytes },
            json: <T>(schema: { safeParse(value: unknown): { data?: T } }): T => {
              const read = schema.safeParse(text === undefined ? json : undefined);
              if (read.data === undefined) throw new UsherError("website-unexpected");
              return read.data;
            },
          };
        };
        return method === "GET" ? asked() : act(method, asked);
      },
    };
  }
}
