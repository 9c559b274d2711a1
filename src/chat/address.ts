import type { UserId } from "../kernel/ids.ts";
import { endOfWords } from "../kernel/plain.ts";
import type { Spoken } from "./gate.ts";
import { wrappedLinkAt } from "./links.ts";

/** A line that was said to Usher. */
export interface Addressed {
  /** The command: the first line of the message, without Usher's name, and with the target's id in place of every pill. */
  readonly line: string;
  /** How Usher was called, to be repeated in what it explains: "!usher", "Usher:", or "" where nothing was needed and nothing was said. */
  readonly calledAs: string;
}

/** What Usher answers to in a room. */
export interface Names {
  readonly me: UserId;
  readonly displayName: string | undefined;
  /** As configured, for example "!usher" and "!im". */
  readonly prefixes: readonly string[];
  /** In a room of exactly the person and Usher nothing needs to be said, and everything may. */
  readonly direct: boolean;
  /**
   * Whether a line begins like a command. A display name can be a common word ("Helper list our rooms"), so without a colon, a comma or a
   * mention it calls Usher only before a command.
   */
  isCommand(line: string): boolean;
}

/**
 * Whether a message is said to Usher, and what: by a prefix, a pill or Usher's id, or its name, each at the start and as a whole word, in
 * upper or lower case, with or without ":" or ",". Usher's name later in a sentence is talk about it, not to it. Only the first line counts:
 * what follows it is for the people in the room.
 */
export function addressed(
  message: Pick<Spoken, "line" | "mentions">,
  names: Names,
): Addressed | undefined {
  const { line } = message;
  const called =
    byPrefix(line, names) ??
    byId(line, names) ??
    byName(line, message.mentions.has(names.me), names);
  return called ?? (names.direct && line !== "" ? { line, calledAs: "" } : undefined);
}

function byPrefix(line: string, names: Names): Addressed | undefined {
  for (const prefix of names.prefixes) {
    const rest = after(line, prefix);
    if (rest !== undefined) return { line: rest.text, calledAs: prefix };
    // Phones put a space behind the mark; what follows must then be a command, for "! im late" is talk.
    const apart = after(line.replace(/^(\p{P})\s+/u, "$1"), prefix);
    if (apart !== undefined && names.isCommand(apart.text))
      return { line: apart.text, calledAs: prefix };
  }
  return undefined;
}

/** By Usher's own id: typed, as a pill (which stands in the line as the id by now), or as a wrapped link. */
function byId(line: string, names: Names): Addressed | undefined {
  const link = wrappedLinkAt(line, 0);
  const rest = link?.text === names.me ? afterWord(line, link.end) : after(line, names.me);
  return rest === undefined
    ? undefined
    : { line: rest.text, calledAs: named(shownName(names) ?? names.me) };
}

function byName(line: string, mentioned: boolean, names: Names): Addressed | undefined {
  const local = names.me.slice(0, names.me.indexOf(":"));
  const display = shownName(names);
  for (const name of display === undefined ? [local] : [display, `@${display}`, local]) {
    const rest = after(line, name);
    if (rest === undefined) continue;
    const alone = names.direct && rest.text === "" && !names.isCommand(line);
    if (mentioned || rest.marked || alone || (rest.text !== "" && names.isCommand(rest.text)))
      return { line: rest.text, calledAs: named(name) };
  }
  return undefined;
}

function shownName(names: Names): string | undefined {
  const name = names.displayName?.trim();
  return name === "" ? undefined : name;
}

function named(name: string): string {
  return `${name}:`;
}

interface Rest {
  readonly text: string;
  /** True where a colon or comma followed the name. */
  readonly marked: boolean;
}

/** What nobody sees may stand anywhere among it. */
const AFTER_NAME =
  /^\p{Default_Ignorable_Code_Point}*(?<mark>[:,\uff1a\uff0c]?)\p{Default_Ignorable_Code_Point}*(?:\s[\s\p{Default_Ignorable_Code_Point}]*|$)/u;

/** What follows the name at the line's start, if the name is there as a whole word. */
function after(line: string, name: string): Rest | undefined {
  const end = endOfWords(line, name);
  return end === undefined ? undefined : afterWord(line, end);
}

function afterWord(line: string, end: number): Rest | undefined {
  const next = AFTER_NAME.exec(line.slice(end));
  return next === null
    ? undefined
    : { text: line.slice(end + next[0].length), marked: next.groups?.["mark"] !== "" };
}
