import { NO_WORDS, YES_WORDS } from "../config/confirmation.ts";
import { ConfigError } from "../config/problems.ts";
import type { EventId, UserId } from "../kernel/ids.ts";
import { plain, trimmed } from "../kernel/plain.ts";
import type { RoomDocument } from "../store/room.ts";
import type { Command } from "./command.ts";
import type { Reacted, Spoken } from "./gate.ts";

/** A preview that waits for a yes, as the room's document keeps it. */
export type Pending = RoomDocument["pending"][number];

/** What somebody did that could be an answer to a preview. */
export type Reply =
  | (Reacted & { readonly person: UserId })
  | (Pick<Spoken, "kind" | "replyTo" | "thread" | "toOther"> & {
      readonly person: UserId;
      /** After Usher's name if it was addressed, else the body. */
      readonly line: string;
      /** True if it was said to Usher: by name, or in a direct chat. */
      readonly addressed: boolean;
      /** Only because nobody else is there to be spoken to. */
      readonly unnamed?: boolean;
    });

/** An answer to a preview. */
export interface Answered {
  /** `unclear`: neither yes nor no (`confirm-unclear`). `older`: it may be meant for this question or for a later one (`confirm-older`).
   * `elsewhere`: it replies to another message than the question (`confirm-elsewhere`). */
  readonly kind: "confirmed" | "declined" | "expired" | "unclear" | "older" | "elsewhere";
  readonly pending: Pending;
}

/** `none`: somebody told Usher yes or no, and nothing waits for that (`confirm-none`). */
export type Outcome = Answered | { readonly kind: "none" };

/** What words mean yes and no, as `plain` makes them. */
export interface AnswerWords {
  readonly yes: ReadonlySet<string>;
  readonly no: ReadonlySet<string>;
}

/** Usher's own words and the configuration's. Throws a `ConfigError` where one of these is a command or begins one: it could never be understood as that. */
export function answerWords(
  more: { readonly yes: readonly string[]; readonly no: readonly string[] },
  commands: readonly Command[],
): AnswerWords {
  const begin = new Set(
    commands.flatMap(({ words, aliases = [], unlisted }) =>
      unlisted === true ? [] : [words, ...aliases].map((name) => name.split(" ")[0]),
    ),
  );
  const problems = (["yes", "no"] as const).flatMap((list) =>
    more[list].flatMap((word, index) =>
      begin.has(plain(word))
        ? [`confirmation.${list}[${String(index)}] must not be a command or the beginning of one.`]
        : [],
    ),
  );
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    yes: new Set([...YES_WORDS, ...more.yes].map(plain)),
    no: new Set([...NO_WORDS, ...more.no].map(plain)),
  };
}

const YES_KEYS = new Set(["✅", "✔", "☑", "👍"]);
const NO_KEYS = new Set(["❌", "✖", "❎", "🚫", "👎"]);

/** Skin colours: the same sign in another dress. */
const DRESS = /\p{Emoji_Modifier}/gu;

/** What may follow a yes or no. */
const COURTESY = new Set(["please", "pls", "thanks", "thank you", "do it", "go ahead"]);

/**
 * What people say for yes or no in other places and languages. In a room it may be said to somebody else, so it counts as neither; but who may
 * have meant Usher is told what counts.
 */
const HALF_WORDS = new Set(
  [
    "ok",
    "okay",
    "k",
    "sure",
    "yep",
    "yup",
    "yeah",
    "yea",
    "go",
    "go ahead",
    "do it",
    "fine",
    "nah",
    "never mind",
    "nevermind",
  ].concat([
    "ja",
    "jo",
    "oui",
    "si",
    "sí",
    "sim",
    "da",
    "да",
    "tak",
    "ano",
    "evet",
    "hai",
    "はい",
    "是",
    "nein",
    "non",
    "não",
    "nej",
    "нет",
    "nie",
  ]),
);

/**
 * Whether this is somebody's answer to a preview, and what follows. Only the person who asked can answer, in the same room and thread, within the
 * time: by saying yes or no, to Usher or just so, by a reply to the preview itself from anywhere in the room, or by a reaction to it. The newest preview
 * is meant unless the message is a reply to another, and none that its person has left behind by asking for something else. Undefined where it is no answer: it is then to be read like any other message.
 *
 * Bare words in a room are people's everyday talk: unless they fit a preview that waits, they are nobody's business.
 */
export function confirmation(
  waiting: readonly Pending[],
  reply: Reply,
  now: number,
  words: AnswerWords,
): Outcome | undefined {
  return reply.kind === "reaction"
    ? byReaction(waiting, reply, now)
    : byWords(waiting, reply, now, words);
}

/** Whether a sign is a yes or a no. */
export function isAnswerKey(sign: string): boolean {
  return answerKey(sign) !== undefined;
}

function answerKey(sign: string): boolean | undefined {
  const key = plain(sign).replaceAll(DRESS, "");
  return YES_KEYS.has(key) ? true : NO_KEYS.has(key) ? false : undefined;
}

function byReaction(
  waiting: readonly Pending[],
  reply: Extract<Reply, { kind: "reaction" }>,
  now: number,
): Outcome | undefined {
  const yes = answerKey(reply.key);
  if (yes === undefined) return undefined;
  const pending = waiting.find(
    ({ preview, person }) => preview === reply.target && person === reply.person,
  );
  return pending === undefined ? undefined : settled(pending, yes, now);
}

/** Yes or no, and no more than a courtesy beside it: true or false; undefined for any other words. */
function answerIn(line: string, { yes, no }: AnswerWords): boolean | undefined {
  const said = bare(line);
  const sign = said.replaceAll(DRESS, "");
  if (YES_KEYS.has(sign)) return true;
  if (NO_KEYS.has(sign)) return false;
  const [, first = said, courtesy] = /^([^\s,]+),?\s+(.*)$/u.exec(said) ?? [];
  const word = courtesy !== undefined && COURTESY.has(courtesy) ? first : said;
  return yes.has(word) ? true : no.has(word) ? false : undefined;
}

/** As words are compared, without the marks that end a sentence. */
function bare(line: string): string {
  const said = trimmed(plain(line));
  return said.length > MAX_ANSWER ? said : said.replace(/\s?[.!,]{1,3}$/u, "");
}

/** UTF-16 units; no answer is longer. */
const MAX_ANSWER = 80;

/** Whether a line is what people say for yes or no elsewhere, alone or with a courtesy: "ok do it", "sure, go ahead", "ok yes". */
function isHalf(line: string, words: AnswerWords): boolean {
  const said = bare(line);
  const [, first = "", more = ""] = /^([^\s,]+),?\s+(.*)$/u.exec(said) ?? [];
  return (
    HALF_WORDS.has(said) ||
    (HALF_WORDS.has(first) &&
      (COURTESY.has(more) || HALF_WORDS.has(more) || answerIn(more, words) !== undefined))
  );
}

/** What a line says of itself, whatever it answers: undefined where it is neither a yes nor a no, and "half" where it may be one. */
export function saysYes(line: string, words: AnswerWords): boolean | "half" | undefined {
  return answerIn(line, words) ?? (isHalf(line, words) ? "half" : undefined);
}

/** Whether a line is a yes or a no. */
export function isAnswer(line: string, words: AnswerWords): boolean {
  return answerIn(line, words) !== undefined;
}

function byWords(
  waiting: readonly Pending[],
  reply: Extract<Reply, { kind: "message" }>,
  now: number,
  words: AnswerWords,
): Outcome | undefined {
  const mine = waiting.filter(({ person }) => person === reply.person);
  const chosen = mine.find(
    ({ preview, event }) => preview === reply.replyTo || event === reply.replyTo,
  );
  // A bare "yes" that replies to something else answers that, not Usher.
  const elsewhere = reply.replyTo !== undefined || reply.toOther === true;
  const here =
    elsewhere && (!reply.addressed || reply.unnamed === true)
      ? []
      : mine.filter((one) => inPlace(one, reply.thread));
  const pending = chosen ?? newest(here.filter(({ older }) => older !== true));

  const yes = answerIn(reply.line, words);
  const left =
    pending === undefined ? newest(here.filter(({ expiresAt }) => now < expiresAt)) : undefined;
  // A no harms nothing, whichever is meant: that one waits no longer, and is not asked about again at the next no.
  if (left !== undefined && yes === false) return { kind: "declined", pending: left };
  if (left !== undefined && (yes === true || isHalf(reply.line, words)))
    return { kind: "older", pending: left };
  // In a chat of two whoever replies to Usher's last word means its question, but says yes to something else.
  const missed =
    reply.unnamed === true && reply.replyTo !== undefined && pending === undefined
      ? newest(mine.filter((one) => inPlace(one, reply.thread) && now < one.expiresAt))
      : undefined;
  if (missed !== undefined && (yes !== undefined || isHalf(reply.line, words)))
    return { kind: "elsewhere", pending: missed };
  if (yes === undefined) {
    const meant = isHalf(reply.line, words) || (chosen !== undefined && !reply.addressed);
    return meant && pending !== undefined && now < pending.expiresAt
      ? { kind: "unclear", pending }
      : undefined;
  }
  const outcome = pending === undefined ? ({ kind: "none" } as const) : settled(pending, yes, now);
  const silent =
    !reply.addressed &&
    (outcome.kind === "none" || (outcome.kind === "expired" && chosen === undefined));
  return silent ? undefined : outcome;
}

/** In the thread where it was asked, or in one that somebody began at the preview. */
function inPlace(pending: Pending, thread: EventId | undefined): boolean {
  return thread === pending.thread || thread === pending.preview;
}

function newest(pending: readonly Pending[]): Pending | undefined {
  return pending.reduce<Pending | undefined>(
    (a, b) => (a !== undefined && a.expiresAt > b.expiresAt ? a : b),
    undefined,
  );
}

function settled(pending: Pending, yes: boolean, now: number): Outcome {
  if (now >= pending.expiresAt) return { kind: "expired", pending };
  return { kind: yes ? "confirmed" : "declined", pending };
}
