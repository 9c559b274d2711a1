import type { Command, Request } from "../../chat/command.ts";
import type { Role } from "../../config/roles.ts";
import { UsherError, type View } from "../../kernel/errors.ts";
import type { UserId } from "../../kernel/ids.ts";
import type { Deed } from "../../store/auditChain.ts";

export type RecordAudit = (deed: Deed) => Promise<void>;
/** What somebody does who may give operators' commands. */
export type RolesOf = (person: UserId) => readonly Role[];

export interface AuditedBy {
  readonly record: RecordAudit;
  readonly rolesOf: RolesOf;
}

interface Of {
  /** Names of parameters that hold ids. */
  readonly targets?: readonly string[];
  /** Who may; operators alone where nothing is said. */
  readonly roles?: readonly Role[];
}

/**
 * The command, for those alone who have one of these roles, leaving an audit record each time before it does or tells anything: who, as what, its words, and the
 * values of `targets`. It was permitted by then; what is refused leaves none. Rejects with `role-missing`.
 */
export function audited(
  command: Command,
  { record, rolesOf }: AuditedBy,
  { targets = [], roles = ["operator"] }: Of = {},
): Command {
  const roleOf = ({ person }: Request): Role => {
    const theirs = rolesOf(person);
    const role = roles.find((one) => theirs.includes(one));
    if (role === undefined)
      throw new UsherError("role-missing", { needs: named(roles), has: named(theirs) });
    return role;
  };
  const note = (input: Readonly<Record<string, unknown>>, request: Request): Promise<void> => {
    const { person: who, event } = request;
    const about = targets.flatMap((name) => textIn(input[name]));
    return record({ who, what: command.words, event, targets: about, role: roleOf(request) });
  };
  if (!command.changes) {
    return {
      ...command,
      answer: async (input, request) => {
        await note(input, request);
        return command.answer(input, request);
      },
    };
  }
  return {
    ...command,
    plan: async (input, request) => {
      roleOf(request);
      return command.plan(input, request);
    },
    perform: async (input, request) => {
      await note(input, request);
      return command.perform(input, request);
    },
  };
}

const NAMES = {
  operator: "role/operator",
  dpo: "role/dpo",
  support: "role/support",
} as const satisfies Record<Role, string>;

/** Roles, for a sentence. */
function named(roles: readonly Role[]): readonly View[] {
  return roles.map((role, index) => ({
    more: index > 0,
    role: { template: NAMES[role], view: {} },
  }));
}

function textIn(value: unknown): readonly string[] {
  return typeof value === "string" ? [value] : [];
}
