import type { BotEntry } from "./config.ts";
import type { Clock } from "../../kernel/clock.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../../kernel/ids.ts";
import { errorFields, type Log } from "../../kernel/log.ts";
import type { KeyedQueue } from "../../kernel/tasks.ts";
import type {
  Inviting,
  OwnAccount,
  PowerLevels,
  RoomState,
  Sending,
  StateEvent,
} from "../../matrix/port.ts";
import { NOBODY } from "../../privacy/erased.ts";
import type { Documents } from "../../store/documents.ts";
import { membershipOf } from "../../integrations/eventWaiter.ts";
import type { Outcome } from "../../integrations/setUp.ts";
import type { SetUps } from "../../integrations/setUps.ts";
import { BotBook } from "./book.ts";
import { BotLevels } from "./levels.ts";
import type { BotOrder, KnownBot } from "./order.ts";
import { isIn, membershipIn } from "../../integrations/membership.ts";
import { botId, isHere, presenceOf, type Presence } from "./presence.ts";
import type { LeaveTokens } from "./leaveTokens.ts";
import type { BotResult } from "./result.ts";
import type { BotRecord, BotSetUp } from "./records.ts";
import { botResult, botSetUp, say, type BotManager } from "./setUp.ts";

interface BotsDeps {
  readonly matrix: OwnAccount & Sending & RoomState & PowerLevels & Inviting;
  readonly documents: Documents;
  readonly clock: Clock;
  readonly setUps: SetUps;
  readonly entries: readonly BotEntry[];
  /** The room's turns: what waits for a bot lets the room's other commands go on. */
  readonly queue: Pick<KeyedQueue, "aside">;
  /** How long to wait for a bot to come or to go; ms. */
  readonly patienceMs: number;
  /** Undefined where there is none. */
  readonly maubot: BotManager | undefined;
  readonly tokens: Pick<LeaveTokens, "has" | "leave">;
  readonly log: Log;
}

/**
 * Brings bots into rooms and out again. The room's state is the truth; Usher's records say who asked.
 * Every step compares before it acts, so that all of it may be done again after a crash.
 */
export class Bots {
  readonly #deps: BotsDeps;
  readonly #levels: BotLevels;
  readonly #book: BotBook;

  constructor(deps: BotsDeps) {
    this.#deps = deps;
    this.#levels = new BotLevels(deps.matrix);
    const entryOf = (user: UserId): BotEntry | undefined => this.entryOf(user);
    this.#book = new BotBook({ ...deps, entryOf });
    deps.setUps.define(
      botSetUp({
        ...deps,
        book: this.#book,
        levels: this.#levels,
        entryOf,
        membership: (room, user) => this.#membership(room, user),
        presence: (room, user) => this.presence(room, user),
      }),
    );
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

  /** The same, as no change of its own that could be undone. `joined`: what is still to be done when it is in the room. */
  async bring(
    room: RoomId,
    { user, level, person, cause }: BotOrder,
    joined: () => Promise<void> = () => Promise.resolve(),
  ): Promise<BotResult> {
    const { setUps, clock } = this.#deps;
    const id = botId(user);
    const name = this.entryOf(user)?.name ?? user;
    const at = clock.now();
    const order = { cause, person, at, deed: "add-bot" as const, id, name, user, level };
    await this.#forgetOther(room, order);
    const resultOf = (outcome: Outcome): Promise<BotResult> =>
      botResult(outcome, () => this.presence(room, user));
    let result: BotResult | undefined;
    const outcome = await setUps.run<BotSetUp>(room, order, async (done) => {
      result = await resultOf(done);
      if (result.is === "joined") await joined();
    });
    return result ?? resultOf(outcome);
  }

  /** Invites, where nobody waits for it, a bot that was set up elsewhere; its set-up is finished when it comes. Rejects as `add` does. */
  async invite(room: RoomId, { addedBy, addedAt, ...record }: BotRecord): Promise<void> {
    const { user } = record;
    const name = this.entryOf(user)?.name ?? user;
    const order = {
      ...record,
      deed: "add-bot" as const,
      name,
      person: addedBy ?? NOBODY,
      at: addedAt,
    };
    await this.#forgetOther(room, order);
    await this.#deps.setUps.begin<BotSetUp>(room, order);
  }

  /** Whether the bot's set-up is not done: it may lack its power, and has not been spoken to. */
  async isHalfDone(room: RoomId, user: UserId): Promise<boolean> {
    return (await this.#deps.setUps.find(room, botId(user))) !== undefined;
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
   * Has the bot leave: by maubot or with its token, or asked by its own words where it has some, and kicked if it stays. Takes back the power that Usher gave it, where the
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
    const before = await this.#membership(room, user);
    if (before === "join") await this.#letLeave(room, user, cause);
    const asked = await this.#membership(room, user);
    if (isIn(asked)) await matrix.kick(room, user);
    if (isIn(await this.#membership(room, user))) throw new UsherError("bot-stayed", { user });
    const record = await this.record(room, user);
    if (record !== undefined) await this.#levels.takeBack(room, record, person);
    await this.#deps.setUps.forget(room, botId(user));
    await this.#book.forget(room, user);
    return isIn(asked) ? "kicked" : isIn(before) ? "left" : "gone";
  }

  /** What another command waits for, once the bot is not here any more, is over: this is another invitation. */
  async #forgetOther(room: RoomId, { id, user, cause }: Pick<BotSetUp, "id" | "user" | "cause">) {
    const known = await this.#deps.setUps.find(room, id);
    if (known === undefined || known.setUp.cause === cause) return;
    if (!isHere(await this.presence(room, user))) await this.#deps.setUps.forget(room, id);
  }

  /** Has it leave by itself, and waits, while the room's other commands go on, until it has left or the time is over. */
  async #letLeave(room: RoomId, user: UserId, cause: EventId): Promise<void> {
    const { matrix, setUps, queue, patienceMs } = this.#deps;
    if (!(await this.#left(room, user))) {
      const words = this.entryOf(user)?.leaveWords;
      if (words === undefined) return;
      await say(matrix, room, { user, words, cause, step: "leave words" });
    }
    const leaving = {
      room,
      concerns: membershipOf(user),
      look: () => this.#membership(room, user),
      fits: (membership: unknown) => membership !== "join",
      ms: patienceMs,
    };
    await queue.aside(room, () => setUps.waiter.until(leaving));
  }

  /** Whether Usher can have it leave without a word. */
  async leavesByItself(user: UserId): Promise<boolean> {
    const { maubot, tokens } = this.#deps;
    return tokens.has(user) || (await maubot?.runs(user)) === true;
  }

  /** Whether it has left without a word. Where that fails, the log says why, and the answer that it was kicked. */
  async #left(room: RoomId, user: UserId): Promise<boolean> {
    const { maubot, tokens, log } = this.#deps;
    if (!(await this.leavesByItself(user))) return false;
    try {
      await (tokens.has(user) ? tokens.leave(user, room) : maubot?.takeOut(user, room));
      return true;
    } catch (error) {
      if (!(error instanceof UsherError)) throw error;
      log.warn({ class: "ops", what: "bot.leave-failed", ...errorFields(error) });
      return false;
    }
  }

  #membership(room: RoomId, user: UserId): Promise<unknown> {
    return membershipIn(this.#deps.matrix, room, user);
  }
}

function member(state: readonly StateEvent[], user: UserId): StateEvent | undefined {
  return state.find(({ type, stateKey }) => type === "m.room.member" && stateKey === user);
}
