import { isAborted } from "../../matrix/errors.ts";
import type { Clock } from "../../kernel/clock.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../../kernel/ids.ts";
import type { KeyedQueue } from "../../kernel/tasks.ts";
import { membershipIn } from "../../integrations/membership.ts";
import type { Outcome } from "../../integrations/setUp.ts";
import type { SetUps } from "../../integrations/setUps.ts";
import type { Inviting, OwnAccount, PowerLevels, RoomState, Sending } from "../../matrix/port.ts";
import type { Documents } from "../../store/documents.ts";
import type { Letters } from "../../chat/letters.ts";
import type { Alteration } from "./alteration.ts";
import { addedAnswer } from "./answers.ts";
import { ConnectionBook } from "./book.ts";
import { asItStands } from "./asItStands.ts";
import { BotLevel } from "./botLevel.ts";
import { Departure } from "./departure.ts";
import { HookshotHealth, type Looked } from "./health.ts";
import { liveIn, type Hookshot } from "./hookshot/hookshot.ts";
import type { Live } from "./hookshot/meant.ts";
import { connectionNeeds } from "./needs.ts";
import {
  alteredRecord,
  connectedOf,
  connectionId,
  type ConnectionRecord,
  type ConnectionSetUp,
} from "./records.ts";
import { connectionSetUp, wantedOf } from "./setUp.ts";
import type { Sort } from "./sorts.ts";
import type { Target } from "./target.ts";

interface ConnectionsDeps {
  readonly matrix: OwnAccount & Sending & RoomState & PowerLevels & Inviting;
  readonly documents: Documents;
  readonly clock: Clock;
  readonly setUps: SetUps;
  readonly queue: Pick<KeyedQueue, "aside">;
  /** Undefined where none is configured. */
  readonly opened: { readonly hookshot: Hookshot; readonly bot: UserId } | undefined;
  readonly letters: Pick<Letters, "send">;
  /** Whether hookshot answers; bounded by itself. */
  readonly probe: () => Promise<unknown>;
}

/** Who has something done, and in which event. */
export interface By {
  readonly person: UserId;
  readonly cause: EventId;
}

/** A connection of a room, as it stands there. */
export interface KnownConnection {
  readonly id: string;
  readonly entry: string;
  readonly key: string;
  readonly name: string;
  /** Undefined where somebody set it up without Usher. */
  readonly record: ConnectionRecord | undefined;
  /** The room's state has it. */
  readonly live: boolean;
  /** The room's state has it, and hookshot's bot is not there to do it, or there is no hookshot in the configuration any more. */
  readonly idle: "bot-gone" | "unconfigured" | undefined;
  readonly halfDone: boolean;
  /** What the room's state says of it beside that. */
  readonly state: Pick<Live, "label" | "until" | "url" | "open"> | undefined;
}

/**
 * Has hookshot connect rooms with feeds and the like, and takes that away. The room's state is the truth; Usher's records say who asked. Every step compares before it
 * acts, so that all of it may be done again after a crash.
 */
export class Connections {
  readonly level: BotLevel;
  readonly departure: Departure;
  readonly #deps: ConnectionsDeps;
  readonly #book: ConnectionBook;
  readonly #health: HookshotHealth;

  constructor(deps: ConnectionsDeps) {
    this.#deps = deps;
    this.#book = new ConnectionBook(deps);
    this.#health = new HookshotHealth(deps);
    this.level = new BotLevel(deps.matrix);
    const hookshot = (): Hookshot => this.hookshot;
    const parts = { ...deps, book: this.#book, level: this.level, hookshot };
    this.departure = new Departure(parts);
    deps.setUps.define<ConnectionSetUp>(
      connectionSetUp({
        ...parts,
        departure: this.departure,
        membership: (room, user) => membershipIn(deps.matrix, room, user),
        answer: (setUp, outcome) => addedAnswer(outcome, setUp),
        needs: (setUp, room) => connectionNeeds(this, room, { bot: setUp.bot, ...wantedOf(setUp) }),
      }),
    );
  }

  /** Throws `hookshot-none` where none is configured. */
  get hookshot(): Hookshot {
    const { opened } = this.#deps;
    if (opened === undefined) throw new UsherError("hookshot-none");
    return opened.hookshot;
  }

  /** Its bot. Throws as `hookshot` does. */
  get bot(): UserId {
    const { opened } = this.#deps;
    if (opened === undefined) throw new UsherError("hookshot-none");
    return opened.bot;
  }

  /** Whether a secret can be asked for once more. */
  get tellsAgain(): boolean {
    return this.#deps.opened?.hookshot.tellsAgain === true;
  }

  membership(room: RoomId, user: UserId): Promise<unknown> {
    return membershipIn(this.#deps.matrix, room, user);
  }

  /** How hookshot is doing, within bounds. */
  health(): Promise<Looked> {
    return this.#health.now();
  }

  record(room: RoomId, wanted: string): Promise<ConnectionRecord | undefined> {
    return this.#book.record(room, wanted);
  }

  records(room: RoomId): Promise<readonly ConnectionRecord[]> {
    return this.#book.records(room);
  }

  /** What Usher set up, there or gone, and then what others did. */
  async list(room: RoomId): Promise<readonly KnownConnection[]> {
    const { opened, setUps, matrix } = this.#deps;
    const [records, halfDone] = await Promise.all([this.#book.records(room), setUps.of(room)]);
    // Without hookshot only what Usher has set up is its business.
    const isLooked = opened !== undefined || records.length > 0;
    const live = isLooked ? (await matrix.allState(room)).flatMap(liveIn) : [];
    const isHalfDone = (id: string): boolean => halfDone.some(({ setUp }) => setUp.id === id);
    const idle = live.length > 0 ? await this.#idle(room) : undefined;
    const own = records.map((record) => {
      const { id, entry, key, name } = record;
      const state = live.find(({ sort, key: other }) => sort.id === entry && other === key);
      const stands = { live: state !== undefined, idle: state && idle, state };
      return { id, entry, key, name, record, ...stands, halfDone: isHalfDone(id) };
    });
    const others = live.map((state) => {
      const { sort, key, label } = state;
      const { id: entry } = sort;
      const id = connectionId(entry, room, key);
      // Others may have given it no name at all.
      const name = label ?? (nameOf(key).trim() === "" ? id : nameOf(key));
      return {
        ...{ id, entry, key, name },
        ...{ record: undefined, live: true, idle, halfDone: false, state },
      };
    });
    if (opened === undefined) return own;
    return [...own, ...others.filter(({ id }) => own.every((one) => one.id !== id))];
  }

  async find(room: RoomId, wanted: string): Promise<KnownConnection | undefined> {
    return (await this.list(room)).find(({ id }) => id === wanted);
  }

  /** Sets it up. Rejects as a set-up does. */
  add(room: RoomId, target: Target, by: By): Promise<Outcome> {
    const id = connectionId(target.entry, room, target.key);
    return this.connect(room, target, by, async () => {
      const record = await this.#book.record(room, id);
      if (record !== undefined) await this.#book.note(room, "add-connection", record, by);
    });
  }

  /** The same, as no change of its own that could be undone. */
  async connect(
    room: RoomId,
    target: Target,
    by: By,
    connected: () => Promise<void> = () => Promise.resolve(),
  ): Promise<Outcome> {
    const { setUps, clock } = this.#deps;
    const order = {
      ...{ cause: by.cause, person: by.person, at: clock.now(), deed: "add-connection" as const },
      ...{ id: connectionId(target.entry, room, target.key), name: target.name },
      ...connectedOf({ ...target, bot: this.bot }),
    };
    return setUps.run<ConnectionSetUp>(room, order, connected);
  }

  /** Takes it away, so that it can be undone. Rejects with what hookshot says, and with `hookshot-stays`; all can be tried again. */
  async remove(room: RoomId, id: string, by: By): Promise<"removed" | "gone"> {
    const found = await this.find(room, id);
    if (found === undefined) return "gone";
    await this.#book.note(room, "remove-connection", asItStands(found, this.bot), by);
    await this.takeOut(room, found);
    return "removed";
  }

  /** The same, as no change of its own that could be undone. */
  async takeOut(
    room: RoomId,
    found: Pick<KnownConnection, "id" | "entry" | "key" | "record">,
  ): Promise<void> {
    await this.disconnect(room, found);
    await this.#book.forget(room, found.id);
  }

  /** Takes the connection away, and remembers it all the same. `turn`: the room in whose turn this is, where it is another. Safe to repeat. */
  async disconnect(
    room: RoomId,
    { id, entry, key, record }: Pick<KnownConnection, "id" | "entry" | "key" | "record">,
    turn: RoomId = room,
  ): Promise<void> {
    const { setUps, queue } = this.#deps;
    await setUps.forget(room, id);
    const { sort } = wantedOf({ entry, key, cause: "" as EventId });
    await queue.aside(turn, () => this.hookshot.unmake(room, { sort, key }));
    if (record === undefined) return;
    await this.departure.putOut(room, record);
    await this.departure.putBack(room, record);
  }

  alters(sort: Sort): boolean {
    return this.hookshot.alters(sort);
  }

  /** Changes what is there, and what is remembered of it. Rejects as `Hookshot.alter` does. */
  async alter(
    room: RoomId,
    { id, entry, key, record }: KnownConnection,
    { config, record: changed }: Alteration,
  ): Promise<void> {
    const { sort } = wantedOf({ entry, key, cause: "" as EventId });
    const { queue } = this.#deps;
    await queue.aside(room, () => this.hookshot.alter(room, { sort, key }, id, config));
    if (record !== undefined) await this.#book.remember(room, alteredRecord(record, changed));
  }

  /** What one person is to get, asked for again; undefined where hookshot does not say it. Rejects with what hookshot says. */
  secret(room: RoomId, { key }: KnownConnection, sort: Sort): ReturnType<Hookshot["secret"]> {
    return this.hookshot.secret(room, { sort, key });
  }

  /** Whether the room's state has what a record of another room is about. */
  stands(room: RoomId, record: ConnectionRecord): Promise<boolean> {
    return this.hookshot.stands(room, wantedOf(record));
  }

  /** Takes back what is half done, for this person. Rejects where that fails. */
  giveUp(room: RoomId, id: string, by: UserId): Promise<void> {
    return this.#deps.setUps.remove(room, id, by);
  }

  forget(room: RoomId, id: string): Promise<void> {
    return this.#book.forget(room, id);
  }

  async #idle(room: RoomId): Promise<KnownConnection["idle"]> {
    const { opened, matrix } = this.#deps;
    if (opened === undefined) return "unconfigured";
    const member = await matrix.state(room, "m.room.member", opened.bot);
    return member?.["membership"] === "join" ? undefined : "bot-gone";
  }

  /** How the last tries to read a feed went, where hookshot says so now. */
  async lastResults(
    room: RoomId,
    { key }: KnownConnection,
    sort: Sort,
  ): ReturnType<Hookshot["health"]> {
    try {
      return await this.hookshot.health(room, { sort, key });
    } catch (error) {
      if (!(error instanceof UsherError) || isAborted(error)) throw error;
      return undefined;
    }
  }
}

/** What people call it where nobody has given it a name. */
export function nameOf(key: string): string {
  return URL.canParse(key) ? new URL(key).host : key;
}
