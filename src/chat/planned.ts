import { UsherError, type View } from "../kernel/errors.ts";
import type { EventId } from "../kernel/ids.ts";
import type { Asked, RoomDocument } from "../store/room.ts";
import type { Answer, Plan, Request } from "./command.ts";
import type { Begun } from "./journal.ts";

/** What follows when a command has looked at what it would do. `asked` holds the line that is run then, and again after a crash. */
export type Next =
  | { readonly say: Answer | UsherError }
  | { readonly perform: Asked; readonly aside: Answer | undefined }
  | { readonly ask: Answer; readonly cautions: readonly Answer[]; readonly asked: Asked };

/** `yes`: whoever asked wants no question. */
export function afterPlanning(plan: Plan | UsherError, asked: Asked, yes: boolean): Next {
  if (plan instanceof UsherError) return { say: plan };
  if ("nothing" in plan) return { say: plan.nothing };
  const exact = { ...asked, line: plan.exactly ?? asked.line };
  if ("unseen" in plan) return { perform: exact, aside: undefined };
  if (yes) return { perform: exact, aside: plan.aside };
  return { ask: plan.preview, cautions: plan.cautions ?? [], asked: exact };
}

/** How a preview may be answered. */
export interface HowAnswered {
  /** Only words count: the device that asked cannot read the question, or that of the yes must be signed. */
  readonly inWords: boolean;
  /** The question cannot be read on the device that asked. */
  readonly unread: boolean;
  /** Usher puts ✅ and ❌ beneath its previews. */
  readonly signs: boolean;
}

/** What the question is filled with beside its cautions: how long it waits (ms) stands in it in minutes. In a direct chat nobody else sees what is done. */
export function question(
  what: Answer,
  { person, direct }: Pick<Request, "person" | "direct">,
  { inWords, unread }: Pick<HowAnswered, "inWords" | "unread">,
  waitsMs: number,
): View {
  return { what, minutes: Math.round(waitsMs / 60_000), person, direct, inWords, unread };
}

/** What is kept of a question that was shown as `preview` until it is answered, or until `expiresAt`; ms. */
export function waiting(
  asked: Asked,
  preview: EventId,
  expiresAt: number,
  { inWords, unread, signs }: HowAnswered,
): RoomDocument["pending"][number] {
  return {
    ...asked,
    preview,
    expiresAt,
    ...(unread ? { inWords: true } : {}),
    ...(signs && !inWords ? { signs: [] } : {}),
  };
}

/** How a command came to its end. */
interface End extends Pick<Asked, "line"> {
  /** What goes below what was done. */
  readonly aside: Answer | undefined;
  /** A crash may have cut it off, so the command is named. */
  readonly resumed: boolean;
  /** It could be undone, and what that takes is not kept. */
  readonly unkept: boolean;
}

/** What is said of what was done. */
export function whatWasDone(result: Answer, { line, aside, resumed, unkept }: End): Answer {
  const asides = [aside, unkept ? { template: "undo/unkept", view: {} } : undefined];
  const whole = asides.reduce<Answer>(
    (said, one) =>
      one === undefined ? said : { template: "with-aside", view: { result: said, aside: one } },
    result,
  );
  return resumed ? { template: "resumed", view: { command: line, result: whole } } : whole;
}

/** What begins without a question. */
export function unasked({ event }: Pick<Asked, "event">, acknowledged: EventId | undefined): Begun {
  return { confirmedBy: undefined, replyTo: event, acknowledged };
}
