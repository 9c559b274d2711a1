import { random } from "./random.ts";

/** Who and what generated messages speak of. */
export interface Scene {
  readonly me: string;
  readonly displayName: string;
  readonly prefixes: readonly [string, ...string[]];
  /** Somebody else in the room, whose name begins like Usher's. */
  readonly other: string;
  /** Events that relations can point to; any ids will do. */
  readonly events: readonly [string, ...string[]];
}

export interface GeneratedMessage {
  readonly type: "m.room.message" | "m.reaction";
  readonly content: Record<string, unknown>;
  /** Whether it is said to Usher: then, and only then, Usher may answer in a room of several people. */
  readonly addressed: boolean;
  /** What makes it special, for a failing test's message. */
  readonly what: string;
}

const COMMANDS = [
  "help",
  "list",
  "status",
  "privacy",
  "help add widget",
  "add widget",
  "add widgt https://example.org",
  "remove nothing",
  "yes",
  "frobnicate",
  "",
];
const VALUES = [
  "https://example.org/board",
  "http://example.org",
  "javascript:alert(1)",
  "https://u:p@example.org",
  'name="Team notes"',
  "name=“Team",
  "--yes",
  "--",
  "key=",
  "<https://example.org>",
  "[x](https://example.org)",
  "https://matrix.to/#/%E0%A4%A",
  "matrix:u/alice:example.org",
  "'",
  "\\",
];
const TALK = [
  "good morning",
  "what does Usher do?",
  "I asked !usher help yesterday",
  "the usher, I think",
  "> quoted",
  "`!usher help`",
  "yes",
  "no",
  "✅",
  "\u0000",
  "\ud800",
];
const ODD: readonly unknown[] = [
  null,
  undefined,
  true,
  0,
  -1,
  1e308,
  "",
  "text",
  [],
  [[]],
  {},
  { a: 1 },
  [null],
  ["@x:y"],
  { user_ids: 7 },
  { event_id: {} },
];
const ENDINGS = [
  "",
  "\n",
  "\n!usher help",
  " \u202e",
  "\u0000",
  " 👩‍👩‍👧‍👦",
  " " + "a".repeat(3_000),
  " " + '"'.repeat(50),
  " <".repeat(50),
];

/**
 * An endless stream of messages as people, odd clients and attackers might send them: bodies, HTML, mentions, relations, reactions, malformed
 * content of every kind; the same for the same seed. Some are said to Usher, and each says whether it is.
 */
export function* generateMessages(seed: number, scene: Scene): Generator<GeneratedMessage, never> {
  const next = random(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T;
  const maybe = (chance: number): boolean => next() < chance;
  const pill = (id: string, label: string): string =>
    pick([
      `<a href="https://matrix.to/#/${id}">${label}</a>`,
      `<a href='https://matrix.to/#/${encodeURIComponent(id)}?via=x'>${label}</a>`,
      `<A  HREF=matrix:u/${id.slice(1)}>${label}</A>`,
    ]);
  const html = (formatted: string): Record<string, unknown> => ({
    format: "org.matrix.custom.html",
    formatted_body: formatted,
  });
  const line = (): string =>
    [pick(COMMANDS), ...Array.from({ length: Math.floor(next() * 3) }, () => pick(VALUES))]
      .join(" ")
      .trim();
  const noise = (): string =>
    Array.from({ length: Math.floor(next() * 40) }, () =>
      String.fromCharCode(Math.floor(next() * 0xffff)),
    ).join("");
  const message = (body: unknown, more: Record<string, unknown> = {}): Record<string, unknown> => ({
    msgtype: "m.text",
    body,
    ...more,
  });
  const relation = (): Record<string, unknown> => {
    const event = pick(scene.events);
    return pick([
      { "m.relates_to": { "m.in_reply_to": { event_id: event } } },
      {
        "m.relates_to": {
          rel_type: "m.thread",
          event_id: event,
          is_falling_back: true,
          "m.in_reply_to": { event_id: event },
        },
      },
      { "m.relates_to": { rel_type: "org.example.unknown", event_id: event } },
      { "m.relates_to": pick(ODD) },
      { "m.mentions": pick(ODD) },
      { "m.mentions": { user_ids: [scene.other, ...(maybe(0.5) ? [5] : [])] } },
      {},
    ]);
  };

  const toUsher = (): Record<string, unknown> => {
    const said = `${line()}${pick(ENDINGS)}`;
    const name = scene.displayName;
    return pick([
      () => message(`${pick(scene.prefixes)} ${said}`),
      () =>
        message(`  ${pick(scene.prefixes).toUpperCase()}${pick([" ", ": ", ", ", "\t"])}${said}`),
      () => message(`${scene.me}${pick([" ", ": "])}${said}`),
      () => message(`${name}${pick([": ", ", "])}${said}`),
      () => message(`@${name.toLowerCase()}: ${said}`),
      () => message(`${fullWidth(name)}${pick([": ", ", "])}${said}`),
      () => message(`${name} ${said}`, { "m.mentions": { user_ids: [scene.me] } }),
      () => message(`${name}: ${said}`, html(`${pill(scene.me, name)}: …`)),
      () =>
        message(
          `My bot ${said}`,
          html(`${pill(scene.me, "My bot")} ${pick(["<b>", "&amp;", "<", "</a></a>"])}`),
        ),
      () =>
        message(
          `> <${scene.other}> earlier\n> words\n\n${pick(scene.prefixes)} ${said}`,
          html(`<mx-reply><a href="https://matrix.to/#/${scene.other}">x</a></mx-reply>x`),
        ),
    ])();
  };

  const toOthers = (): Record<string, unknown> => {
    const said = `${line()}${pick(ENDINGS)}`;
    return pick([
      () => message(`${pick(TALK)}${pick(ENDINGS)}`),
      () => message(`~${noise()}`, html(`${noise()}<a href="${noise()}">${noise()}</a><`)),
      () => message(`${pick(scene.prefixes)}x ${said}`),
      () => message(`x${pick(scene.prefixes)} ${said}`),
      () =>
        message(`well, ${scene.displayName}: ${said}`, { "m.mentions": { user_ids: [scene.me] } }),
      () => message(`${scene.displayName}x: ${said}`),
      () => message(`${scene.displayName} is what we call it`),
      () => message(`${scene.other} ${said}`),
      () =>
        message(
          `${scene.displayName} ${said === "" ? "is" : "thinks"} so`,
          html(`${pill(scene.other, scene.displayName)} thinks so`),
        ),
      () => message(`I like Ushers`, html(`I like ${pill(scene.me, "Ushers")}`)),
    ])();
  };

  const silent = (): Record<string, unknown> => {
    const said = toUsher();
    return pick([
      {
        ...said,
        msgtype: pick(["m.notice", "m.emote", "m.image", "m.unknown", "", 5, null, undefined]),
      },
      { ...said, body: pick(ODD.filter((odd) => typeof odd !== "string")) },
      {
        ...said,
        "m.relates_to": { rel_type: "m.replace", event_id: pick(scene.events) },
        "m.new_content": said,
      },
      {},
      { body: said["body"] },
      { msgtype: "m.text" },
    ]);
  };

  for (;;) {
    const kind = next();
    if (kind < 0.4)
      yield {
        type: "m.room.message",
        addressed: true,
        what: "to Usher",
        content: { ...(maybe(0.5) ? withoutMentions(relation()) : {}), ...toUsher() },
      };
    else if (kind < 0.7)
      yield {
        type: "m.room.message",
        addressed: false,
        what: "to others",
        content: { ...(maybe(0.5) ? relation() : {}), ...toOthers() },
      };
    else if (kind < 0.9)
      yield {
        type: "m.room.message",
        addressed: false,
        what: "malformed or silent",
        content: silent(),
      };
    else {
      const related = {
        rel_type: pick(["m.annotation", "m.thread", 3]),
        event_id: pick([...scene.events, "", 4]),
        key: pick(["✅", "❌", "", "👍🏽", {}, "x".repeat(500)]),
      };
      yield {
        type: "m.reaction",
        addressed: false,
        what: "reaction",
        content: pick([{ "m.relates_to": related }, { "m.relates_to": pick(ODD) }, {}]),
      };
    }
  }
}

/** A relation may bring odd mentions; they must not take the place of those that address Usher. */
function withoutMentions(relation: Record<string, unknown>): Record<string, unknown> {
  return "m.mentions" in relation ? {} : relation;
}

/** The same letters as an input method for Chinese or Japanese types them. */
function fullWidth(text: string): string {
  return text.replace(/[!-~]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0));
}
