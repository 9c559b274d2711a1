import { isDeepStrictEqual } from "node:util";
import type { SetUps } from "../../../src/integrations/setUps.ts";
import { UsherError } from "../../../src/kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../../../src/kernel/ids.ts";
import { REQUEST } from "../../../src/kinds/bridges/appserviceIrc/request.ts";
import type { BotRooms } from "../../../src/kinds/bridges/botRooms.ts";
import type { ConnectorDeps } from "../../../src/kinds/bridges/connector.ts";
import type { Dialogues } from "../../../src/kinds/bridges/dialogue/dialogues.ts";
import type {
  Content,
  Inviting,
  RoomEvent,
  RoomState,
  TalkRooms,
} from "../../../src/matrix/port.ts";
import { allowed } from "../../../src/matrix/power.ts";
import { MemoryHomeserver } from "../memoryHomeserver.ts";
import type { Hands, ScriptedBridge } from "./scriptedBridge.ts";

export const ROOM = "!r:example.org" as RoomId;
/** The room that replaces it. */
export const NEXT = "!next:example.org" as RoomId;
const CONTROL = "!control:example.org" as RoomId;
export const WHO = {
  usher: "@usher:example.org" as UserId,
  ann: "@ann:example.org" as UserId,
  bob: "@bob:example.org" as UserId,
} as const;

/** Everything of a room that must be as before when a bridge has gone. */
const KEPT = ["m.room.power_levels", "m.room.name", "m.room.topic", "m.room.avatar"];
const MARKS = ["m.bridge", "uk.half-shot.bridge"];

type Matrix = ConnectorDeps["matrix"] & RoomState & Inviting;
type Act = <T>(name: string, work: () => T | Promise<T>) => Promise<T>;

/** The rooms of a bridge, in memory: one to be linked, and those in which its bot is spoken with. They outlive Usher. */
export class BridgeRooms {
  readonly #homeserver = new MemoryHomeserver();
  readonly #happens: (room: RoomId, event: RoomEvent) => void;
  readonly #before = new Map<string, Content | undefined>();
  #messages = 0;
  #isShut = false;

  constructor(happens: (room: RoomId, event: RoomEvent) => void, now: () => number) {
    this.#happens = happens;
    this.#homeserver.now = now;
  }

  begin(bot: UserId): void {
    const { usher, ann, bob } = WHO;
    this.#homeserver.make(ROOM, {
      ...{ creator: ann, joined: [ann, bob, usher] },
      levels: {
        ...{ users: { [ann]: 100, [usher]: 100 }, invite: 50 },
        events: { "m.room.name": 0, "m.room.topic": 0 },
      },
      more: [["m.room.name", { name: "Ours" }]],
    });
    this.#homeserver.make(CONTROL, { creator: usher, joined: [usher, bot] });
    for (const type of KEPT) this.#before.set(type, this.#content(ROOM, type));
  }

  /** Ann has a bot come into the room. */
  brings(bot: UserId): void {
    this.#move(ROOM, bot, "invite", WHO.ann);
    this.#move(ROOM, bot, "join", bot);
  }

  /** Ann puts a bot out. */
  kicks(bot: UserId): void {
    this.#move(ROOM, bot, "leave", WHO.ann);
  }

  /** Usher is put out of the room, and sees nothing of it any more. */
  shutsOut(): void {
    this.#isShut = true;
  }

  /** The room is replaced by one that has its state, as clients make it. */
  replace(rule = "invite"): void {
    const { usher, ann, bob } = WHO;
    const copied = KEPT.map((type) => [type, this.#content(ROOM, type)] as const).filter(
      (one): one is [string, Content] => one[1] !== undefined,
    );
    const more = [...copied, ["m.room.join_rules", { join_rule: rule }] as const];
    this.#homeserver.make(NEXT, { creator: ann, joined: [ann, bob, usher], more });
  }

  membership(room: RoomId, user: UserId): unknown {
    return this.#content(room, "m.room.member", user)?.["membership"];
  }

  /** What is not as it was before, by its type. */
  changed(room: RoomId, bot: UserId): readonly string[] {
    // State cannot be taken out: what was not there is as good as empty.
    const words = (content: Content | undefined): unknown =>
      Object.fromEntries(Object.entries(content ?? {}).filter(([, value]) => value !== ""));
    const kept = KEPT.filter(
      (type) => !isDeepStrictEqual(words(this.#content(room, type)), words(this.#before.get(type))),
    );
    const marks = this.#homeserver
      .standing(room)
      .filter(({ type, content }) => MARKS.includes(type) && content["bridgebot"] === bot);
    const requests = this.#homeserver
      .standing(room)
      .filter(({ type, content }) => type === REQUEST && Object.keys(content).length > 0);
    return [...kept, ...[...marks, ...requests].map(({ type }) => type)];
  }

  /** What the bridge does. `bot` is known only when it has been made. */
  hands(bot: () => UserId): Hands {
    const mayCome = (room: RoomId): boolean =>
      this.membership(room, bot()) === "invite" ||
      ![ROOM, NEXT].includes(room) ||
      this.#content(room, "m.room.join_rules")?.["join_rule"] === "public";
    return {
      membership: (room, user) => this.membership(room, user),
      join: (room) => {
        if (mayCome(room)) this.#move(room, bot(), "join", bot());
      },
      leave: (room) => {
        this.#move(room, bot(), "leave", bot());
      },
      say: (room, line) => {
        if (this.membership(room, bot()) === "join") this.#say(room, bot(), line);
      },
      invite: (room, user) => {
        if (this.membership(room, bot()) === undefined)
          this.#homeserver.make(room, { creator: bot(), joined: [bot()] });
        this.#move(room, user, "invite", bot());
      },
      write: (room, type, stateKey, content) => {
        void this.#homeserver.power(room).then((power) => {
          const isIn = this.membership(room, bot()) === "join";
          if (isIn && allowed(power, bot(), { kind: "state", type, key: stateKey }))
            this.#happens(room, this.#homeserver.put(room, type, stateKey, content, bot()));
        });
      },
    };
  }

  /** The homeserver as one life of Usher has it. */
  actedOn(act: Act): Matrix {
    const { usher } = WHO;
    const homeserver = this.#homeserver;
    return {
      me: usher,
      state: async (room, type, stateKey) => homeserver.state(this.#open(room), type, stateKey),
      allState: async (room) => homeserver.allState(this.#open(room)),
      members: async (room) => homeserver.members(this.#open(room)),
      power: async (room) => homeserver.power(this.#open(room)),
      account: () => Promise.resolve({ is: "known" } as never),
      setState: (room, type, stateKey, content) =>
        act(`set ${type}`, () => {
          const event = homeserver.put(room, type, stateKey, content, usher);
          this.#happens(room, event);
          return event.eventId;
        }),
      invite: (room, user) =>
        act("invite", () => {
          this.#move(room, user, "invite", usher);
        }),
      kick: (room, user) =>
        act("kick", () => {
          this.#move(room, user, "leave", usher);
        }),
      send: (room, { body }) =>
        act(`say ${orderIn(body)}`, () => this.#say(room, usher, body ?? "")),
    };
  }

  readonly talkRooms: TalkRooms = {
    of: () => Promise.resolve(CONTROL),
    join: (room) => {
      this.#move(room, WHO.usher, "join", WHO.usher);
      return Promise.resolve();
    },
  };

  /** What happened comes to Usher. */
  tells(
    { dialogues, setUps, botRooms }: Hearers,
    room: RoomId,
    { type, stateKey, sender, content, ...event }: RoomEvent,
  ): void {
    const batch = {
      ...{ roomId: room, gap: false },
      events: [{ ...event, type, stateKey, sender, content } as RoomEvent],
    };
    const isInvited = stateKey === WHO.usher && content["membership"] === "invite";
    const hints = new Map<string, Content>();
    const invites = isInvited ? [{ roomId: room, sender, hints, direct: false }] : [];
    const all = { rooms: [batch], invites, departures: [], awayMs: 0, first: false };
    botRooms.sift(all);
    dialogues.note(batch);
    setUps.note(batch);
    void setUps.handle(all);
  }

  /** What happened comes to the bridge, which answers after that. */
  heard(bridge: ScriptedBridge, event: RoomEvent, room: RoomId): void {
    const { type, stateKey, sender, content } = event;
    if (type === "m.room.message" && sender === WHO.usher)
      setImmediate(() => {
        const lines = bridge.hear(room, String(content["body"]));
        if (lines.length > 0) this.#say(room, bridge.bot, lines.join("\n"));
      });
    if (stateKey !== bridge.bot || sender === bridge.bot) return;
    const { membership } = content;
    if (membership === "invite") setImmediate(() => bridge.invited(room));
    if (membership === "leave") bridge.kicked(room);
  }

  #say(room: RoomId, sender: UserId, body: string): EventId {
    this.#messages += 1;
    const eventId = `$said${String(this.#messages)}` as EventId;
    const event = {
      ...{ eventId, roomId: room, sender, type: "m.room.message" },
      content: { msgtype: sender === WHO.usher ? "m.text" : "m.notice", body },
      ...{ redacted: false, originServerTs: 0, encryption: "none" },
    };
    this.#happens(room, event as RoomEvent);
    return eventId;
  }

  #move(room: RoomId, user: UserId, membership: string, by: UserId): void {
    if (this.membership(room, user) === membership) return;
    this.#happens(room, this.#homeserver.put(room, "m.room.member", user, { membership }, by));
  }

  /** The room, where Usher may look into it. */
  #open(room: RoomId): RoomId {
    if (!this.#isShut || room !== ROOM) return room;
    throw new UsherError("room-unreachable", { action: "state", status: 403, passing: false });
  }

  #content(room: RoomId, type: string, stateKey = ""): Content | undefined {
    return this.#homeserver
      .standing(room)
      .find((event) => event.type === type && event.stateKey === stateKey)?.content;
  }
}

interface Hearers {
  readonly dialogues: Dialogues;
  readonly setUps: SetUps;
  readonly botRooms: BotRooms;
}

/** The order among the words of a command to a bot. */
function orderIn(body = ""): string {
  return /^(?:!\S+ )?(?:doin \S+ )?(\S+)/.exec(body)?.[1] ?? "";
}
