import { restOfLine } from "../../chat/arguments.ts";
import { wholeText } from "../../chat/below.ts";
import { defineCommand, optional, type Command } from "../../chat/command.ts";
import { dayOf } from "../../kernel/days.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { Timeline } from "../../matrix/port.ts";
import type { Cases } from "../../rights/cases/cases.ts";
import type { CaseKind } from "../../store/cases.ts";
import { privately, type PrivatelyDeps } from "./privately.ts";

export interface CaseCommandDeps extends PrivatelyDeps {
  readonly matrix: PrivatelyDeps["matrix"] & Timeline;
  readonly cases: Pick<Cases, "open">;
}

/** How long a text of somebody's own may be; UTF-16 units. */
export const MOST_TEXT = 4_000;

/** Somebody's own words to a person: all of the message from there on. Rejects with `case-text-missing` and `case-text-long`. */
export async function ownText(
  matrix: Timeline,
  request: Parameters<typeof wholeText>[1],
  { words, first }: { readonly words: string; readonly first: string | undefined },
): Promise<string> {
  const whole = await wholeText(matrix, request, first);
  if (whole === "") throw new UsherError("case-text-missing", { words });
  if (whole.length > MOST_TEXT)
    throw new UsherError("case-text-long", { length: whole.length, most: MOST_TEXT });
  return whole;
}

/** What asks the operators themselves: for help with one's data, with a complaint, with a suggestion (R8, R66, R78, R80). */
export function caseCommands(deps: CaseCommandDeps): readonly Command[] {
  return [
    caseCommand(deps, "human", "privacy human My export lacks the widgets of March."),
    caseCommand(deps, "complain", "privacy complain Nobody answered what I asked in March."),
    caseCommand(deps, "feedback", "privacy feedback Please say what a stand-in is."),
  ];
}

/** Taken from anybody, also from a device that is not verified: nothing is handed out or erased. */
function caseCommand(deps: CaseCommandDeps, kind: CaseKind, example: string): Command {
  const { matrix, cases } = deps;
  const words = `privacy ${kind}`;
  return defineCommand({
    words,
    parameters: { text: optional(restOfLine("text", MOST_TEXT)) },
    example,
    changes: false,
    answer: async ({ text: first }, request) => {
      const text = await ownText(matrix, request, { words, first });
      // Before it is answered: what cannot be told now is not lost.
      const { id, facts } = await cases.open({ ...request, kind, text });
      const isPrivate = (await matrix.privacyFault(request.room, request.person)) === undefined;
      return privately(deps, request, { here: isPrivate, done: true }, () =>
        Promise.resolve({
          template: "privacy/case-open",
          view: { id, due: dayOf(facts.due), elsewhere: !isPrivate },
        }),
      );
    },
  });
}
