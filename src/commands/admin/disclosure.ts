import { day, restOfLine, text, userId, word } from "../../chat/arguments.ts";
import { defineCommand, optional, required, type Command } from "../../chat/command.ts";
import type { Clock } from "../../kernel/clock.ts";
import { dayOf } from "../../kernel/days.ts";
import { UsherError } from "../../kernel/errors.ts";
import { digest } from "../../kernel/ids.ts";
import { laterOf } from "../../kernel/otherClock.ts";
import type { OwnAccount, Timeline } from "../../matrix/port.ts";
import { disclosureDocument, GROUND_NAMES, GROUNDS } from "../../store/disclosures.ts";
import type { Documents } from "../../store/documents.ts";
import { MOST_TEXT, ownText } from "../privacy/cases.ts";
import { meantPerson } from "./meantPerson.ts";

interface DisclosureDeps {
  readonly matrix: Timeline & Pick<OwnAccount, "me">;
  readonly documents: Documents;
  readonly clock: Clock;
}

/** How much of what was given the preview shows; characters. */
const MOST_SHOWN = 200;

/**
 * `admin disclosure add <user> <ground> <recipient> [on=<day>] [--untold] <what>`: enters that something about somebody was given to others, on one of four
 * grounds and no other (R64). The person finds it in their export, unless the law forbids to tell them. Rejects with `user-self`, `user-erased`, `case-text-missing`,
 * `case-text-long` and `case-day`.
 */
export function adminDisclosureAdd({ matrix, documents, clock }: DisclosureDeps): Command {
  const dayGiven = (on: number | undefined): number => {
    const now = clock.now();
    if (on !== undefined && on > now)
      throw new UsherError("case-day", { received: dayOf(on), today: dayOf(now) });
    return on ?? now;
  };
  return defineCommand({
    words: "admin disclosure add",
    parameters: {
      user: required(userId()),
      ground: required(word("ground", GROUNDS)),
      recipient: required(text("recipient", 200)),
      text: optional(restOfLine("what was given", MOST_TEXT)),
    },
    options: { on: optional(day("on")) },
    flags: ["untold"],
    operatorsOnly: true,
    signedDevice: true,
    example:
      'admin disclosure add @ada:example.org law "Court of Bonn" on=2026-11-20 The rooms she added widgets to.',
    changes: true,
    needs: () => [],
    plan: async ({ user, ground, text: first, recipient, on, untold }, request) => {
      meantPerson(user, matrix.me);
      const words = `admin disclosure add ${user} ${ground}`;
      const whole = await ownText(matrix, request, { words, first });
      const what = cutTo(whole, MOST_SHOWN);
      const because = { template: GROUND_NAMES[ground], view: {} };
      const view = { user, recipient, untold, on: dayOf(dayGiven(on)), ground: because, what };
      return { preview: { template: "admin/disclosure-preview", view } };
    },
    perform: async ({ user, ground, text: first, recipient, on, untold }, request) => {
      meantPerson(user, matrix.me);
      const words = `admin disclosure add ${user} ${ground}`;
      const what = await ownText(matrix, request, { words, first });
      const whose = untold ? { untold: user } : { person: user };
      const given = { ...whose, ground, on: dayGiven(on), at: laterOf(clock), recipient, what };
      await documents.update(disclosureDocument, digest("disclosure", request.event), (document) =>
        document.disclosure === undefined ? { disclosure: given } : document,
      );
      return { template: "admin/disclosure-added", view: { user, untold } };
    },
  });
}

/** The text, or its beginning where it is longer; in characters. */
export function cutTo(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).toWellFormed()}…`;
}
