import { HOUR_MS } from "../../kernel/days.ts";
import { createHash, randomBytes, randomInt } from "node:crypto";
import { digest, type EventId, type RoomId, type UserId } from "../../kernel/ids.ts";
import { plain } from "../../kernel/plain.ts";
import { keptMs } from "../../privacy/kept.ts";
import { ERASURE } from "../../privacy/records/rights.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Documents } from "../../store/documents.ts";
import { erasureDocument, type ErasureRequest } from "../../store/erasures.ts";

/** How long a word can be said, and how long one that is confirmed can be called off; ms. */
const WORD_MS = 600_000;
const COOLING_MS = keptMs(ERASURE);
/** How many words may be said. */
export const TRIES = 5;

/** How much longer each time what could not be erased waits for the next try, and at most; ms. */
const LONGEST_WAIT_MS = 24 * HOUR_MS;

const CONSONANTS = "bdfgjklmnprstvz";
const VOWELS = "aeiou";

/** A word that nobody says by chance and anybody can type: of about 37 bits, for ten minutes and five tries. */
export function makeWord(): string {
  const pick = (letters: string): string => letters.charAt(randomInt(letters.length));
  return Array.from({ length: 6 }, () => pick(CONSONANTS) + pick(VOWELS)).join("");
}

export function makeReceipt(): { readonly id: string; readonly secret: string } {
  return { id: randomBytes(6).toString("hex"), secret: randomBytes(16).toString("hex") };
}

/** A word or a secret as it is stored: in upper or lower case, with a full stop or in quotation marks it is the same. */
export function hashOf(said: string): string {
  return createHash("sha256").update(plain(said).replace(AROUND, "")).digest("hex");
}

/** What is neither a letter nor a digit, at both ends. */
const AROUND = /^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu;

/** Whether it has been confirmed, so that another question changes nothing. */
export function isUnderWay({ state }: ErasureRequest): boolean {
  return state !== "asked";
}

/** The command that asks, and the room where it is answered. */
interface Asked {
  readonly event: EventId;
  readonly room: RoomId;
  /** As `deviceMark` has it; undefined where it cannot be told. */
  readonly device: string | undefined;
}

/** A device of a person's as it is stored: it is told from their others by that, and not found by it. */
export function deviceMark(person: UserId, device: string | undefined): string | undefined {
  return device === undefined ? undefined : digest("device", person, device);
}

/** The request with this question, which replaces an earlier one. After a crash the same one may have been asked with another word: both count. */
export function withQuestion(
  known: ErasureRequest | undefined,
  question: Pick<ErasureRequest, "person" | "at" | "only" | "now"> & Asked,
  word: string,
): ErasureRequest {
  if (known !== undefined && isUnderWay(known)) return known;
  const words = known?.event === question.event ? known.words : [];
  const { device, ...asked } = question;
  return {
    ...asked,
    ...(device === undefined ? {} : { device }),
    ...{ words: [...words, hashOf(word)], wrong: 0, state: "asked" },
  };
}

/** Whether everything is meant, and not one room, kind or thing alone. */
function meansAll({ only = {} }: ErasureRequest): boolean {
  return Object.values(only).every((one) => one === undefined);
}

/** The request of somebody whose account is deactivated since `deactivatedAt`: everything goes, at once, and nobody is left to be told. */
export function withDeactivation(
  known: ErasureRequest | undefined,
  person: UserId,
  deactivatedAt: number,
): ErasureRequest {
  if (known?.work !== undefined && meansAll(known)) return { ...known, deactivatedAt };
  return { ...unasked(person, deactivatedAt), deactivatedAt };
}

/** An erasure of everything that nobody asked for; since then, ms since the epoch. */
export function unasked(person: UserId, at: number): ErasureRequest {
  return { person, at, now: true, words: [], wrong: 0, state: "running" };
}

/** The request of somebody who did not ask for it: everything goes, at once. One of everything that has begun stays. */
export function withReport(
  known: ErasureRequest | undefined,
  person: UserId,
  at: number,
): ErasureRequest {
  return known?.work !== undefined && meansAll(known) ? known : unasked(person, at);
}

/** Whether it is still the request of then: that may have been called off meanwhile and another confirmed, or their account was deactivated. */
export function isStill(
  then: ErasureRequest,
  now: ErasureRequest | undefined,
): now is ErasureRequest {
  return now !== undefined && now.confirmedBy === then.confirmedBy;
}

/** What somebody said to confirm. */
interface Confirming extends Asked {
  readonly word: string;
  /** Ms since the epoch. */
  readonly now: number;
}

export interface Confirmed {
  /** The request after it; undefined where there is none any more. */
  readonly request: ErasureRequest | undefined;
  /** `none`: nothing waits for a word in this room. `other-device`: another one asked. `spent`: that was the last try. */
  readonly is: "confirmed" | "none" | "expired" | "other-device" | "wrong" | "spent";
}

/** What a word does: the right one in the right room, from the device that asked, in time confirms; the fifth wrong one ends it. Safe to repeat for the same event. */
export function withWord(
  known: ErasureRequest | undefined,
  { event, room, device, word, now }: Confirming,
): Confirmed {
  if (known?.confirmedBy === event) return { request: known, is: "confirmed" };
  if (known?.state !== "asked" || known.room !== room) return { request: known, is: "none" };
  if (isLapsed(known, now)) return { request: undefined, is: "expired" };
  if (known.device !== undefined && known.device !== device)
    return { request: known, is: "other-device" };
  if (known.words.includes(hashOf(word))) {
    const due = known.now ? now : now + COOLING_MS;
    return {
      request: {
        ...known,
        words: [],
        state: known.now ? "running" : "cooling",
        confirmedBy: event,
        due,
      },
      is: "confirmed",
    };
  }
  const wrong = known.wrong + 1;
  if (wrong >= TRIES) return { request: undefined, is: "spent" };
  return { request: { ...known, wrong }, is: "wrong" };
}

/** Whether it was asked and can be confirmed no longer. */
export function isLapsed({ state, at }: ErasureRequest, now: number): boolean {
  return state === "asked" && now >= at + WORD_MS;
}

/** Whether there is something to erase now. */
export function isDue({ state, due = 0 }: ErasureRequest, now: number): boolean {
  return state === "running" || (state !== "asked" && due <= now);
}

/** The request where something is left: it is tried again later. Its person has the receipt's secret by now. */
export function putOff(
  request: ErasureRequest,
  { secret: _, ...work }: NonNullable<ErasureRequest["work"]>,
  now: number,
): ErasureRequest {
  const due = now + waitAfter(work.tries);
  return { ...request, state: "partial", due, work: { ...work, tries: work.tries + 1 } };
}

/** How long to wait after so many tries; ms. */
export function waitAfter(tries: number): number {
  return Math.min(HOUR_MS * 2 ** tries, LONGEST_WAIT_MS);
}

/** Forgets questions that can be confirmed no longer. */
export async function sweepQuestions(documents: Documents, clock: Clock): Promise<void> {
  const now = clock.now();
  for await (const { id, document } of documents.scan(erasureDocument))
    if (document.request === undefined || isLapsed(document.request, now))
      await documents.delete(erasureDocument, id);
}
