import { restOfLine, text as textArgument, word } from "../../chat/arguments.ts";
import { defineCommand, optional, required, type Command } from "../../chat/command.ts";
import type { Clock } from "../../kernel/clock.ts";
import { dayOf } from "../../kernel/days.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { Timeline } from "../../matrix/port.ts";
import type { Cases } from "../../rights/cases/cases.ts";
import type { KnownCase } from "../../rights/cases/knownCase.ts";
import type { CaseReply } from "../../store/cases.ts";
import { MOST_TEXT, ownText } from "../privacy/cases.ts";
import { caseView } from "../privacy/caseView.ts";
import { privately, type PrivatelyDeps } from "../privacy/privately.ts";
import type { RecordAudit } from "./audited.ts";

export interface AdminCasesDeps extends PrivatelyDeps {
  readonly matrix: PrivatelyDeps["matrix"] & Timeline;
  readonly cases: Pick<Cases, "known" | "waiting" | "reply">;
  readonly clock: Clock;
}

/** How many are listed. */
const SHOWN = 20;

/** `admin cases`: what waits for the operators, what is due first at the head; nothing of what anybody wrote. */
export function adminCases({ cases, clock }: AdminCasesDeps): Command {
  return defineCommand({
    words: "admin cases",
    parameters: {},
    operatorsOnly: true,
    example: "admin cases",
    changes: false,
    answer: async () => {
      const waiting = await cases.waiting();
      const now = clock.now();
      return {
        template: "admin/cases",
        view: {
          count: waiting.length,
          more: Math.max(0, waiting.length - SHOWN),
          cases: waiting.slice(0, SHOWN).map(({ id, facts: { kind, at, due, extended } }) => ({
            ...{ id, what: `privacy ${kind}`, extended },
            ...{ came: dayOf(at), due: dayOf(due), overdue: now >= due },
          })),
        },
      };
    },
  });
}

const REPLIES = {
  answer: "answer",
  refuse: "refusal",
  extend: "extension",
} as const satisfies Record<string, CaseReply["is"]>;

/**
 * `admin case <id> [here | answer | refuse | extend <text>]`: shows a case to the operator alone, closes it with an answer or a refusal, or puts it off with a
 * reason (GDPR article 12(3) and (4)). Who looks is recorded as well (R68). Rejects with `case-unknown`, `case-text-missing`,
 * `case-text-long` and as `Cases.reply`.
 */
export function adminCase(deps: AdminCasesDeps, record: RecordAudit): Command {
  const { matrix, cases } = deps;
  const known = async (id: string): Promise<KnownCase> => {
    const found = await cases.known(id.toLowerCase());
    if (found === undefined) throw new UsherError("case-unknown", { id, operator: true });
    return found;
  };
  return defineCommand({
    words: "admin case",
    parameters: {
      id: required(textArgument("id", 100)),
      what: optional(word("answer or refuse or extend", ["answer", "refuse", "extend", "here"])),
      text: optional(restOfLine("text", MOST_TEXT)),
    },
    operatorsOnly: true,
    signedDevice: true,
    example: "admin case 3f9c0a51e27b answer We have mended it.",
    changes: true,
    needs: () => [],
    plan: async ({ id: said, what }, request) => {
      const { id } = await known(said);
      if (what !== undefined && what !== "here") return { unseen: true };
      const { person: who, event } = request;
      await record({ who, what: "admin case", event, targets: [id] });
      return {
        nothing: await privately(deps, request, what === "here", async () =>
          shown(await known(id)),
        ),
      };
    },
    perform: async ({ id: said, what, text: first }, request) => {
      const { id } = await known(said);
      // The others end with what was planned.
      if (what === undefined || what === "here") return shown(await known(id));
      const words = `admin case ${id} ${what}`;
      const text = await ownText(matrix, request, { words, first });
      const { event, person: by } = request;
      const told = await cases.reply(id, { is: REPLIES[what], text, event, by });
      const { facts } = await known(id);
      const state = { template: `case/${facts.state}`, view: {} };
      const due = facts.state === "open" ? dayOf(facts.due) : undefined;
      return { template: "admin/case-replied", view: { id, state, due, told } };
    },
  });
}

function shown(known: KnownCase) {
  return {
    template: "admin/case",
    view: { ...caseView(known), person: known.facts.person },
  };
}
