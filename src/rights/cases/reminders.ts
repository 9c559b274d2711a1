import type { Answer } from "../../chat/command.ts";
import { dayOf } from "../../kernel/days.ts";
import type { Once } from "../../matrix/port.ts";
import { daysPassed, dayToTell, LAST_CALL, type ToldOn, type Waiting } from "./dueDates.ts";

/** Tells the operators something of their work, in their room; `each`: also each alone whom the configuration names. Whether anybody was told; never rejects. */
export type TellOperators = (answer: Answer, once: Once, to?: "each") => Promise<boolean>;

/**
 * What waits, as operators are told of it: `what` is the command that it came by; of an erasure its id is that of
 * the receipt, and `by-hand` is what operators must erase by hand.
 */
export interface WaitingRequest extends Waiting {
  readonly id: string;
  readonly what: string;
  readonly is: "case" | "erasure" | "by-hand";
}

/**
 * Tells operators of a request where its day has come, on the last one each of them alone too. The day of which they were told; undefined where
 * none was due, or nobody could be told. `now`: ms since the epoch.
 */
export async function remind(
  tell: TellOperators,
  { id, what, is, ...waiting }: WaitingRequest,
  now: number,
): Promise<ToldOn | undefined> {
  const day = dayToTell(waiting, now);
  if (day === undefined) return undefined;
  const due = dayOf(waiting.due);
  const view = {
    id,
    what,
    due,
    day: daysPassed(waiting, now),
    over: now >= waiting.due,
    isNew: day === 0,
    last: day === LAST_CALL,
    isCase: is === "case",
    isErasure: is === "erasure",
    byHand: is === "by-hand",
  };
  const once = { cause: id, step: `waits since ${String(day)}, due ${due}` };
  const told = await tell(
    { template: "operators/waiting", view },
    once,
    day === LAST_CALL ? "each" : undefined,
  );
  return told ? day : undefined;
}
