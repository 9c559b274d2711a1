import { integer, restOfLine, text as textArgument, word } from "../../chat/arguments.ts";
import {
  defineCommand,
  optional,
  required,
  type Answer,
  type Command,
} from "../../chat/command.ts";
import type { Clock } from "../../kernel/clock.ts";
import { dayOf } from "../../kernel/days.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { EventId, UserId } from "../../kernel/ids.ts";
import type { Timeline } from "../../matrix/port.ts";
import type { Cases } from "../../rights/cases/cases.ts";
import type { KnownCase } from "../../rights/cases/knownCase.ts";
import type { HandWork, OpenHandWork } from "../../rights/erasure/handWork.ts";
import type { CaseReply } from "../../store/cases.ts";
import { MOST_TEXT, ownText } from "../privacy/cases.ts";
import { caseView } from "../privacy/caseView.ts";
import { privately, type PrivatelyDeps } from "../privacy/privately.ts";
import type { RecordAudit } from "./audited.ts";

export interface AdminCasesDeps extends PrivatelyDeps {
  readonly matrix: PrivatelyDeps["matrix"] & Timeline;
  readonly cases: Pick<Cases, "known" | "waiting" | "reply" | "enter">;
  readonly handWork: Pick<HandWork, "waiting" | "done">;
  readonly clock: Clock;
}

/** How many are listed. */
const SHOWN = 20;

/** `admin cases [from]`: what waits for the operators, what is due first at the head; nothing of what anybody wrote. */
export function adminCases({ cases, handWork, clock }: AdminCasesDeps): Command {
  return defineCommand({
    words: "admin cases",
    parameters: { from: optional(integer("from", 1, 1_000_000)) },
    operatorsOnly: true,
    example: "admin cases",
    changes: false,
    answer: async ({ from = 1 }) => {
      const now = clock.now();
      const line = (one: { readonly at: number; readonly due: number }) => ({
        ...{ came: dayOf(one.at), due: dayOf(one.due), overdue: now >= one.due },
      });
      const byHand = (await handWork.waiting()).map(({ id, ...one }) => ({
        due: one.due,
        view: { id, what: "privacy erase", byHand: true, extended: false, ...line(one) },
      }));
      const open = (await cases.waiting()).map(({ id, facts }) => ({
        due: facts.due,
        view: {
          id,
          what: `privacy ${facts.kind}`,
          extended: facts.extended,
          byHand: false,
          ...line(facts),
        },
      }));
      const waiting = [...open, ...byHand].sort((a, b) => a.due - b.due);
      return {
        template: "admin/cases",
        view: {
          count: waiting.length,
          more: Math.max(0, waiting.length - (from - 1) - SHOWN),
          next: from + SHOWN,
          cases: waiting.slice(from - 1, from - 1 + SHOWN).map(({ view }) => view),
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
type Saying = keyof typeof REPLIES | "done";

/** What an operator says to a case, in which words. */
interface Said {
  readonly what: Saying;
  readonly text: string;
  readonly event: EventId;
  readonly by: UserId;
}

/**
 * `admin case <id> [here | answer | refuse | extend | done <text>]`: shows a case to the operator alone, closes it with an answer or a refusal, or puts it off
 * with a reason (GDPR article 12(3) and (4)); `done`: what is erased by hand has been (R25). Who looks is recorded as well (R68). Rejects with `case-unknown`,
 * `case-word`, `case-text-missing`, `case-text-long` and as `Cases.reply`.
 */
export function adminCase(deps: AdminCasesDeps, record: RecordAudit): Command {
  return defineCommand({
    words: "admin case",
    parameters: {
      id: required(textArgument("id", 100)),
      what: optional(
        word("answer or refuse or extend or done", ["answer", "refuse", "extend", "done", "here"]),
      ),
      text: optional(restOfLine("text", MOST_TEXT)),
    },
    operatorsOnly: true,
    signedDevice: true,
    example: "admin case 3f9c0a51e27b answer We have mended it.",
    changes: true,
    needs: () => [],
    plan: async ({ id: said, what }, request) => {
      const one = await caseFor(deps, said);
      if (what !== undefined && what !== "here") {
        one.takes(what);
        return { unseen: true };
      }
      const { person: who, event } = request;
      await record({ who, what: "admin case", event, targets: [one.id] });
      return {
        nothing: await privately(deps, request, { here: what === "here" }, () =>
          Promise.resolve(one.shown),
        ),
      };
    },
    perform: async ({ id: said, what, text: first }, request) => {
      const id = said.toLowerCase();
      // The others end with what was planned.
      if (what === undefined || what === "here") return (await caseFor(deps, id)).shown;
      const words = `admin case ${id} ${what}`;
      const text = await ownText(deps.matrix, request, { words, first });
      const { event, person: by } = request;
      return reply(deps, id, { what, text, event, by });
    },
  });
}

/** A case, or what is to be erased by hand. */
interface Found {
  readonly id: string;
  readonly shown: Answer;
  /** Throws `case-word` where that is not said to such a one. */
  takes(what: Saying): void;
}

async function caseFor({ cases, handWork }: AdminCasesDeps, said: string): Promise<Found> {
  const id = said.toLowerCase();
  const known = await cases.known(id);
  const byHand = (await handWork.waiting()).find((one) => one.id === id);
  if (known === undefined && byHand === undefined)
    throw new UsherError("case-unknown", { id, operator: true });
  return {
    id,
    shown: known === undefined ? handShown(byHand as OpenHandWork) : shown(known),
    takes: (what) => {
      if ((what === "done") !== (known === undefined))
        throw new UsherError("case-word", { id, byHand: known === undefined });
    },
  };
}

async function reply(deps: AdminCasesDeps, id: string, said: Said): Promise<Answer> {
  const { cases, handWork } = deps;
  const { what, ...words } = said;
  if (what === "done")
    return {
      template: "admin/hand-done",
      view: { id, verified: await handWork.done(id, words.text) },
    };
  const told = await cases.reply(id, { is: REPLIES[what], ...words });
  const { facts } = (await cases.known(id)) as KnownCase;
  const state = { template: `case/${facts.state}`, view: {} };
  const due = facts.state === "open" ? dayOf(facts.due) : undefined;
  return { template: "admin/case-replied", view: { id, state, due, told } };
}

function shown(known: KnownCase): Answer {
  return {
    template: "admin/case",
    view: { ...caseView(known), person: known.facts.person },
  };
}

function handShown({ id, person, at, due, things }: OpenHandWork): Answer {
  return {
    template: "admin/hand-work",
    view: {
      ...{ id, person, came: dayOf(at), due: dayOf(due) },
      things: things.map(({ kind, name, room }) => ({ kind, name, room })),
    },
  };
}
