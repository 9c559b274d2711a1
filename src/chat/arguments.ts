import type { View } from "../kernel/errors.ts";
import {
  asEventId,
  asRoomAlias,
  asRoomId,
  asUserId,
  type EventId,
  type RoomAlias,
  type RoomId,
  type UserId,
} from "../kernel/ids.ts";
import { plain } from "../kernel/plain.ts";
import { nearest } from "../kernel/nearest.ts";
import type { Token } from "./tokenize.ts";

/** A kind of value that commands take: how a token becomes a typed value, or why it does not. */
export interface ArgumentKind<T> {
  /** What usage lines show, as "url" in `add widget <url>`. */
  readonly label: string;
  /** True for one that takes all that follows, spaces and quotes as they were typed. Only the last parameter may be. */
  readonly rest?: boolean;
  /** True for one whose parts mean the same in any order, so that those with a key may stand behind the others. */
  readonly anyOrder?: boolean;
  /** What completion may offer, for a kind of a few fixed words. */
  readonly choices?: readonly string[];
  /** What it may offer beside whatever else can be said: by now, for it may change. */
  readonly offered?: () => readonly string[];
  /** Which types clients may build a value as; a text unless said otherwise. */
  readonly described?: readonly PrimitiveType[];
  read(token: Token): { readonly value: T } | Unread;
}

/** What clients know by itself as the type of a value (MSC4391, "Type schema"). */
export type PrimitiveType =
  "string" | "integer" | "boolean" | "user_id" | "room_id" | "room_alias" | "event_id";

/** The same kind, for which completion offers words. */
export function offering<T>(
  kind: ArgumentKind<T>,
  offered: () => readonly string[],
): ArgumentKind<T> {
  return { ...kind, offered };
}

/** Why a token is no value of a kind. */
export interface Unread {
  /** Names a template under `templates/en/argument/`, which says what was expected. */
  readonly problem: ArgumentProblem;
  readonly view?: View;
  /** What was most likely meant, in the token's place: the whole line with it is given to the template as `advice`. */
  readonly instead?: string | undefined;
}

/**
 * Every problem a kind can name, with what its template's view holds beside `label` (what was wanted), `said` (what was given) and `advice`.
 * Each has its template `templates/en/argument/<name>.mustache`.
 */
export const ARGUMENT_PROBLEMS = {
  "text-empty": [],
  "text-too-long": ["max"],
  "text-control": [],
  "text-later": [],
  "choice-unknown": ["choices"],
  "integer-invalid": ["min", "max"],
  "boolean-invalid": [],
  "user-invalid": [],
  "room-invalid": [],
  "event-invalid": [],
  "url-invalid": [],
  "url-no-scheme": [],
  "url-not-https": [],
  "url-userinfo": [],
  "url-too-long": ["max"],
  "settings-invalid": [],
  "settings-open": [],
  "settings-bare": [],
  "settings-flag": [],
  "day-invalid": [],
  "span-invalid": ["max"],
} as const satisfies Record<string, readonly string[]>;

export type ArgumentProblem = keyof typeof ARGUMENT_PROBLEMS;

// Control characters, and those that turn the direction of the words after them: a name with them could pass for another.
// eslint-disable-next-line no-control-regex -- the point is to refuse control characters
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

function readText(token: Token, max: number): { readonly value: string } | Unread {
  const value = token.text.trim();
  if (value === "") return { problem: "text-empty" };
  if (value.length > max) return { problem: "text-too-long", view: { max } };
  return UNSEEN.test(value) || !value.isWellFormed() ? { problem: "text-control" } : { value };
}

/** One word, or several in quotes. `max` in UTF-16 units. */
export function text(label: string, max = 200): ArgumentKind<string> {
  return { label, read: (token) => readText(token, max) };
}

/** One word, or several in quotes, but none of those that may only follow it: whoever begins with one has left this out. */
export function textBefore(
  label: string,
  later: readonly string[],
  max = 200,
): ArgumentKind<string> {
  return {
    label,
    read: (token) =>
      later.includes(plain(token.text)) ? { problem: "text-later" } : readText(token, max),
  };
}

/** Everything to the end of the line. `max` in UTF-16 units. */
export function restOfLine(label: string, max = 4_000): ArgumentKind<string> {
  return { label, rest: true, read: (token) => readText(token, max) };
}

/** One of a few words, in upper or lower case. */
export function word<const W extends string>(
  label: string,
  choices: readonly W[],
): ArgumentKind<W> {
  return {
    label,
    choices,
    read: ({ text: said }) => {
      const value = choices.find((choice) => choice.toLowerCase() === plain(said));
      return value === undefined
        ? { problem: "choice-unknown", view: { choices }, instead: nearest(said, choices) }
        : { value };
    },
  };
}

/** A whole number between two others, both allowed. */
export function integer(label: string, min: number, max: number): ArgumentKind<number> {
  return {
    label,
    described: ["integer"],
    read: ({ text: said }) => {
      const value = /^[+-]?\d{1,15}$/.test(said) ? Number(said) : Number.NaN;
      return value >= min && value <= max
        ? { value }
        : { problem: "integer-invalid", view: { min, max } };
    },
  };
}

/** A day in UTC, as 2026-11-23: its first millisecond since the epoch. */
export function day(label = "day"): ArgumentKind<number> {
  return {
    label,
    read: ({ text: said }) => {
      const value = /^20\d{2}-\d{2}-\d{2}$/.test(said) ? Date.parse(said) : Number.NaN;
      // Some days are counted on into the next month, as the 31st of November.
      const exists = !Number.isNaN(value) && new Date(value).toISOString().startsWith(said);
      return exists ? { value } : { problem: "day-invalid" };
    },
  };
}

const MAX_DAYS = 366;

/** So many days, or a month in UTC, as 2026-11: from its first millisecond to before the next month's, since the epoch. */
export function daysOrMonth(
  label = "days or month",
): ArgumentKind<{ readonly days: number } | { readonly from: number; readonly until: number }> {
  return {
    label,
    read: ({ text: said }) => {
      const days = /^\d{1,3}$/.test(said) ? Number(said) : 0;
      if (days >= 1 && days <= MAX_DAYS) return { value: { days } };
      const [, year, month] = /^(20\d{2})-(0[1-9]|1[0-2])$/.exec(said) ?? [];
      if (year === undefined) return { problem: "span-invalid", view: { max: MAX_DAYS } };
      return {
        value: {
          from: Date.UTC(Number(year), Number(month) - 1),
          until: Date.UTC(Number(year), Number(month)),
        },
      };
    },
  };
}

const YES = new Set(["yes", "on", "true", "1"]);
const NO = new Set(["no", "off", "false", "0"]);

/** Yes or no, in the usual words. */
export function boolean(label: string): ArgumentKind<boolean> {
  return {
    label,
    // What is built as a boolean is a flag.
    offered: () => ["yes", "no"],
    read: ({ text: said }) => {
      const answer = plain(said);
      return YES.has(answer)
        ? { value: true }
        : NO.has(answer)
          ? { value: false }
          : { problem: "boolean-invalid" };
    },
  };
}

/** Without the mark that clients put after a mention. */
function bare(said: string): string {
  return said.replace(/[:,]$/, "");
}

/** A person, by id, pill or link. */
export function userId(label = "user"): ArgumentKind<UserId> {
  return {
    label,
    described: ["user_id"],
    read: ({ text: said }) => {
      const value = asUserId(said) ?? asUserId(bare(said));
      return value === undefined ? { problem: "user-invalid" } : { value };
    },
  };
}

/** A room by id (with a server, or without one since version 12), alias, pill or link. */
export function room(label = "room"): ArgumentKind<RoomId | RoomAlias> {
  return {
    label,
    described: ["room_id", "room_alias"],
    read: ({ text: said }) => {
      const value =
        asRoomId(said) ?? asRoomAlias(said) ?? asRoomId(bare(said)) ?? asRoomAlias(bare(said));
      return value === undefined ? { problem: "room-invalid" } : { value };
    },
  };
}

/** An event, by id or link to a message. */
export function eventId(label = "event"): ArgumentKind<EventId> {
  return {
    label,
    described: ["event_id"],
    read: ({ text: said }) => {
      const value = asEventId(said);
      return value === undefined ? { problem: "event-invalid" } : { value };
    },
  };
}

/** UTF-16 units; longer ones are cut by browsers and proxies here and there. */
const MAX_URL = 2_048;
const HOST = /^(?:\[[0-9a-f:.]+\]|[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?)$/;

/**
 * An absolute `https://` address without user name or password in it. Nothing else is a web page everybody can open safely: `javascript:` and
 * `data:` run in the reader's client, a password would be shown to the whole room, and clients refuse http inside https.
 */
export function httpsUrl(label = "url"): ArgumentKind<URL> {
  return { label, read: ({ text: said }) => readUrl(said) };
}

function readUrl(said: string): { readonly value: URL } | Unread {
  if (said.length > MAX_URL) return { problem: "url-too-long", view: { max: MAX_URL } };
  // URL() would silently take out line breaks and turn "\" into "/": what people see must be what is opened.
  if (UNSEEN.test(said) || /[\s\\]/u.test(said) || !said.isWellFormed())
    return { problem: "url-invalid" };
  if (/^http:\/\/[^/]/i.test(said))
    return { problem: "url-not-https", instead: `https://${said.slice("http://".length)}` };
  if (!/^https:\/\/[^/]/i.test(said)) {
    const whole = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d{1,5})?(?:[/?#]|$)/i.test(said)
      ? parsed(`https://${said}`)
      : undefined;
    return whole === undefined
      ? { problem: "url-invalid" }
      : { problem: "url-no-scheme", instead: `https://${said}` };
  }
  const value = parsed(said);
  if (value === undefined) return { problem: "url-invalid" };
  return value.username === "" && value.password === "" ? { value } : { problem: "url-userinfo" };
}

function parsed(address: string): URL | undefined {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  return url?.protocol === "https:" && HOST.test(url.hostname) && url.href.length <= MAX_URL * 3
    ? url
    : undefined;
}
