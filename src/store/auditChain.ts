import { createHash } from "node:crypto";
import { asUserId, type UserId } from "../kernel/ids.ts";
import { isStandIn } from "../privacy/erased.ts";
import type { AuditEntry } from "./auditEntry.ts";

/** What an entry is made of before it is in the chain. */
export type Deed = Omit<AuditEntry, "at" | "chain">;
/** An entry with its place in the chain. */
export type LinkedEntry = AuditEntry & { readonly chain: NonNullable<AuditEntry["chain"]> };

/** Before the first entry there ever was. */
const GENESIS = "0".repeat(64);

/** The people whom an entry names: each has a random word of their own, and only with it can what the chain says of them be told. */
export function peopleOf({ who, targets }: Pick<Deed, "who" | "targets">): readonly UserId[] {
  const named = [who, ...targets].flatMap((value) => asUserId(value) ?? []);
  return [...new Set(named)].filter((one) => !isStandIn(one));
}

/**
 * The entry as the next link. Its hash is over the one before, over what says nothing of anybody, and in place of each value over a seal: a hash of the value with
 * its person's random word. So the chain is whole after an erasure, which takes the value and the word, and no seal tells then whom it was about.
 */
export function linked(deed: Deed, at: number, prev: string, wordOf: WordOf): LinkedEntry {
  const seals = valuesOf(deed).map((value) => sealOf(value, wordOf));
  const entry = { at, ...deed };
  return { ...entry, chain: { prev, seals, hash: hashOf(entry, prev, seals) } };
}

/** Hashes on which an entry that is kept follows, and of which the entry itself is not. */
export function followedOn(
  hashes: readonly string[],
  kept: readonly AuditEntry[],
): readonly string[] {
  const there = new Set(kept.flatMap(({ chain }) => chain?.hash ?? []));
  const followed = new Set(kept.flatMap(({ chain }) => chain?.prev ?? []));
  return [...new Set(hashes)].filter((hash) => followed.has(hash) && !there.has(hash));
}

/** A person's random word; undefined where there is none any more. */
export type WordOf = (person: UserId) => string | undefined;

/** What a look through the chain finds. */
export interface ChainReport {
  readonly count: number;
  /** Of these, how many name somebody who was erased. */
  readonly nameless: number;
  /** From before there was a chain. */
  readonly older: number;
  /** When the first and the last link were made; ms since the epoch. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  /** The hash of the last one: whoever has noted it before sees that nothing before it was changed. */
  readonly head: string | undefined;
  /** When entries were made that are not as they were written, or follow on none; ms since the epoch. */
  readonly broken: readonly number[];
}

/**
 * Looks whether all entries, oldest first, are as they were written. Each follows on another that is there, or on the hash of one that is said elsewhere to be gone
 * (`passed`). Where nothing is said there, the first may follow on any.
 */
export function verified(
  entries: readonly AuditEntry[],
  wordOf: WordOf,
  passed?: readonly string[],
): ChainReport {
  const broken: number[] = [];
  const hashes = new Set(entries.flatMap(({ chain }) => chain?.hash ?? []));
  // One can follow on each of these, and no second.
  const free = new Set([GENESIS, ...(passed ?? [])]);
  let [count, nameless] = [0, 0];
  let last: LinkedEntry | undefined;
  let first: number | undefined;
  for (const entry of entries) {
    const { chain } = entry;
    if (chain === undefined) {
      // None is made without a link since the first one.
      if (last !== undefined) broken.push(entry.at);
      continue;
    }
    count += 1;
    first ??= entry.at;
    // Not on the one before it alone: the clock may have been put back.
    const follows =
      hashes.has(chain.prev) ||
      free.delete(chain.prev) ||
      (passed === undefined && last === undefined);
    const values = valuesOf(entry);
    const isWhole =
      hashOf(entry, chain.prev, chain.seals) === chain.hash &&
      values.length === chain.seals.length &&
      values.every(
        (value, index) => isStandIn(value) || sealOf(value, wordOf) === chain.seals[index],
      );
    if (!follows || !isWhole) broken.push(entry.at);
    if (values.some(isStandIn)) nameless += 1;
    last = { ...entry, chain };
  }
  const older = entries.filter(({ chain }) => chain === undefined).length;
  return { count, nameless, older, from: first, to: last?.at, head: last?.chain.hash, broken };
}

/**
 * The hash that the next entry follows on: of the last one after what was noted as the end, where a crash left more; of the newest where nothing was noted. An end that
 * is gone stays one, so that what was cut off cannot be covered by what comes next.
 */
export function endAfter(entries: readonly AuditEntry[], noted: string | undefined): string {
  const chains = entries.flatMap(({ chain }) => chain ?? []);
  if (noted === undefined) return chains.at(-1)?.hash ?? GENESIS;
  const next = new Map(chains.map(({ prev, hash }) => [prev, hash]));
  let end = noted;
  for (let found = next.get(end); found !== undefined; found = next.get(end)) {
    // A chain that somebody bent into a ring ends, too.
    next.delete(end);
    end = found;
  }
  return end;
}

function valuesOf({ who, targets }: Pick<Deed, "who" | "targets">): readonly string[] {
  return [who, ...targets];
}

function sealOf(value: string, wordOf: WordOf): string {
  const person = asUserId(value);
  return sha256([person === undefined ? "" : (wordOf(person) ?? "unknown"), value]);
}

function hashOf(
  { at, what, event, role, reason }: Omit<AuditEntry, "chain">,
  prev: string,
  seals: readonly string[],
): string {
  return sha256([prev, at, what, event, role ?? null, reason ?? null, ...seals]);
}

function sha256(parts: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
