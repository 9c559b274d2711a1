import { integer, restOfLine, text as textArgument, word } from "../../chat/arguments.ts";
import {
  defineCommand,
  optional,
  required,
  type Answer,
  type Command,
} from "../../chat/command.ts";
import { REASONS } from "../../config/roles.ts";
import type { Clock } from "../../kernel/clock.ts";
import { dayOf } from "../../kernel/days.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { EventId, UserId } from "../../kernel/ids.ts";
import type { Timeline } from "../../matrix/port.ts";
import { answeredBy } from "../../rights/cases/answeredBy.ts";
import type { Cases } from "../../rights/cases/cases.ts";
import type { KnownCase } from "../../rights/cases/knownCase.ts";
import type { HandWork, OpenHandWork } from "../../rights/erasure/handWork.ts";
import type { CaseKind, CaseReply } from "../../store/cases.ts";
import { MOST_TEXT, ownText } from "../privacy/cases.ts";
import { caseView } from "../privacy/caseView.ts";
import { privately, type PrivatelyDeps } from "../privacy/privately.ts";
import type { AuditedBy, RolesOf } from "./audited.ts";

export interface AdminCasesDeps extends PrivatelyDeps {
  readonly matrix: PrivatelyDeps["matrix"] & Timeline;
  readonly cases: Pick<Cases, "known" | "waiting" | "reply" | "enter">;
  readonly handWork: Pick<HandWork, "waiting" | "done">;
  readonly clock: Clock;
  readonly rolesOf: RolesOf;
}

/** How many are listed. */
const SHOWN = 20;

/** `admin cases [from]`: what waits for the operators, what is due first at the head; nothing of what anybody wrote. */
export function adminCases(deps: AdminCasesDeps): Command {
  const { cases, handWork, clock } = deps;
  return defineCommand({
    words: "admin cases",
    parameters: { from: optional(integer("from", 1, 1_000_000)) },
    operatorsOnly: true,
    example: "admin cases",
    changes: false,
    answer: async ({ from = 1 }, { person }) => {
      const mine = seenBy(deps, person);
      const now = clock.now();
      const line = (one: { readonly at: number; readonly due: number }) => ({
        ...{ came: dayOf(one.at), due: dayOf(one.due), overdue: now >= one.due },
      });
      const byHand = (await handWork.waiting())
        .filter(() => mine("erase"))
        .map(({ id, ...one }) => ({
          due: one.due,
          view: { id, what: "privacy erase", byHand: true, extended: false, ...line(one) },
        }));
      const open = (await cases.waiting())
        .filter(({ facts }) => mine(facts.kind))
        .map(({ id, facts }) => ({
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

/** Of which kinds somebody sees cases. */
function seenBy(
  { rolesOf }: Pick<AdminCasesDeps, "rolesOf">,
  person: UserId,
): (kind: CaseKind) => boolean {
  const roles = rolesOf(person);
  return (kind) => answeredBy(kind).some((one) => roles.includes(one));
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
 * `admin case <id> [reason=…] [here | answer | refuse | extend | done <text>]`: shows a case to the operator alone, closes it with an answer or a refusal, or puts it off
 * with a reason (GDPR article 12(3) and (4)); `done`: what is erased by hand has been (R25). Who looks is recorded as well (R68). Rejects with `case-unknown`,
 * `case-word`, `case-text-missing`, `case-text-long` and as `Cases.reply`.
 */
export function adminCase(deps: AdminCasesDeps, { record }: Pick<AuditedBy, "record">): Command {
  return defineCommand({
    words: "admin case",
    parameters: {
      id: required(textArgument("id", 100)),
      what: optional(
        word("answer or refuse or extend or done", ["answer", "refuse", "extend", "done", "here"]),
      ),
      text: optional(restOfLine("text", MOST_TEXT)),
    },
    options: { reason: optional(word("reason", REASONS)) },
    operatorsOnly: true,
    signedDevice: true,
    example: "admin case 3f9c0a51e27b answer We have mended it.",
    changes: true,
    needs: () => [],
    plan: async ({ id: said, what, reason = "request" }, request) => {
      const one = await caseFor(deps, said, request.person);
      if (what !== undefined && what !== "here") {
        one.takes(what);
        return { unseen: true };
      }
      const { person: who, event } = request;
      const role = deps.rolesOf(who).includes("dpo") ? "dpo" : "support";
      const targets = [one.id, ...(one.person === undefined ? [] : [one.person])];
      // Before it is shown, and not where it cannot be: its person reads that somebody looked.
      const show = async (): Promise<Answer> => {
        await record({ who, what: "admin case", event, targets, role, reason });
        return one.shown;
      };
      return { nothing: await privately(deps, request, { here: what === "here" }, show) };
    },
    perform: async ({ id: said, what, text: first }, request) => {
      const id = said.toLowerCase();
      // The others end with what was planned.
      if (what === undefined || what === "here")
        return (await caseFor(deps, id, request.person)).shown;
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
  /** Whose it is; undefined where they were erased. */
  readonly person: UserId | undefined;
  readonly shown: Answer;
  /** Throws `case-word` where that is not said to such a one. */
  takes(what: Saying): void;
}

/** One that somebody does not see is as if it were not there. */
async function caseFor(deps: AdminCasesDeps, said: string, officer: UserId): Promise<Found> {
  const { cases, handWork } = deps;
  const id = said.toLowerCase();
  const known = await cases.known(id);
  const byHand = (await handWork.waiting()).find((one) => one.id === id);
  const isSeen = seenBy(deps, officer)(known?.facts.kind ?? "erase");
  if ((known === undefined && byHand === undefined) || !isSeen)
    throw new UsherError("case-unknown", { id, operator: true });
  return {
    id,
    person: known === undefined ? byHand?.person : known.facts.person,
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
