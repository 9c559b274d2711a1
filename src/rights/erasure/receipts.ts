import type { Clock } from "../../kernel/clock.ts";
import { laterOf } from "../../kernel/otherClock.ts";
import { BY_HAND } from "../../privacy/records/rights.ts";
import { SAID } from "../../privacy/records/rooms.ts";
import type { ErasureRequest, FateCount, Receipt } from "../../store/erasures.ts";
import { hashOf } from "./erasureRequest.ts";

type Work = NonNullable<ErasureRequest["work"]>;

/**
 * The receipt after Usher has erased what it can, and found this to be left. What operators erase by hand is left from the first one on, until they say that
 * it is done.
 */
export function receiptAfter(
  before: Receipt | undefined,
  { secret = "", began, byHand = [] }: Work,
  found: readonly FateCount[],
  clock: Clock,
): Receipt {
  const first = before === undefined ? counted(BY_HAND.id, "by-hand", byHand.length) : [];
  const left = [...found, ...first, ...(before?.left ?? []).filter(isByHand)];
  return { secret: before?.secret ?? hashOf(secret), at: laterOf(clock), ...standOf(left), began };
}

/** The receipt after operators have erased by hand what there was. */
export function receiptAfterHandWork(receipt: Receipt, clock: Clock): Receipt {
  return {
    ...receipt,
    at: laterOf(clock),
    ...standOf(receipt.left.filter((one) => !isByHand(one))),
  };
}

export function isByHand({ is }: FateCount): boolean {
  return is === "by-hand";
}

/** So many messages of Usher's, as a receipt has them. */
export function saidCount(count: number): readonly FateCount[] {
  return counted(SAID.id, "erased", count);
}

function counted(record: string, is: FateCount["is"], count: number): readonly FateCount[] {
  return count === 0 ? [] : [{ record, is, count }];
}

function standOf(left: FateCount[]): Pick<Receipt, "left" | "state"> {
  return { left, state: left.length === 0 ? "verified" : "partial" };
}
