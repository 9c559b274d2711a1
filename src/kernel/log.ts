import { createHmac, randomBytes } from "node:crypto";
import { pino, type Logger } from "pino";
import { systemClock, type Clock } from "./clock.ts";
import { dayOf } from "./days.ts";
import type { RoomId, UserId } from "./ids.ts";

/** What a person or a room is called in the log. Only `pseudonym` makes one: an id itself does not compile there. */
export type Pseudonym<I extends UserId | RoomId> = string & { readonly __pseudonymOf: I };

/**
 * How long a line stays, and what it may be about: each class has a record of the data map (`src/privacy/logClasses.ts`) and files of its own.
 * `bot` is about people who use Usher, `bridge` about those who are bridged, `access` about those who come over the web, `audit` says what was done
 * with what is kept about people, and `ops` is about Usher itself.
 */
export const LOG_CLASS_NAMES = ["bot", "bridge", "access", "audit", "ops"] as const;
export type LogClass = (typeof LOG_CLASS_NAMES)[number];

/**
 * The only fields a log line may carry (R55, R59), each in the data map (`src/privacy/logFields.ts`). None can hold message text,
 * a token, or an id of a person or room: these appear as `who` and `where`, keyed pseudonyms, whose key lives as long as the day, or the process.
 */
export interface LogFields {
  /** Nothing comes over the web so far, so no line is of the class `access`. */
  readonly class: Exclude<LogClass, "access">;
  /** A stable word for what happened, as `sync.failed`. */
  readonly what: string;
  readonly who?: Pseudonym<UserId>;
  readonly where?: Pseudonym<RoomId>;
  /** The words of the command's definition, never its arguments. */
  readonly command?: string;
  /** An error code of ours, an `M_…` code, or the name of an error class. */
  readonly code?: string;
  readonly status?: number;
  readonly reference?: string;
  readonly count?: number;
  readonly ms?: number;
  /** Where an unexpected error was thrown: file names and lines of our own code, without its message. */
  readonly stack?: string;
}

/** What can be about somebody: none of it is in a line of the class `ops`, which is kept longest. */
type OfSomebody = "who" | "where" | "command" | "reference";
type FieldsOf<C> = C extends "ops" ? Exclude<keyof LogFields, OfSomebody> : keyof LogFields;

/** A line of the fields of its class alone: another does not compile, also where it comes along with what is spread into the line. */
type Line<F extends LogFields> = F & {
  readonly [K in Exclude<keyof F, FieldsOf<F["class"]>>]: never;
};

export interface Log {
  debug<F extends LogFields>(fields: Line<F>): void;
  info<F extends LogFields>(fields: Line<F>): void;
  warn<F extends LogFields>(fields: Line<F>): void;
  error<F extends LogFields>(fields: Line<F>): void;
}

export type LogLevel = "debug" | "info" | "warn" | "error" | "silent";

const FIELDS: readonly (keyof LogFields)[] = [
  "class",
  "what",
  "who",
  "where",
  "command",
  "code",
  "status",
  "reference",
  "count",
  "ms",
  "stack",
];

/** Takes what is logged, line by line, each with its end of line. */
export interface LogDestination {
  write(line: string, of: LogClass): void;
}

/** What another program reads that started this one. */
export const standardError: LogDestination = pino.destination({ fd: 2, sync: true });

/** A log that writes JSON lines, each to where its class goes (standard error where nothing is said), and drops every field that is not listed. */
export function createLog(
  level: LogLevel,
  destination: LogDestination = standardError,
  clock: Clock = systemClock,
): Log {
  const timestamp = (): string => `,"time":${String(clock.now())}`;
  const loggerOf = (of: LogClass): Logger =>
    pino(
      { level, base: null, timestamp },
      {
        write: (line) => {
          destination.write(line, of);
        },
      },
    );
  const loggers = Object.fromEntries(LOG_CLASS_NAMES.map((of) => [of, loggerOf(of)])) as Readonly<
    Record<LogClass, Logger>
  >;
  const writing =
    (at: keyof Log) =>
    (fields: LogFields): void => {
      loggers[fields.class][at](
        Object.fromEntries(
          FIELDS.filter((name) => fields[name] !== undefined).map((name) => [name, fields[name]]),
        ),
      );
    };
  return {
    debug: writing("debug"),
    info: writing("info"),
    warn: writing("warn"),
    error: writing("error"),
  };
}

/** Who else hears a log's lines. The first that comes hears what was said before it, too. */
export class LogListeners {
  readonly #listeners: ((line: LogFields) => void)[] = [];
  #before: LogFields[] = [];

  add(listener: (line: LogFields) => void): void {
    this.#listeners.push(listener);
    for (const line of this.#before.splice(0)) listener(line);
  }

  tell(line: LogFields): void {
    if (this.#listeners.length === 0) this.#before = [...this.#before, line].slice(-KEPT);
    for (const listen of this.#listeners) listen(line);
  }
}

/** Lines that are kept for who listens first. */
const KEPT = 200;

/** The same log, of which some also hear. */
export function heardBy(log: Log, listeners: LogListeners): Log {
  const telling =
    (level: keyof Log) =>
    (fields: LogFields): void => {
      log[level](fields);
      listeners.tell(fields);
    };
  return {
    debug: telling("debug"),
    info: telling("info"),
    warn: telling("warn"),
    error: telling("error"),
  };
}

export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

let time: Clock = systemClock;
let key = { day: "", bytes: randomBytes(32) };

/** From now on the day of pseudonyms is the one of this clock. */
export function pseudonymsBy(clock: Clock): void {
  time = clock;
}

/** Throws the key away: nobody can tell any more whose the lines so far are. */
export function forgetPseudonyms(): void {
  key.bytes.fill(0);
  key = { day: key.day, bytes: randomBytes(32) };
}

/**
 * A name for a person or a room in the log: the same within this day (UTC) and process, meaningless outside them. Its key is nowhere but in memory, and
 * is overwritten when the day is over: from then on nobody can tell whose the lines of that day are.
 */
export function pseudonym<I extends UserId | RoomId>(id: I): Pseudonym<I> {
  const day = dayOf(time.now());
  if (day !== key.day) {
    forgetPseudonyms();
    key.day = day;
  }
  return createHmac("sha256", key.bytes)
    .update(id)
    .digest("base64url")
    .slice(0, 10) as Pseudonym<I>;
}

/** The class and place of an unexpected error, without its message, which could quote anything. */
export function errorFields(error: unknown): Pick<LogFields, "code" | "stack"> {
  if (!(error instanceof Error)) return { code: typeof error };
  const whole = error.stack ?? "";
  // A line of the message could look like a place.
  const places = whole.includes(error.message)
    ? whole.slice(whole.indexOf(error.message) + error.message.length)
    : "";
  const stack = places
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 6)
    .map((line) => line.trim())
    .join(" | ");
  return { code: error.name, ...(stack === "" ? {} : { stack }) };
}
