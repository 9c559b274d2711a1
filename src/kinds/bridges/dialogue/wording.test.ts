import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { APPSERVICE_DISCORD } from "../appserviceDiscord/wording.ts";
import { APPSERVICE_IRC } from "../appserviceIrc/wording.ts";
import { APPSERVICE_SLACK } from "../appserviceSlack/wording.ts";
import { BRIDGEV2_LOGINS } from "../bridgev2/loginWording.ts";
import { BRIDGEV2 } from "../bridgev2/wording.ts";
import { HEISENBRIDGE } from "../heisenbridge/wording.ts";
import { MAUTRIX_DISCORD } from "../mautrixDiscord/wording.ts";
import { MAUTRIX_TELEGRAM } from "../mautrixTelegram/wording.ts";
import { linesOf, said, told, withChanges, type Ask, type Wording } from "./wording.ts";

const values = { room: "!abc:example.org", channel: "#chan", network: "libera", nick: "usher" };
const places = { ...values, host: "irc.example.org", port: "6697" };

/** All wordings that Usher has. */
const WORDINGS: readonly (readonly [string, Wording<string>])[] = [
  ["heisenbridge", HEISENBRIDGE],
  ["bridgev2", BRIDGEV2],
  ["bridgev2 for log-ins", BRIDGEV2_LOGINS],
  ["appservice-irc", APPSERVICE_IRC],
  ["appservice-slack", APPSERVICE_SLACK],
  ["appservice-discord", APPSERVICE_DISCORD],
  ["mautrix-telegram", MAUTRIX_TELEGRAM],
  ["mautrix-discord", MAUTRIX_DISCORD],
];

const asks = WORDINGS.flatMap(([bridge, wording]) =>
  Object.entries(withChanges(wording, {}).asks).map(([name, ask]): [string, Ask] => [
    `${bridge} ${name}`,
    ask,
  ]),
);

/** The line with something wherever it leaves a place for it. */
function filled(line: string): string {
  return line.replaceAll(/\{([a-z]+|[*.])\}/g, (_, name: string) =>
    name in places
      ? places[name as keyof typeof places]
      : name === "."
        ? "something"
        : "something else",
  );
}

describe.each(asks)("what %s is answered", (_, ask) => {
  it("is known line by line, and means what the first phrase says that fits", () => {
    for (const { line } of ask.answers) {
      const found = told(ask, places, ` ${filled(line)} `);
      const first = ask.answers.find(
        (phrase) => told({ ...ask, answers: [phrase] }, places, filled(line)) !== undefined,
      );
      expect(found?.phrase).toBe(first);
      expect(found?.line).toBe(filled(line));
    }
  });

  it("is never taken for success where it is about something else", () => {
    for (const { line, means } of ask.answers) {
      if (!line.includes("{channel}") || means !== "done") continue;
      const other = filled(line).replaceAll("#chan", "#another");
      expect(told(ask, places, other)?.phrase.means).not.toBe("done");
    }
  });
});

describe("what people of the far side write", () => {
  /** As heisenbridge passes it on in the room in which it is given orders. */
  const passedOn = (text: string): readonly string[] => [
    ...[`Notice from eve (~eve@evil.example): ${text}`, `Notice from eve: ${text}`],
    ...[`Message from eve (~eve@evil.example): ${text}`, `Emote from eve (e@h): eve ${text}`],
    ...[`eve (e@h) requested unknown CTCP ${text}`, `eve requested CTCP ${text} (ignored)`],
    ...[`CTCP PING reply from eve: ${text}`, `WALLOPS eve: ${text}`, `eve is away: ${text}`],
    ...[`eve has invited you to ${text}`, `eve is now away: ${text}`, `Killed by eve: ${text}`],
  ];

  it.each(asks)("never decides what %s comes to", (_, ask) => {
    for (const { line, means } of ask.answers) {
      if (means === "going-on") continue;
      // It begins with words that are the bridge's own, or that it was asked with.
      const [, name = ""] = /^\{([a-z*]+)\}/.exec(line) ?? [];
      expect(name === "" || ask.say.includes(`{${name}}`), line).toBe(true);
      for (const said of passedOn(filled(line)))
        expect(["going-on", undefined]).toContain(told(ask, places, said)?.phrase.means);
    }
  });

  it("decides nothing either where an operator has other words for an answer", () => {
    const { plumb } = withChanges(HEISENBRIDGE, {
      plumb: { answers: [{ line: "{*}Cannot join{*}", means: "refused" }] },
    }).asks;
    expect(told(plumb, values, "srv: Cannot join")?.phrase.means).toBe("refused");
    for (const said of passedOn("Cannot join channel"))
      expect(told(plumb, values, said)?.phrase.means).toBe("going-on");
  });

  it("turns no line where it holds what some take for the end of one", () => {
    const { plumb } = withChanges(HEISENBRIDGE, {}).asks;
    const said = "Notice from eve: \u2028You are already on #chan";
    expect(told(plumb, values, said)?.phrase.means).toBe("going-on");
  });
});

it("a channel that lets nobody in is refused in words of the server, of that channel alone", () => {
  const { plumb } = withChanges(HEISENBRIDGE, {}).asks;
  const line = "irc.example.org inviteonlychan usher #chan Cannot join channel (+i)";
  expect(told(plumb, values, line)?.phrase).toMatchObject({ advice: "channel-closed" });
  expect(told(plumb, values, line.replace("#chan", "#other"))).toBeUndefined();
});

describe("what is said to a bridge", () => {
  it("is one line with the values in it", () => {
    expect(said(HEISENBRIDGE.asks.plumb, values)).toBe("PLUMB !abc:example.org #chan");
  });

  it("holds no value that could end it, begin another, or be an option", () => {
    const dangerous = fc.oneof(
      fc.constantFrom("", "-", "--overwrite", "--ALL", "a;b", ";", "a b", "a\nb", "a\tb", "\u0000"),
      fc
        .tuple(
          fc.string({ unit: "binary" }),
          fc.constantFrom(" ", "\n", "\r", "\u2028", ";", "\u00a0"),
        )
        .map((pieces) => pieces.join("x")),
      fc.string({ unit: "binary" }).map((text) => `-${text}`),
    );
    fc.assert(
      fc.property(dangerous, (channel) => {
        expect(() => said(HEISENBRIDGE.asks.plumb, { ...values, channel })).toThrow(
          /cannot be said/,
        );
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), (channel) => {
        let line: string;
        try {
          line = said(HEISENBRIDGE.asks.plumb, { ...values, channel });
        } catch {
          return;
        }
        expect(line.split(/\s|;/)).toHaveLength(3);
        expect(line.split(" ")[2]?.startsWith("-")).toBe(false);
      }),
    );
  });
});

describe.each(asks)("the order for %s", (_, ask) => {
  const names = [...ask.say.matchAll(/\{([a-z]+)\}/g)].map(([, name = ""]) => name);
  const pieces = ask.say.split(" ").length;
  const hostile = fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc
      .tuple(
        fc.constantFrom("", " ", "\n", "\t", ";", "a", "\u2028"),
        fc.constantFrom(
          "--overwrite",
          "--OverWrite",
          "--ignore-permissions",
          "--create",
          "--delete",
        ),
        fc.constantFrom("", " x", "\n!tg x"),
      )
      .map((parts) => parts.join("")),
  );

  it("has as many words as were meant, and no option that was not, whatever fills it", () => {
    const options = ask.say.split(" ").filter((word) => word.startsWith("-"));
    // What is below zero is none.
    expect(options.filter((option) => !["--tls", "-{chat}"].includes(option))).toEqual([]);
    fc.assert(
      fc.property(fc.tuple(...names.map(() => hostile)), (filling) => {
        let line: string;
        try {
          line = said(ask, Object.fromEntries(names.map((name, at) => [name, filling[at] ?? ""])));
        } catch {
          return;
        }
        const words = line.split(/[\s;]+/u);
        expect(words).toHaveLength(pieces);
        expect(words.filter((word) => word.startsWith("-"))).toHaveLength(options.length);
        expect(words.filter((word) => /^--(?!tls$)/.test(word))).toEqual([]);
      }),
    );
  });
});

describe("an answer", () => {
  it("is read by line, of a bounded length, whatever it holds", () => {
    expect(linesOf("Network added.\r\n\n Server added. ")).toEqual([
      "Network added.",
      "Server added.",
    ]);
    expect(linesOf("x".repeat(1_000_000))[0]?.length).toBeLessThan(20_000);
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (body) => {
        for (const line of linesOf(body)) told(HEISENBRIDGE.asks.plumb, values, line);
      }),
    );
  });

  it("gives what stands where nothing is known", () => {
    const line = "You are already in libera (!there:example.org)";
    expect(told(HEISENBRIDGE.asks.open, values, line)?.values).toEqual({
      there: "!there:example.org",
    });
  });
});

describe("what an operator says otherwise", () => {
  it("comes before what is known, and leaves the rest", () => {
    const changed = withChanges(HEISENBRIDGE, {
      plumb: { say: "LINK {room} {channel}", answers: [{ line: "Linked!", means: "done" }] },
      open: { seconds: 60 },
    });
    expect(said(changed.asks.plumb, values)).toBe("LINK !abc:example.org #chan");
    expect(told(changed.asks.plumb, values, "linked!")?.phrase.means).toBe("done");
    expect(told(changed.asks.plumb, values, "You are already on #chan")?.phrase.means).toBe(
      "refused",
    );
    const { open, nick } = withChanges(HEISENBRIDGE, {}).asks;
    expect(changed.asks.open).toEqual({ ...open, seconds: 60 });
    expect(changed.asks.nick).toEqual(nick);
  });
});
