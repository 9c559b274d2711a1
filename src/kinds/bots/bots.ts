import type { BotEntry } from "./config.ts";
import type { Clock } from "../../kernel/clock.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../../kernel/ids.ts";
import type { KeyedQueue } from "../../kernel/tasks.ts";
import type {
  Inviting,
  OwnAccount,
  PowerLevels,
  RoomState,
  Sending,
  StateEvent,
} from "../../matrix/port.ts";
import type { Documents } from "../../store/documents.ts";
import type { RoomDocument } from "../../store/room.ts";
import { BotBook } from "./book.ts";
import { BotLevels } from "./levels.ts";
import type { MembershipWaiter } from "./membershipWaiter.ts";
import type { BotOrder, KnownBot } from "./order.ts";
import { botId, isHere, presenceOf, type Presence } from "./presence.ts";
import { unlessRefused, type BotResult } from "./result.ts";
import type { BotRecord } from "./records.ts";

interface BotsDeps {
  readonly matrix: OwnAccount & Sending & RoomState & PowerLevels & Inviting;
  readonly documents: Documents;
  readonly clock: Clock;
  readonly news: MembershipWaiter;
  readonly entries: readonly BotEntry[];
  /** The room's turns: what waits for a bot lets the room's other commands go on. */
  readonly queue: Pick<KeyedQueue, "aside">;
  /** How long to wait for a bot to come or to go; ms. */
  readonly patienceMs: number;
}

/**
 * Brings bots into rooms and out again. The room's state is the truth; Usher's records say who asked, and how far a set-up has come.
 * Every step compares before it acts, so that all of it may be done again after a crash.
 */
export class Bots {
  readonly #deps: BotsDeps;
  readonly #levels: BotLevels;
  readonly #book: BotBook;
  /** The commands that wait for their bot themselves. */
  readonly #attending = new Set<EventId>();

  constructor(deps: BotsDeps) {
    this.#deps = deps;
    this.#levels = new BotLevels(deps.matrix);
    this.#book = new BotBook({ ...deps, entryOf: (user) => this.entryOf(user) });
  }

  /** What the catalogue says of an account, offered or not. */
  entryOf(user: UserId): BotEntry | undefined {
    return this.#deps.entries.find((entry) => entry.user === user);
  }

  /** How the user stands to the room now. */
  async presence(room: RoomId, user: UserId): Promise<Presence> {
    return presenceOf(member(await this.#deps.matrix.allState(room), user), user);
  }

  async record(room: RoomId, user: UserId): Promise<BotRecord | undefined> {
    return (await this.#book.records(room)).find((record) => record.user === user);
  }

  /** All bots that Usher brought into the room, here or gone, and those of the catalogue that somebody else brought. */
  async list(room: RoomId): Promise<readonly KnownBot[]> {
    const [state, records] = await Promise.all([
      this.#deps.matrix.allState(room),
      this.#book.records(room),
    ]);
    const known = (user: UserId): KnownBot => ({
      id: botId(user),
      user,
      presence: presenceOf(member(state, user), user),
      entry: this.entryOf(user),
      record: records.find((record) => record.user === user),
    });
    const others = this.#deps.entries
      .map(({ user }) => known(user))
      .filter(({ record, presence }) => record === undefined && isHere(presence));
    return [...records.map(({ user }) => known(user)), ...others];
  }

  /** The bot with this id or account, or of this entry of the catalogue. */
  async find(room: RoomId, said: string): Promise<KnownBot | undefined> {
    const bots = await this.list(room);
    return (
      bots.find(({ id, user }) => id === said || user === said) ??
      bots.find(({ entry }) => entry?.id === said)
    );
  }

  /**
   * Invites the bot, waits for it to come, gives it its power and says its first words. Rejects with the homeserver's refusal to invite
   * (`room-unreachable`), and then nothing is remembered.
   */
  async add(room: RoomId, order: BotOrder): Promise<BotResult> {
    const note = async (): Promise<void> => {
      await this.#book.note(room, order, "add-bot", {
        before: null,
        after: await this.#levels.given(room, order.user),
      });
    };
    const result = await this.bring(room, order, note);
    if (result.is === "invited") await note();
    return result;
  }

  /** The same, as no change of its own that could be undone. `settled`: what is still to be done before nothing is waited for any more. */
  async bring(
    room: RoomId,
    order: BotOrder,
    settled: () => Promise<void> = () => Promise.resolve(),
  ): Promise<BotResult> {
    const { clock } = this.#deps;
    const { user, level, person, cause } = order;
    await this.invite(room, {
      id: botId(user),
      user,
      addedBy: person,
      addedAt: clock.now(),
      cause,
      level,
    });
    this.#attending.add(cause);
    try {
      await this.#until(room, user, (membership) => membership !== "invite");
    } finally {
      this.#attending.delete(cause);
    }
    // Another command may have taken it out meanwhile.
    if ((await this.record(room, user))?.cause !== cause) return { is: "declined" };
    const result = await this.settle(room, user);
    if (result === undefined) return { is: "invited" };
    if (result.is === "joined") await settled();
    await this.finish(room, user);
    return result;
  }

  /**
   * Invites a bot, unless it is in the room or invited, and remembers that its set-up is to be finished when it comes. A record of the same
   * command is gone on with: a crash came between. Rejects as `add` does.
   */
  async invite(room: RoomId, wanted: BotRecord): Promise<void> {
    const { matrix } = this.#deps;
    const { user, cause } = wanted;
    const before = await this.record(room, user);
    const record: BotRecord = before?.cause === cause ? before : { ...wanted, step: "inviting" };
    this.#book.waitIn(room);
    await this.#book.remember(room, record);
    if (record.step !== "inviting") return;
    if (!isIn(await this.#membership(room, user))) {
      try {
        await matrix.invite(room, user);
      } catch (error) {
        if (error instanceof UsherError && error.view["code"] !== "aborted")
          await this.#book.forget(room, user);
        throw error;
      }
    }
    await this.#book.remember(room, { ...record, step: "waiting" });
  }

  /**
   * Does what is left to do once the bot has come: its power and its first words. Undefined where it has neither come nor declined.
   * `finish` must follow, when what came of it has been said, or a crash would have it unsaid.
   */
  async settle(room: RoomId, user: UserId): Promise<BotResult | undefined> {
    const record = await this.record(room, user);
    const membership = await this.#membership(room, user);
    if (record === undefined || membership === "invite") return undefined;
    if (membership !== "join") return { is: "declined" };
    // It is in the room, and reads what is written there: whatever goes wrong from here on, that must be said.
    const level = await unlessRefused(() => this.#levels.give(room, record));
    const words = this.entryOf(user)?.firstWords;
    if (record.step === undefined || words === undefined) return { is: "joined", level };
    const said = await unlessRefused(() =>
      this.#say(room, user, words, record.cause, "first words"),
    );
    return { is: "joined", level, ...(said === "refused" ? { unsaid: true } : {}) };
  }

  /** Nothing is waited for any more. One that declined stays on the list until it is removed or added again: whoever looks sees what became of it. */
  async finish(room: RoomId, user: UserId): Promise<void> {
    const record = await this.record(room, user);
    if (record?.step === undefined) return;
    const { step: _done, ...finished } = record;
    await this.#book.remember(room, finished);
  }

  /** Gives the bot exactly this power. Power must have been checked. */
  async setLevel(room: RoomId, { level, ...order }: BotOrder): Promise<void> {
    await this.#book.note(room, order, "set-bot", {
      before: await this.#levels.given(room, order.user),
      after: level,
    });
    await this.restoreLevel(room, order.user, level);
  }

  /** Makes this the bot's own entry in the power levels, or takes that out, as no change of its own that could be undone. */
  async restoreLevel(room: RoomId, user: UserId, level: number | undefined): Promise<void> {
    await this.#levels.write(room, user, level);
    const record = await this.record(room, user);
    if (record !== undefined) await this.#book.remember(room, { ...record, level: level ?? 0 });
  }

  /**
   * Has the bot leave: asked by its own words where it has some, and kicked if it stays. Takes back the power that Usher gave it, where the
   * person and Usher may. Rejects with `bot-stayed` where it is in the room after all that.
   */
  async remove(room: RoomId, order: Omit<BotOrder, "level">): Promise<"left" | "kicked" | "gone"> {
    if (isIn(await this.#membership(room, order.user))) {
      const level = await this.#levels.given(room, order.user);
      await this.#book.note(room, order, "remove-bot", { before: level, after: null });
    }
    return this.takeOut(room, order);
  }

  /** The same, as no change of its own that could be undone. */
  async takeOut(
    room: RoomId,
    { user, person, cause }: Omit<BotOrder, "level">,
  ): Promise<"left" | "kicked" | "gone"> {
    const { matrix } = this.#deps;
    const words = this.entryOf(user)?.leaveWords;
    const before = await this.#membership(room, user);
    if (before === "join" && words !== undefined) await this.#askToLeave(room, user, words, cause);
    const asked = await this.#membership(room, user);
    if (isIn(asked)) await matrix.kick(room, user);
    if (isIn(await this.#membership(room, user))) throw new UsherError("bot-stayed", { user });
    const record = await this.record(room, user);
    if (record !== undefined) await this.#levels.takeBack(room, record, person);
    await this.#book.forget(room, user);
    return isIn(asked) ? "kicked" : isIn(before) ? "left" : "gone";
  }

  /** The bots of a stored room that were waited for when Usher stopped; from now on they are waited for again. */
  unfinished(document: RoomDocument): readonly UserId[] {
    return this.#book.unfinished(document);
  }

  /** Who is waited for in the room, and not by the very command that invited them. */
  async waitedFor(room: RoomId): Promise<readonly UserId[]> {
    const waiting = (await this.#book.records(room)).filter(
      ({ step, cause }) => step === "waiting" && !this.#attending.has(cause),
    );
    return waiting.map(({ user }) => user);
  }

  /** Whether some bot is waited for in the room. Costs nothing. */
  waitsIn(room: RoomId): boolean {
    return this.#book.waitsIn(room);
  }

  async #askToLeave(room: RoomId, user: UserId, words: string, cause: EventId): Promise<void> {
    await this.#say(room, user, words, cause, "leave words");
    await this.#until(room, user, (membership) => membership !== "join");
  }

  /** Waits, and lets the room's other commands go on, until the user's membership fits or the time is over. */
  async #until(room: RoomId, user: UserId, fits: (membership: unknown) => boolean): Promise<void> {
    const { news, queue, patienceMs } = this.#deps;
    await queue.aside(room, () =>
      news.until({ room, user, look: () => this.#membership(room, user), fits, ms: patienceMs }),
    );
  }

  async #membership(room: RoomId, user: UserId): Promise<unknown> {
    return (await this.#deps.matrix.state(room, "m.room.member", user, "fresh"))?.["membership"];
  }

  async #say(
    room: RoomId,
    user: UserId,
    body: string,
    cause: EventId,
    step: string,
  ): Promise<void> {
    await this.#deps.matrix.send(room, { body, asText: true, mentions: [user] }, { cause, step });
  }
}

/** In the room, or free to come in. */
function isIn(membership: unknown): boolean {
  return membership === "join" || membership === "invite";
}

function member(state: readonly StateEvent[], user: UserId): StateEvent | undefined {
  return state.find(({ type, stateKey }) => type === "m.room.member" && stateKey === user);
}
