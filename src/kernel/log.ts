import { createHmac, randomBytes } from "node:crypto";
import { pino, type DestinationStream } from "pino";
import type { RoomId, UserId } from "./ids.ts";

/** What a person or a room is called in the log. Only `pseudonym` makes one: an id itself does not compile there. */
export type Pseudonym<I extends UserId | RoomId> = string & { readonly __pseudonymOf: I };

/**
 * The only fields a log line may carry (R55, R59), each in a record of the data map (`src/privacy/logFields.ts`). None can hold message text,
 * a token, or an id of a person or room: these appear as `who` and `where`, keyed pseudonyms, whose key lives as long as the process.
 */
export interface LogFields {
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

/** A line of declared fields alone: another does not compile, also where it comes along with what is spread into the line. */
type Line<F extends LogFields> = F & { readonly [K in Exclude<keyof F, keyof LogFields>]: never };

export interface Log {
  debug<F extends LogFields>(fields: Line<F>): void;
  info<F extends LogFields>(fields: Line<F>): void;
  warn<F extends LogFields>(fields: Line<F>): void;
  error<F extends LogFields>(fields: Line<F>): void;
}

export type LogLevel = "debug" | "info" | "warn" | "error" | "silent";

const FIELDS: readonly (keyof LogFields)[] = [
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

/** A log that writes JSON lines to the given stream (standard error by default) and drops every field that is not listed. */
export function createLog(
  level: LogLevel,
  destination: DestinationStream = pino.destination({ fd: 2, sync: true }),
): Log {
  const logger = pino({ level, base: null }, destination);
  const only = (fields: LogFields): Record<string, unknown> =>
    Object.fromEntries(
      FIELDS.filter((name) => fields[name] !== undefined).map((name) => [name, fields[name]]),
    );
  return {
    debug: (fields) => {
      logger.debug(only(fields));
    },
    info: (fields) => {
      logger.info(only(fields));
    },
    warn: (fields) => {
      logger.warn(only(fields));
    },
    error: (fields) => {
      logger.error(only(fields));
    },
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

const key = randomBytes(32);

/** A name for a person or a room in the log: the same within this process, meaningless outside it. */
export function pseudonym<I extends UserId | RoomId>(id: I): Pseudonym<I> {
  return createHmac("sha256", key).update(id).digest("base64url").slice(0, 10) as Pseudonym<I>;
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
