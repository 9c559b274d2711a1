import type { Answer } from "../../chat/command.ts";
import { DAY_MS, dayOf, minuteOf } from "../../kernel/days.ts";
import type { View } from "../../kernel/errors.ts";
import type { DataRecord } from "../../privacy/record.ts";
import { allRecords } from "../../privacy/records/index.ts";
import { linesOf } from "./caseView.ts";
import type { HandDone } from "../../rights/erasure/handWork.ts";
import type { ErasureEnd } from "../../rights/erasure/tellErased.ts";
import type { FateCount, Receipt } from "../../store/erasures.ts";
import { endsOf, inWords } from "../../rights/holdings/inWords.ts";

/**
 * What goes, what stays without a name, what Usher keeps and why and until when, and what is not Usher's to erase: of what was counted, and of what
 * nobody can count for one person.
 */
export function fatesView(counts: readonly FateCount[]): View {
  const records = allRecords();
  const counted = (is: FateCount["is"]): View[] =>
    records.flatMap((record) => {
      const found = counts.find((one) => one.record === record.id && one.is === is);
      return found === undefined ? [] : [{ count: found.count, what: inWords(record) }];
    });
  const kept = records.filter((record) =>
    counts.some((one) => one.record === record.id && one.is === "kept"),
  );
  const ours = records.filter(({ facts: { onErasure } }) => UNCOUNTED.has(onErasure));
  const theirs = records.filter(
    ({ facts: { basis, layer, onErasure } }) =>
      layer === "homeserver" && basis !== "no personal data" && onErasure !== "delete",
  );
  return {
    erased: counted("erased"),
    nameless: counted("nameless"),
    byHand: counted("by-hand"),
    kept: [...kept, ...ours].map((record) => ({
      what: inWords(record),
      why: { template: `on-erasure/${record.facts.onErasure}`, view: {} },
      ends: endsOf(record.retention),
    })),
    notOurs: theirs.map((record, index) => ({ more: index > 0, what: inWords(record) })),
  };
}

/** What nobody can find one person's part of, and goes by itself. */
const UNCOUNTED: ReadonlySet<DataRecord["facts"]["onErasure"]> = new Set([
  "ages-out",
  "is-its-trace",
  "devices-stay",
]);

function leftView(left: readonly FateCount[]): readonly View[] {
  return allRecords().flatMap((record) => {
    const count = left
      .filter((one) => one.record === record.id)
      .reduce((sum, one) => sum + one.count, 0);
    return count === 0 ? [] : [{ count, what: inWords(record) }];
  });
}

/** The last that a person hears of their erasure, or that something is left. */
export function erasureEnd({
  receipt,
  secret,
  began,
  left,
  byHand,
  keeps,
  copiesUntil,
}: ErasureEnd): Answer {
  const hand = byHand && handView(byHand);
  if (secret === undefined) return { template: "privacy/erased-at-last", view: { receipt, hand } };
  const others = left.filter(({ is }) => is !== "by-hand");
  return {
    template: "privacy/erased",
    view: {
      ...{ receipt, secret, left: leftView(others), hand, copies: dayAfter(copiesUntil), keeps },
      ...fatesView(began),
    },
  };
}

/** What operators have still to erase by hand, and before when. */
export function handView({ things, due }: NonNullable<ErasureEnd["byHand"]>): View {
  const names = [...new Set(things.map(({ name }) => name))];
  return { names: names.map((name, index) => ({ more: index > 0, name })), due: dayOf(due) };
}

/** Operators have erased by hand what was theirs to. */
export function handDone({ receipt, text, verified }: HandDone): Answer {
  return { template: "privacy/hand-done", view: { receipt, verified, lines: linesOf(text) } };
}

export function receiptView(
  id: string,
  { at, state, began, left }: Receipt,
  copiesUntil: number | undefined,
): View {
  return {
    receipt: id,
    on: minuteOf(at),
    verified: state === "verified",
    left: leftView(left),
    copies: dayAfter(copiesUntil),
    ...fatesView(began),
  };
}

/** Backups are deleted in the hour in which they are old enough, so on that day or, if it is late, on the next. */
function dayAfter(at: number | undefined): string | undefined {
  return at === undefined ? undefined : dayOf(at + DAY_MS);
}
