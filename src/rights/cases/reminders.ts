import type { Answer } from "../../chat/command.ts";
import type { Role } from "../../config/roles.ts";
import type { CaseKind } from "../../store/cases.ts";
import { dayOf } from "../../kernel/days.ts";
import type { Once } from "../../matrix/transaction.ts";
import { answeredBy } from "./answeredBy.ts";
import { daysPassed, dayToTell, LAST_CALL, type ToldOn, type Waiting } from "./dueDates.ts";

/** Whom operators' work is for: whoever has one of these roles. `each`: each of them alone is told, too. */
export interface ToldTo {
  readonly roles?: readonly Role[];
  readonly each?: boolean;
}

/** Tells the operators something of their work, in their room, or each alone whom the configuration names. Whether anybody was told; never rejects. */
export type TellOperators = (answer: Answer, once: Once, to?: ToldTo) => Promise<boolean>;

/**
 * What waits, as operators are told of it: `what` is the command that it came by; of an erasure its id is that of
 * the receipt, and `by-hand` is what operators must erase by hand.
 */
export type WaitingRequest = Waiting & {
  readonly id: string;
  readonly what: string;
} & (
    | { readonly is: "case"; readonly kind: CaseKind }
    | { readonly is: "erasure" | "by-hand"; readonly kind?: undefined }
  );

/** Who can do it: an erasure fails for what the log says. */
function rolesFor({ is, kind }: WaitingRequest): readonly Role[] {
  if (is === "case") return answeredBy(kind);
  return is === "erasure" ? ["operator", "dpo"] : ["dpo"];
}

/**
 * Tells operators of a request where its day has come, on the last one each of them alone too. The day of which they were told; undefined where
 * none was due, or nobody could be told. `now`: ms since the epoch.
 */
export async function remind(
  tell: TellOperators,
  waiting: WaitingRequest,
  now: number,
): Promise<ToldOn | undefined> {
  const { id, what, is } = waiting;
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
  const to = { roles: rolesFor(waiting), each: day === LAST_CALL };
  const told = await tell({ template: "operators/waiting", view }, once, to);
  return told ? day : undefined;
}
