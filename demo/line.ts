import { DAY_MS, HOUR_MS } from "../src/kernel/days.ts";

/** What a typed line asks of the demo. */
export type Line =
  | { readonly kind: "say"; readonly body: string }
  | { readonly kind: "dm" | "help" | "quit" | "nothing" }
  | { readonly kind: "room" | "as"; readonly name: string }
  | { readonly kind: "level"; readonly name: string; readonly level: number }
  | { readonly kind: "react"; readonly emoji: string }
  | { readonly kind: "clock"; readonly aheadMs: number }
  | { readonly kind: "peers" }
  | { readonly kind: "irc"; readonly text: string }
  | { readonly kind: "send"; readonly path: string }
  | { readonly kind: "reply"; readonly body: string }
  | { readonly kind: "wrong"; readonly sentence: string };

export const HELP = [
  "/dm              a direct chat with Usher",
  "/room NAME       another room with Usher, or back to one: /room Demo",
  "/as NAME         go on as another person, made on the fly, with power 0; back: /as you",
  "/level NAME N    give somebody the power level N in this room, as its creator: /level Usher 0",
  "/react EMOJI     react to Usher's last message here",
  "/send FILE       send a picture or another file of this machine: /send assets/usher.png",
  "/reply WORDS     say that as an answer to the last picture or file here",
  "/clock           what time it is for Usher; /clock +15d moves that on, as if nobody had been here for 15 days",
  "/peers           starts an IRC server and a bridge to it, on this machine: then !usher add bridge irc #demo",
  "/irc WORDS       says that on IRC, in #demo",
  "/help            this",
  "/quit            end (Ctrl-D does it too)",
  "Everything else is said in the room; //text says /text.",
].join("\n");

/** A name that can be an account's: what Matrix allows in a localpart, without the rarer signs. */
const NAME = /^@?([a-z0-9][a-z0-9._-]{0,40})$/i;

export function parseLine(text: string): Line {
  const line = text.trim();
  if (line === "") return { kind: "nothing" };
  if (line.startsWith("//")) return { kind: "say", body: line.slice(1) };
  if (!line.startsWith("/")) return { kind: "say", body: text };
  const [word = "", ...rest] = line.split(/\s+/);
  const [first = "", second = ""] = rest;
  const name = NAME.exec(first)?.[1]?.toLowerCase();
  switch (word) {
    case "/dm":
    case "/help":
    case "/quit":
      return { kind: word.slice(1) as "dm" | "help" | "quit" };
    case "/room":
      return rest.length === 0
        ? wrong("Which room? /room NAME")
        : { kind: "room", name: rest.join(" ") };
    case "/as":
      return name === undefined || rest.length > 1
        ? wrong("As whom? /as NAME, in one word of letters and digits.")
        : { kind: "as", name };
    case "/level":
      return name === undefined || !/^-?\d{1,15}$/.test(second) || rest.length > 2
        ? wrong("Whose level, and which? /level NAME N, such as /level Usher 50")
        : { kind: "level", name, level: Number(second) };
    case "/clock":
      return clockIn(rest);
    case "/peers":
      return { kind: "peers" };
    case "/irc":
      return first === ""
        ? wrong("What is to be said on IRC? /irc WORDS")
        : { kind: "irc", text: rest.join(" ") };
    case "/send":
      return first === ""
        ? wrong("Which file? /send FILE, such as /send assets/usher.png")
        : { kind: "send", path: line.slice("/send".length).trim() };
    case "/reply":
      return first === ""
        ? wrong("What is to be said? /reply WORDS")
        : { kind: "reply", body: line.slice("/reply".length).trim() };
    case "/react":
      return first === "" || rest.length > 1
        ? wrong("With what? /react EMOJI, such as /react ✅")
        : { kind: "react", emoji: first };
    default:
      return wrong(`There is no ${word}. /help says what there is; //text says /text in the room.`);
  }
}

/** No more at once than anything is kept. */
const MOST_DAYS = 999;

function clockIn([by, ...rest]: readonly string[]): Line {
  if (by === undefined) return { kind: "clock", aheadMs: 0 };
  const [, count, unit] = /^\+(\d{1,6})([hd])$/.exec(by) ?? [];
  const aheadMs = Number(count) * (unit === "d" ? DAY_MS : HOUR_MS);
  return rest.length === 0 && aheadMs > 0 && aheadMs <= MOST_DAYS * DAY_MS
    ? { kind: "clock", aheadMs }
    : wrong(
        `How far? /clock +15d moves the clock on by days, /clock +3h by hours, by ${String(MOST_DAYS)} days at most. It never goes back.`,
      );
}

function wrong(sentence: string): Line {
  return { kind: "wrong", sentence };
}
