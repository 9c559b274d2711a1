import { RecentMap } from "../kernel/recent.ts";
import type { Clock } from "../kernel/clock.ts";
import type { UsherError } from "../kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../kernel/ids.ts";
import type { RoomEvent } from "../matrix/port.ts";
import type { Addressed } from "./address.ts";
import type { Command } from "./command.ts";
import { saysYes, type AnswerWords } from "./confirmation.ts";
import type { Spoken } from "./gate.ts";
import { parseLine } from "./parse.ts";
import type { ReplyTarget } from "./replyTarget.ts";

/** How long a yes may be meant for what Usher could not do; ms. */
const MEANT_MS = 300_000;
const REMEMBERED_ROOMS = 1_000;
const REMEMBERED_EACH = 5;

/** Something that was said to Usher, and what came of it. */
interface Said {
  readonly event: EventId;
  readonly person: UserId;
  readonly thread: EventId | undefined;
  readonly calledAs: string;
  readonly at: number;
  /** Usher's answer, where it was that something cannot be done. */
  refusal?: EventId;
  /** The line that Usher advised in it. */
  advice?: string;
  /** Somebody has said something else since. */
  over?: true;
}

/**
 * What Usher told people last that it could not do: a yes to "Did you mean …?" must not be met with silence, though it confirms nothing. Kept in
 * memory alone; after a restart such a yes is as any other.
 */
export class LastRefusals {
  readonly #clock: Clock;
  readonly #rooms = new RecentMap<RoomId, Said[]>(REMEMBERED_ROOMS);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Somebody speaks to Usher. */
  heard({ room, event, thread, calledAs }: ReplyTarget, person: UserId): void {
    this.talked(room);
    const before = this.#rooms.get(room)?.filter((said) => said.event !== event) ?? [];
    this.#rooms.set(
      room,
      [...before, { event, person, thread, calledAs, at: this.#clock.now() }].slice(
        -REMEMBERED_EACH,
      ),
    );
  }

  /** Something is said in a room: a yes that comes next may be meant for that. */
  talked(room: RoomId): void {
    for (const said of this.#rooms.get(room) ?? []) said.over = true;
  }

  /** Forgets what no yes can be meant for any more: what people said is not kept. */
  forgetOld(): void {
    for (const [room, all] of [...this.#rooms]) {
      const left = all.filter(({ at }) => this.#clock.now() - at < MEANT_MS);
      if (left.length === 0) this.#rooms.delete(room);
      else this.#rooms.set(room, left);
    }
  }

  /** How many are remembered. */
  get size(): number {
    return [...this.#rooms.values()].reduce((sum, all) => sum + all.length, 0);
  }

  /** Usher has said that it cannot do something. `message`: the one that says so. */
  told(
    { room, event, replyTo = event }: ReplyTarget,
    { code, view }: UsherError,
    message: EventId,
  ): void {
    const said = this.#rooms.get(room)?.find((one) => one.event === event || one.event === replyTo);
    // What is asked about an open question is answered by that.
    if (said === undefined || code.startsWith("confirm-")) return;
    said.refusal = message;
    if (typeof view["advice"] === "string") said.advice = view["advice"];
  }

  /**
   * What somebody's yes or no is an answer to, where no question waits for them: the refusal that it replies to; else the last one, if it was theirs
   * and the yes is said to Usher (`addressed`) or is the next thing that is said there at all.
   */
  answered(
    room: RoomId,
    {
      person,
      replyTo,
      thread,
      toOther,
    }: Pick<Spoken, "replyTo" | "thread" | "toOther"> & { readonly person: UserId },
    addressed: boolean,
  ): Pick<Said, "calledAs" | "advice"> | undefined {
    const theirs = (this.#rooms.get(room) ?? []).filter(
      (said) =>
        said.person === person &&
        said.refusal !== undefined &&
        this.#clock.now() - said.at < MEANT_MS,
    );
    if (replyTo !== undefined || toOther === true)
      return theirs.find(({ refusal }) => refusal === replyTo);
    const last = theirs.at(-1);
    return last?.thread === thread && (addressed || last?.over !== true) ? last : undefined;
  }
}

/** What a yes or no may be meant for, that Usher said and asked nothing with; and the line to say for it, where it advised a whole one. */
export function refusedBefore(
  {
    refusals,
    answers,
    commands,
  }: {
    readonly refusals: LastRefusals;
    readonly answers: AnswerWords;
    readonly commands: readonly Command[];
  },
  { roomId, sender: person }: Pick<RoomEvent, "roomId" | "sender">,
  spoken: Spoken,
  called: Addressed | undefined,
):
  | { readonly yes: boolean; readonly calledAs: string; readonly advice: string | undefined }
  | undefined {
  const yes = saysYes(called?.line ?? spoken.line, answers);
  if (yes === undefined || (yes === "half" && called === undefined && spoken.replyTo === undefined))
    return undefined;
  const found = refusals.answered(roomId, { ...spoken, person }, called !== undefined);
  if (found === undefined) return undefined;
  const { calledAs, advice = "" } = found;
  const whole = advice !== "" && !PLACE.test(advice) && !("error" in parseLine(advice, commands));
  return { yes: yes !== false, calledAs, advice: whole ? advice : undefined };
}

/** A place to be filled in, as in "remove <name or id>". */
const PLACE = /<[\p{L} ]+>/u;
