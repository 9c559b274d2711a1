import { integer, userId, word } from "../../chat/arguments.ts";
import { defineCommand, optional, type Command } from "../../chat/command.ts";
import { REASONS } from "../../config/roles.ts";
import { dayOf } from "../../kernel/days.ts";
import type { UserId } from "../../kernel/ids.ts";
import { isStandIn } from "../../privacy/erased.ts";
import { disclosureDocument, GROUND_NAMES, type Disclosure } from "../../store/disclosures.ts";
import type { Documents } from "../../store/documents.ts";
import { MOST_TEXT } from "../privacy/cases.ts";
import { cutTo } from "./disclosure.ts";
interface DisclosuresDeps {
  readonly documents: Documents;
}
/** Which are shown. */
interface Asked {
  readonly user?: UserId | undefined;
  readonly from?: number | undefined;
}

/** How many are listed: together no longer than one may be. */
const SHOWN = 10;

/**
 * `admin disclosures [user] [from=…] [reason=…]`: what is entered as given to others (R64), the newest first: about whom, on which ground, when, to whom, what, and whether
 * they may be told.
 */
export function adminDisclosures({ documents }: DisclosuresDeps): Command {
  return defineCommand({
    words: "admin disclosures",
    parameters: { user: optional(userId()) },
    options: {
      from: optional(integer("from", 1, 1_000_000)),
      reason: optional(word("reason", REASONS)),
    },
    operatorsOnly: true,
    signedDevice: true,
    example: "admin disclosures @ada:example.org",
    changes: false,
    answer: async ({ user, from = 1 }) => {
      const { all, shown } = await listed(documents, { user, from });
      return {
        template: "admin/disclosures",
        view: {
          count: all.length,
          of: user,
          more: Math.max(0, all.length - (from - 1) - SHOWN),
          next: from + SHOWN,
          disclosures: shown.map(({ person, untold, ground, on, recipient, what }) => ({
            ...{ who: nameOf(person ?? untold), untold: untold !== undefined, on: dayOf(on) },
            ...{ ground: { template: GROUND_NAMES[ground], view: {} }, recipient },
            what: cutTo(what, Math.floor(MOST_TEXT / shown.length)),
          })),
        },
      };
    },
  });
}

/** Whom the list names that may hear that somebody looked. */
export function shownInDisclosures({ documents }: DisclosuresDeps) {
  return async (input: Readonly<Record<string, unknown>>): Promise<readonly UserId[]> => {
    const { shown } = await listed(documents, input);
    return [...new Set(shown.flatMap(({ person }) => nameOf(person) ?? []))];
  };
}

/** Undefined for somebody who was erased. */
function nameOf(who: UserId | undefined): UserId | undefined {
  return who === undefined || isStandIn(who) ? undefined : who;
}

async function listed(documents: Documents, { user, from = 1 }: Asked) {
  const found: Disclosure[] = [];
  for await (const { document } of documents.scan(disclosureDocument))
    if (document.disclosure !== undefined) found.push(document.disclosure);
  const all = found
    .filter(({ person, untold }) => user === undefined || user === (person ?? untold))
    .toSorted((a, b) => b.on - a.on || b.at - a.at);
  return { all, shown: all.slice(from - 1, from - 1 + SHOWN) };
}
