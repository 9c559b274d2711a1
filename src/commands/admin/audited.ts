import type { Command, Request } from "../../chat/command.ts";
import type { AuditEntry } from "../../store/audit.ts";

export type RecordAudit = (deed: Omit<AuditEntry, "at">) => Promise<void>;

/**
 * The command, leaving an audit record each time before it does or tells anything: who, its words, and the values of `targets`, which must be
 * names of parameters that hold ids. It was permitted by then; what is refused leaves none.
 */
export function audited(
  command: Command,
  record: RecordAudit,
  targets: readonly string[] = [],
): Command {
  const note = (
    input: Readonly<Record<string, unknown>>,
    { person, event }: Request,
  ): Promise<void> =>
    record({
      who: person,
      what: command.words,
      event,
      targets: targets.flatMap((name) => textIn(input[name])),
    });
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
    perform: async (input, request) => {
      await note(input, request);
      return command.perform(input, request);
    },
  };
}

function textIn(value: unknown): readonly string[] {
  return typeof value === "string" ? [value] : [];
}
