import { word } from "../../chat/arguments.ts";
import { defineCommand, optional, type Command } from "../../chat/command.ts";
import type { Clock } from "../../kernel/clock.ts";
import { dayOf } from "../../kernel/days.ts";
import type { View } from "../../kernel/errors.ts";
import type { UserId } from "../../kernel/ids.ts";
import type { Kind } from "../../integrations/kind.ts";
import type { WorkFor } from "../../integrations/ownWork.ts";
import type { Cases } from "../../rights/cases/cases.ts";
import type { Restrictions } from "../../rights/people/restrictions.ts";
import type { Restriction } from "../../store/restrictions.ts";
import { privately, type PrivatelyDeps } from "./privately.ts";

export interface RestrictDeps extends PrivatelyDeps {
  readonly clock: Clock;
  readonly restrictions: Pick<Restrictions, "of" | "add" | "lift">;
  readonly work: WorkFor;
  readonly cases: Pick<Cases, "known">;
}

const HERE = { where: optional(word("here", ["here"])) };

/**
 * `privacy restrict [here]`: what is kept about who asks stays, and nothing is done with it (R37; GDPR article 18): nothing goes on by itself, half-done
 * set-ups stand still, commands but those of their rights are refused, and the log says nothing of them.
 */
export function privacyRestrict(deps: RestrictDeps): Command {
  const { restrictions, clock, work } = deps;
  return defineCommand({
    words: "privacy restrict",
    parameters: HERE,
    signedDevice: true,
    example: "privacy restrict",
    changes: false,
    answer: ({ where }, request) =>
      privately(deps, request, { here: where === "here", done: true }, async () => {
        const { person } = request;
        await restrictions.add({ person, at: clock.now() });
        await work.stop(person, {});
        return { template: "privacy/restricted", view: {} };
      }),
  });
}

/** `privacy resume [here]`: all that somebody restricted is done again. An objection that nobody has decided yet stands. */
export function privacyResume(deps: RestrictDeps): Command {
  const { restrictions, work, cases } = deps;
  return defineCommand({
    words: "privacy resume",
    parameters: HERE,
    signedDevice: true,
    example: "privacy resume",
    changes: false,
    answer: ({ where }, request) =>
      privately(deps, request, { here: where === "here", done: true }, async () => {
        const { person } = request;
        const known = restrictions.of(person);
        const undecided: Restriction[] = [];
        for (const one of known) if (await isUndecided(cases, one)) undecided.push(one);
        // By their cases: what is read anew is another object.
        const open = new Set(undecided.map(({ case: id }) => id));
        await restrictions.lift(person, ({ case: id }) => id === undefined || !open.has(id));
        const lifted = known.filter((one) => !undecided.includes(one));
        for (const doing of lifted) await work.goOn(person, doing);
        const template = lifted.length > 0 ? "privacy/resumed" : "privacy/not-restricted";
        return { template, view: { cases: casesOf(undecided) } };
      }),
  });
}

/** The cases in which it is decided, each once. */
function casesOf(undecided: readonly Restriction[]): readonly View[] {
  const ids = [...new Set(undecided.flatMap(({ case: id }) => id ?? []))];
  return ids.map((id, index) => ({ more: index > 0, id }));
}

/** Whether operators have still to say something to it. */
export async function isUndecided(
  cases: Pick<Cases, "known">,
  { case: id }: Restriction,
): Promise<boolean> {
  return id !== undefined && (await cases.known(id))?.facts.state === "open";
}

/** What nothing is done with of somebody's. */
export function restrictionsView(
  restrictions: Pick<Restrictions, "of">,
  kinds: readonly Pick<Kind, "kind" | "plural">[],
  person: UserId,
): readonly View[] {
  return restrictions.of(person).map(({ at, kind, room, item, case: id }) => ({
    since: dayOf(at),
    what: item ?? kinds.find((one) => one.kind === kind)?.plural ?? kind,
    room,
    case: id,
  }));
}
