import { RecentMap } from "../kernel/recent.ts";
import type { Clock } from "../kernel/clock.ts";
import type { EventId, RoomId, UserId } from "../kernel/ids.ts";
import { errorFields, pseudonym, type Log } from "../kernel/log.ts";
import type { HomeserverCall } from "./client.ts";
import { isVerification, type Decryption, type RoomCipher } from "./crypto/cipher.ts";
import { decrypted, isEncrypted, readEvent } from "./events.ts";
import { Gaps } from "./gaps.ts";
import { gistOf } from "./gist.ts";
import type { Batch, Departure, Invite, RoomBatch } from "./intake.ts";
import type { KeyUpkeep } from "./keyUpkeep.ts";
import { readDeparture, readInvite, sinceOwnJoin } from "./ownMembership.ts";
import type { Content, RoomEvent } from "./port.ts";
import { RecentIds } from "../kernel/recent.ts";
import type { SyncAnswer } from "./syncAnswer.ts";

const REMEMBERED_EVENTS = 5_000;
const REMEMBERED_INVITES = 10_000;
const REMEMBERED_UNREADABLE = 1_000;

interface BatchReaderDeps {
  readonly me: UserId;
  readonly call: HomeserverCall;
  readonly cipher: RoomCipher;
  readonly upkeep: KeyUpkeep;
  readonly clock: Clock;
  readonly log: Log;
  readonly careful?: Careful;
}

/** What one must heed whose starts have ended again and again; see `Beginning`. */
export interface Careful {
  readonly careful: boolean;
  mayRead(event: EventId): Promise<boolean>;
}

/** What is known of an answer besides what it says. */
interface Circumstances {
  /** The token it was asked for with; undefined for a first sync. */
  readonly since: string | undefined;
  /** For a first sync of an account that has lost its place in the stream: when the homeserver was last heard before; ms. */
  readonly anew?: { readonly after: number } | undefined;
  readonly heardAt: number;
  readonly awayMs: number;
  readonly signal: AbortSignal;
}

/** An event that has become readable after it was delivered as unreadable. */
export interface LateEvent {
  readonly room: RoomId;
  readonly raw: Content;
}

/** Makes batches of the homeserver's answers: gaps filled, history before Usher's own join left out, decrypted, each event and invitation once. */
export class BatchReader {
  readonly #deps: BatchReaderDeps;
  readonly #gaps: Gaps;
  readonly #seen = new RecentIds<EventId>(REMEMBERED_EVENTS);
  readonly #seenLate = new RecentIds<EventId>(REMEMBERED_UNREADABLE);
  /** When an event that could not be read was heard. */
  readonly #unreadable = new RecentMap<EventId, number>(REMEMBERED_UNREADABLE);
  /** The invitations that wait for an answer, so that their repetition is known. */
  readonly #invited = new RecentMap<RoomId, string>(REMEMBERED_INVITES);

  constructor(deps: BatchReaderDeps) {
    this.#deps = deps;
    this.#gaps = new Gaps(deps);
  }

  /** Rejects only before anything of the answer is remembered: the same answer can then be read again. */
  async read(answer: SyncAnswer, circumstances: Circumstances): Promise<Batch> {
    const { upkeep, me, log } = this.#deps;
    const { since, anew, awayMs } = circumstances;
    const first = since === undefined;
    const lost = anew !== undefined;
    const fillings = await this.#gaps.fill(answer, {
      ...circumstances,
      careful: this.#deps.careful?.careful === true,
    });
    for (const [room, { state, timeline }] of answer.joined) {
      const filling = fillings.get(room);
      await upkeep.before(
        room,
        [...state, ...(filling?.events ?? []), ...timeline],
        lost || filling?.complete === false,
        first,
      );
    }

    // From here on nothing rejects.
    const counter = { dropped: 0 };
    const rooms: RoomBatch[] = [];
    for (const [roomId, { timeline, people }] of answer.joined) {
      this.#invited.delete(roomId);
      const filling = fillings.get(roomId);
      const { events, joined } = sinceOwnJoin([...(filling?.events ?? []), ...timeline], me);
      // What was said before the very first sync was said to nobody, and what was said before the place was lost has been heard.
      const unheard = lost
        ? events.filter(({ origin_server_ts: at }) => typeof at === "number" && at > anew.after)
        : first
          ? []
          : events;
      const fresh = await this.#readEvents(roomId, unheard, circumstances.heardAt, counter);
      const gap = lost || filling?.complete === false;
      const came = joined && (lost || !first) ? { joined } : {};
      rooms.push({
        roomId,
        events: fresh,
        gap,
        ...came,
        ...(people === undefined ? {} : { people }),
      });
    }
    const departures = this.#departures(answer);
    const invites = this.#invites(answer, counter);
    if (counter.dropped > 0)
      log.warn({ class: "ops", what: "sync.malformed-dropped", count: counter.dropped });
    return {
      rooms,
      invites,
      departures,
      awayMs,
      first: first && !lost,
      ...(lost ? { anew: true } : {}),
    };
  }

  /** A batch of those late events that can be read now and were not given before; undefined where there are none. Never rejects. */
  async readLate(late: readonly LateEvent[], now: number): Promise<Batch | undefined> {
    const rooms = new Map<RoomId, RoomEvent[]>();
    let since = now;
    for (const { room, raw } of late) {
      const event = readEvent(raw, room);
      if (event === undefined || !isEncrypted(event) || this.#seenLate.has(event.eventId)) continue;
      const readable = decrypted(event, await this.#decrypt(event, raw));
      if (readable.encryption !== "decrypted" || !this.#seenLate.add(event.eventId)) continue;
      rooms.set(room, [...(rooms.get(room) ?? []), gistOf(readable)]);
      // Where Usher was started anew meanwhile, the sender's clock is all there is.
      since = Math.min(since, this.#unreadable.get(event.eventId) ?? event.originServerTs);
      this.#unreadable.delete(event.eventId);
    }
    if (rooms.size === 0) return undefined;
    return {
      rooms: [...rooms].map(([roomId, events]) => ({ roomId, events, gap: false })),
      invites: [],
      departures: [],
      awayMs: now - since,
      first: false,
    };
  }

  async #readEvents(
    room: RoomId,
    raw: readonly Content[],
    heardAt: number,
    counter: { dropped: number },
  ): Promise<RoomEvent[]> {
    const events: RoomEvent[] = [];
    for (const one of raw) {
      const event = readEvent(one, room);
      if (event === undefined) counter.dropped += 1;
      else if (this.#seen.add(event.eventId)) {
        if (
          this.#deps.careful?.careful === true &&
          !(await this.#deps.careful.mayRead(event.eventId))
        )
          continue;
        if (isVerification(event.type, event.content)) this.#deps.cipher.verification(room, one);
        const readable = isEncrypted(event)
          ? decrypted(event, await this.#decrypt(event, one))
          : event;
        if (readable.encryption === "unreadable") this.#unreadable.set(event.eventId, heardAt);
        events.push(gistOf(readable));
      }
    }
    return events;
  }

  /** A cipher never rejects here, by its contract. If one does, it costs this event and not the rooms that wait behind it. */
  async #decrypt(event: RoomEvent, raw: Content): Promise<Decryption> {
    try {
      return await this.#deps.cipher.decrypt(event.roomId, raw);
    } catch (error) {
      this.#deps.log.error({
        class: "bot",
        what: "crypto.decrypt-failed",
        where: pseudonym(event.roomId),
        ...errorFields(error),
      });
      return { kind: "unreadable", late: false, reason: "failed" };
    }
  }

  #departures(answer: SyncAnswer): Departure[] {
    return [...answer.left].flatMap(([room, events]) => {
      const wasInvited = this.#invited.delete(room);
      return readDeparture(room, events, this.#deps.me, wasInvited) ?? [];
    });
  }

  #invites(answer: SyncAnswer, counter: { dropped: number }): Invite[] {
    return [...answer.invited].flatMap(([room, state]) => {
      const read = readInvite(room, state, this.#deps.me);
      if (read === undefined) counter.dropped += 1;
      if (read === undefined || this.#invited.get(room) === read.name) return [];
      this.#invited.set(room, read.name);
      return read.invite;
    });
  }
}
