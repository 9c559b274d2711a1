import type { Command } from "../chat/command.ts";
import type { Guard } from "../chat/permit.ts";
import type { Kind } from "../integrations/kind.ts";
import { UsherError } from "../kernel/errors.ts";
import type { Identities } from "../matrix/port.ts";
import { identityFault } from "../rights/people/identity.ts";
import type { Underage } from "../rights/people/underage.ts";
import type { Restrictions } from "../rights/people/restrictions.ts";
import type { Documents } from "../store/documents.ts";

interface GuardDeps {
  readonly matrix: Identities;
  readonly documents: Documents;
  readonly restrictions: Pick<Restrictions, "against">;
  readonly underage: Pick<Underage, "isReported">;
  readonly minimumAge: number;
  readonly kinds: readonly Pick<Kind, "kind" | "plural" | "adding" | "more">[];
}

/** What somebody may say who wants nothing done with what is about them: their rights, and how to use them. */
const ALWAYS = /^(?:privacy|confirm|help)(?: |$)/;

/**
 * What keeps a command from being done for who gives it, beside power: they restricted the use of what is kept about them, or object to that kind of thing
 * or in that room (`restricted`); they are known to be too young (`underage`), which others in a room are not told; or it is about what is kept of a person, and they may be somebody else by now (as `identityFault`).
 */
export function commandGuard(deps: GuardDeps): Guard {
  const kindOf = (command: Command) =>
    deps.kinds.find(({ adding, more }) => adding === command || more.includes(command));
  return async (command, { person, room, direct }) => {
    const kind = kindOf(command);
    const against = ALWAYS.test(command.words)
      ? undefined
      : deps.restrictions.against(person, { kind: kind?.kind, room });
    if (against !== undefined)
      return new UsherError("restricted", {
        what: against.kind === undefined ? undefined : kind?.plural,
        room: against.room,
        objected: against.case !== undefined,
      });
    if (command.changes && !ALWAYS.test(command.words) && (await deps.underage.isReported(person)))
      return new UsherError("underage", { minimumAge: deps.minimumAge, alone: direct });
    return command.signedDevice === true ? identityFault(deps, person) : undefined;
  };
}
