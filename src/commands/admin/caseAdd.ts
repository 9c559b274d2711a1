import { day, restOfLine, userId, word } from "../../chat/arguments.ts";
import { defineCommand, optional, required, type Command } from "../../chat/command.ts";
import type { Clock } from "../../kernel/clock.ts";
import { dayOf } from "../../kernel/days.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { OwnAccount, Timeline } from "../../matrix/port.ts";
import type { Cases } from "../../rights/cases/cases.ts";
import { dueDate } from "../../rights/cases/dueDates.ts";
import { CASE_KINDS } from "../../store/cases.ts";
import { MOST_TEXT, ownText } from "../privacy/cases.ts";
import { meantPerson } from "./meantPerson.ts";

interface CaseAddDeps {
  readonly matrix: Timeline & Pick<OwnAccount, "me">;
  readonly cases: Pick<Cases, "enter">;
  readonly clock: Clock;
}

/**
 * `admin case add <user> <what> [received=<day>] <text>`: enters what somebody asked by another way, as by mail. It is due from the day on which it was received,
 * and its person is told. Rejects with `user-self`, `user-erased`, `case-text-missing`, `case-text-long` and `case-day`.
 */
export function adminCaseAdd({ matrix, cases, clock }: CaseAddDeps): Command {
  const receivedAt = (received: number | undefined): number => {
    const now = clock.now();
    if (received !== undefined && received > now)
      throw new UsherError("case-day", { received: dayOf(received), today: dayOf(now) });
    return received ?? now;
  };
  return defineCommand({
    words: "admin case add",
    parameters: {
      user: required(userId()),
      what: required(word("what", CASE_KINDS)),
      text: optional(restOfLine("text", MOST_TEXT)),
    },
    options: { received: optional(day("received")) },
    operatorsOnly: true,
    signedDevice: true,
    example: "admin case add @ada:example.org complain received=2026-11-20 Nobody answered her.",
    changes: true,
    needs: () => [],
    plan: async ({ user, what, text: first, received }, request) => {
      meantPerson(user, matrix.me);
      const at = receivedAt(received);
      await ownText(matrix, request, { words: `admin case add ${user} ${what}`, first });
      const due = dueDate(at);
      const over = due <= clock.now();
      const view = { user, what, received: dayOf(at), due: dayOf(due), over };
      return { preview: { template: "admin/case-add-preview", view } };
    },
    perform: async ({ user: person, what: kind, text: first, received }, request) => {
      meantPerson(person, matrix.me);
      const words = `admin case add ${person} ${kind}`;
      const text = await ownText(matrix, request, { words, first });
      const { event } = request;
      const opening = { person, kind, text, event };
      const { id, facts } = await cases.enter(opening, receivedAt(received));
      return { template: "admin/case-added", view: { id, user: person, due: dayOf(facts.due) } };
    },
  });
}
