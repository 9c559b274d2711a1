import type { Clock } from "../../kernel/clock.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../../kernel/ids.ts";
import type { KeyedQueue } from "../../kernel/tasks.ts";
import type { Inviting, OwnAccount, PowerLevels, RoomState } from "../../matrix/port.ts";
import type { HalfDone } from "../../integrations/halfDone.ts";
import type { Outcome } from "../../integrations/setUp.ts";
import type { SetUps } from "../../integrations/setUps.ts";
import { membershipIn } from "../../integrations/membership.ts";
import type { Documents } from "../../store/documents.ts";
import { addedAnswer } from "./answers.ts";
import { Alterations } from "./alterations.ts";
import { BridgeBook, bridgeId } from "./book.ts";
import { BridgeBotLevels } from "./botLevels.ts";
import { untilCarried } from "./carried.ts";
import type { BridgeEntry } from "./config.ts";
import type { Connector, Consent, Target } from "./connector.ts";
import { linksOfOthers, type MarkedLink } from "./discovery/bridgeMarks.ts";
import { BridgeHealth, type Looked } from "./health.ts";
import { Departure } from "./departure.ts";
import { linkingNeeds } from "./needs.ts";
import type { BridgeRecord, BridgeSetUp } from "./records.ts";
import { bridgeSetUp, linkOf, orderOf } from "./setUp.ts";

interface BridgesDeps {
  readonly matrix: OwnAccount & RoomState & PowerLevels & Inviting;
  readonly documents: Documents;
  readonly clock: Clock;
  readonly setUps: SetUps;
  readonly queue: Pick<KeyedQueue, "aside">;
  readonly entries: readonly BridgeEntry[];
  /** The connector of an entry of the catalogue. */
  readonly open: (entry: BridgeEntry) => Connector;
}

/** Who has something done, and in which event. */
interface By {
  readonly person: UserId;
  readonly cause: EventId;
}

/** A bridge of a room, as it stands there. */
export interface KnownBridge {
  readonly record: BridgeRecord;
  /** Whether its bot is in the room. */
  readonly here: boolean;
  /** It is not set up yet, or not taken away whole. */
  readonly halfDone: boolean;
}

/**
 * Links rooms with places elsewhere, and unlinks them. What the bridge and the room show is the truth; Usher's records say who asked. Every step compares before it
 * acts, so that all of it may be done again after a crash.
 */
export class Bridges {
  readonly levels: BridgeBotLevels;
  readonly departure: Departure;
  readonly #deps: BridgesDeps;
  readonly #book: BridgeBook;
  readonly #health: BridgeHealth;

  constructor(deps: BridgesDeps) {
    this.#deps = deps;
    this.#book = new BridgeBook(deps);
    this.#health = new BridgeHealth({ ...deps, connectorOf: (id) => this.connectorOf(id) });
    this.levels = new BridgeBotLevels(deps.matrix);
    const alterations = new Alterations(deps.matrix);
    const parts = { ...deps, book: this.#book, levels: this.levels, alterations };
    this.departure = new Departure({
      ...parts,
      knownConnector: (id) => {
        const entry = this.entryOf(id);
        return entry && deps.open(entry);
      },
    });
    deps.setUps.define<BridgeSetUp>(
      bridgeSetUp({
        ...parts,
        departure: this.departure,
        connectorOf: (id) => this.connectorOf(id),
        consentOf: (id) => this.#consentOf(id),
        isInRoom: (id) => {
          const entry = this.entryOf(id);
          const connector = entry && deps.open(entry);
          // One that waits for a yes hears it there, and asks nothing meanwhile.
          return connector?.inRoom === true && connector.consent === undefined;
        },
        membership: (room, user) => this.membership(room, user),
        answer: (setUp, outcome) => this.#answer(setUp, outcome),
        needs: ({ entry, bot }, room) => linkingNeeds(this, room, { entry, bot }),
      }),
    );
  }

  /** What the catalogue says, offered or not. */
  entryOf(wanted: string): BridgeEntry | undefined {
    return this.#deps.entries.find(({ id }) => id === wanted);
  }

  /** Throws `bridge-uncatalogued` where the catalogue has it no more. */
  connectorOf(id: string): Connector {
    const entry = this.entryOf(id);
    if (entry === undefined) throw new UsherError("bridge-uncatalogued", { bridge: id });
    return this.#deps.open(entry);
  }

  /** The id of a link: the same for all spellings of its channel. */
  idOf(
    entry: string,
    room: RoomId,
    { network, channel }: Pick<Target, "network" | "channel">,
  ): string {
    const known = this.entryOf(entry);
    const folded = known && this.#deps.open(known).folded?.(channel);
    return bridgeId(entry, room, { network, channel: folded ?? channel });
  }

  /** How a bridge of the catalogue is doing, within bounds. */
  health(id: string): Promise<Looked> {
    return this.#health.of(id);
  }

  /** By the homeserver, now. */
  membership(room: RoomId, user: UserId): Promise<unknown> {
    return membershipIn(this.#deps.matrix, room, user);
  }

  /** What Usher remembers of the bridges of a room. */
  records(room: RoomId): Promise<readonly BridgeRecord[]> {
    return this.#book.records(room);
  }

  record(room: RoomId, wanted: string): Promise<BridgeRecord | undefined> {
    return this.#book.record(room, wanted);
  }

  async list(room: RoomId): Promise<readonly KnownBridge[]> {
    return this.#known(room, await this.records(room));
  }

  async find(room: RoomId, wanted: string): Promise<KnownBridge | undefined> {
    const record = await this.record(room, wanted);
    return record && (await this.#known(room, [record]))[0];
  }

  /** How far a link is that is half done. */
  halfDone(room: RoomId, id: string): Promise<HalfDone | undefined> {
    return this.#deps.setUps.find(room, id);
  }

  /** What the room is linked to without Usher, as the bridges' own bots say it there. */
  async linksOfOthers(room: RoomId): Promise<readonly MarkedLink[]> {
    const [state, records] = await Promise.all([
      this.#deps.matrix.allState(room),
      this.records(room),
    ]);
    return linksOfOthers(state, new Set(records.map(({ bot }) => bot)));
  }

  /** Rejects with `bridge-one-each` where the bridge would put this link in the place of another. `isHere`: whether its bot is, where that has just been looked at. */
  async refuseSecond(room: RoomId, entry: string, id: string, isHere?: boolean): Promise<void> {
    const { oneLinkEach, bot } = this.connectorOf(entry);
    if (oneLinkEach !== true) return;
    const records = await this.records(room);
    if (records.some((one) => one.id === id)) return;
    const other = records.find((one) => one.bot === bot);
    const isThere = isHere ?? (await this.membership(room, bot)) === "join";
    if (other === undefined && !isThere) return;
    throw new UsherError("bridge-one-each", {
      ...{ bridge: this.entryOf(entry)?.name ?? entry, bot },
      other: other && { name: other.name, id: other.id },
    });
  }

  /** Links the room with the target. Rejects as a set-up does. `isHere`: as `refuseSecond` takes it. */
  async add(
    room: RoomId,
    entry: string,
    target: Target,
    by: By,
    isHere?: boolean,
  ): Promise<Outcome> {
    const id = this.idOf(entry, room, target);
    await this.refuseSecond(room, entry, id, isHere);
    return this.#setUp(room, entry, target, by, async () => {
      const record = await this.#book.record(room, id);
      if (record !== undefined) await this.#book.note(room, "add-bridge", record, by);
    });
  }

  /** The same, as no change of its own that could be undone. */
  async link(room: RoomId, entry: string, target: Target, by: By): Promise<Outcome> {
    await this.refuseSecond(room, entry, this.idOf(entry, room, target));
    return this.#setUp(room, entry, target, by, () => Promise.resolve());
  }

  #setUp(
    room: RoomId,
    entry: string,
    target: Target,
    by: By,
    linked: () => Promise<void>,
  ): Promise<Outcome> {
    const { setUps, clock } = this.#deps;
    const { network, channel, consentBy } = target;
    const connector = this.connectorOf(entry);
    const id = this.idOf(entry, room, target);
    const order = {
      ...{ cause: by.cause, person: by.person, at: clock.now(), deed: "add-bridge" as const },
      ...{ id, name: connector.nameOf(target) },
      ...{ entry, bot: connector.bot, channel },
      ...(network === undefined ? {} : { network }),
      ...(consentBy === undefined ? {} : { consentBy }),
    };
    return setUps.run<BridgeSetUp>(room, order, linked);
  }

  /** Unlinks, so that it can be undone. Rejects with `setup-stays`: it is half done then, and can be tried again or set up after all. */
  async remove(room: RoomId, id: string, by: By): Promise<"removed" | "gone"> {
    const record = await this.#book.record(room, id);
    if (record === undefined) return "gone";
    await this.#book.note(room, "remove-bridge", record, by);
    await this.takeOut(room, record, by);
    return "removed";
  }

  /** The same, as no change of its own that could be undone. */
  takeOut(room: RoomId, record: BridgeRecord, by: By): Promise<void> {
    return this.#deps.setUps.takeOut<BridgeSetUp>(room, orderOf(record), by);
  }

  /** Waits until the bridge has taken a link into this room by itself, where it does that. */
  carriedByItself(record: BridgeRecord, to: RoomId): Promise<void> {
    return untilCarried(this.#deps, this.connectorOf(record.entry), linkOf(record, to));
  }

  /** What could not be unlinked is half done from now on. */
  leftHalfDone(room: RoomId, record: BridgeRecord): Promise<void> {
    return this.#deps.setUps.reopen<BridgeSetUp>(room, orderOf(record), record.cause);
  }

  /** Unlinks and forgets, with no word about it. Rejects with what the bridge says, and with `bridge-stayed`; all can be tried again. */
  async erase(room: RoomId, record: BridgeRecord): Promise<void> {
    await this.unlink(room, record);
    await this.forget(room, record);
  }

  /** Takes the link away, and remembers it all the same. `turn`: the room in whose turn this is, where it is another. Safe to repeat. */
  async unlink(room: RoomId, record: BridgeRecord, turn: RoomId = room): Promise<void> {
    const { setUps, queue } = this.#deps;
    await setUps.forget(room, record.id);
    await queue.aside(turn, () => this.connectorOf(record.entry).disconnect(linkOf(record, room)));
    await this.departure.putOut(room, record);
    await this.departure.putBack(room, record);
  }

  forget(room: RoomId, { id }: BridgeRecord): Promise<void> {
    return this.#book.forget(room, id);
  }

  /** Each bot is looked for once. */
  async #known(room: RoomId, records: readonly BridgeRecord[]): Promise<readonly KnownBridge[]> {
    const bots = [...new Set(records.map(({ bot }) => bot))];
    const [memberships, setUps] = await Promise.all([
      Promise.all(bots.map((bot) => this.membership(room, bot))),
      this.#deps.setUps.of(room),
    ]);
    return records.map((record) => ({
      record,
      here: memberships[bots.indexOf(record.bot)] === "join",
      halfDone: setUps.some(({ setUp: { id } }) => id === record.id),
    }));
  }

  #answer(setUp: BridgeSetUp, outcome: Outcome): ReturnType<typeof addedAnswer> {
    const entry = this.entryOf(setUp.entry);
    const asked = this.#consentOf(setUp.entry)?.asked;
    return addedAnswer(outcome, { ...setUp, bridge: entry?.name ?? setUp.entry, asked });
  }

  #consentOf(wanted: string): Consent | undefined {
    const entry = this.entryOf(wanted);
    return entry && this.#deps.open(entry).consent;
  }
}
