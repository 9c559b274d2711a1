import type { Command, Request } from "../../chat/command.ts";
import { REASONS, type Reason, type Role } from "../../config/roles.ts";
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
  /** A flag with which none is named: whom the record names finds it in their export, and must not hear of this. */
  readonly unnamed?: string;
  readonly look?: Look;
}

/** For what shows something that is kept about people. */
interface Look {
  /** Why, where whoever asks does not say (option `reason`). */
  readonly reason: Reason;
  /** About whom it is, beside `targets`. */
  readonly about?: (input: Input, request: Request) => Promise<readonly UserId[]>;
}

type Input = Readonly<Record<string, unknown>>;

/**
 * The command, for those alone who have one of these roles, leaving an audit record each time before it does or tells anything: who, as what, its words, and the
 * values of `targets`. What shows something that is kept about people leaves for whom and why as well, a preview too. It was permitted by then; what is refused leaves
 * none. Rejects with `role-missing`.
 */
export function audited(
  command: Command,
  { record, rolesOf }: AuditedBy,
  { targets = [], roles = ["operator"], look, unnamed }: Of = {},
): Command {
  const roleOf = ({ person }: Request): Role => {
    const theirs = rolesOf(person);
    const role = roles.find((one) => theirs.includes(one));
    if (role === undefined)
      throw new UsherError("role-missing", { needs: named(roles), has: named(theirs) });
    return role;
  };
  const note = async (input: Input, request: Request, seen?: Look): Promise<void> => {
    const { person: who, event } = request;
    const role = roleOf(request);
    const shown = (await seen?.about?.(input, request)) ?? [];
    const isSilent = unnamed !== undefined && input[unnamed] === true;
    const named = isSilent ? [] : targets.flatMap((name) => textIn(input[name]));
    const about = [...new Set([...named, ...shown])];
    const deed = { who, what: command.words, event, targets: about, role };
    await record(seen === undefined ? deed : { ...deed, reason: reasonIn(input, seen) });
  };
  if (!command.changes) {
    return {
      ...command,
      answer: async (input, request) => {
        await note(input, request, look);
        return command.answer(input, request);
      },
    };
  }
  return {
    ...command,
    plan: async (input, request) => {
      roleOf(request);
      if (look !== undefined) await note(input, request, look);
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

function reasonIn({ reason }: Input, look: Look): Reason {
  return REASONS.find((one) => one === reason) ?? look.reason;
}

function textIn(value: unknown): readonly string[] {
  return typeof value === "string" ? [value] : [];
}
