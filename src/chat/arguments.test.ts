import fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import type { RoomAlias, RoomId, UserId } from "../kernel/ids.ts";
import {
  ARGUMENT_PROBLEMS,
  boolean,
  day,
  daysOrMonth,
  eventId,
  httpsUrl,
  integer,
  restOfLine,
  room,
  text,
  userId,
  word,
  type ArgumentKind,
} from "./arguments.ts";
import { tokenize } from "./tokenize.ts";

const read = <T>(kind: ArgumentKind<T>, said: string) =>
  kind.read({ text: said, start: 0, end: said.length, quoted: false });
const value = <T>(kind: ArgumentKind<T>, said: string): T | undefined => {
  const result = read(kind, said);
  return "value" in result ? result.value : undefined;
};
const problem = (kind: ArgumentKind<unknown>, said: string): string | undefined => {
  const result = read(kind, said);
  return "problem" in result ? result.problem : undefined;
};
const v12 = "!31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM";

/** Of any UTF-16 units whatever. */
const anyText = fc
  .array(fc.nat(0xffff), { maxLength: 60 })
  .map((units) => String.fromCharCode(...units));

describe("text", () => {
  it("takes a text without the space around it", () => {
    expect(value(text("name"), " Team notes 📝 ")).toBe("Team notes 📝");
    expect(value(text("name"), "עברית و 👩‍👩‍👧")).toBe("עברית و 👩‍👩‍👧");
  });

  it.each([
    ["", "text-empty"],
    ["  ", "text-empty"],
    ["x".repeat(201), "text-too-long"],
    ["a\nb", "text-control"],
    ["a\u0000b", "text-control"],
    ["a\u202eb", "text-control"],
    ["a\ud800", "text-control"],
  ])("refuses %j", (said, why) => {
    expect(problem(text("name"), said)).toBe(why);
    expect(problem(restOfLine("name", 200), said)).toBe(why);
  });

  it("says how long it may be", () => {
    expect(read(text("name", 3), "four")).toEqual({ problem: "text-too-long", view: { max: 3 } });
  });
});

describe("word", () => {
  const kind = word("kind", ["bot", "widget"]);

  it("takes one of its words, typed as just those", () => {
    expect(value(kind, "Widget")).toBe("widget");
    expectTypeOf(value(kind, "")).toEqualTypeOf<"bot" | "widget" | undefined>();
  });

  it("names the nearest and all others", () => {
    expect(read(kind, "wigdet")).toEqual({
      problem: "choice-unknown",
      view: { choices: ["bot", "widget"] },
      instead: "widget",
    });
    expect(read(kind, "dance")).toEqual({
      problem: "choice-unknown",
      view: { choices: ["bot", "widget"] },
      instead: undefined,
    });
  });
});

describe("integer", () => {
  it("takes whole numbers within its limits", () => {
    expect(["-5", "+3", "0", "007", "10"].map((said) => value(integer("n", -5, 10), said))).toEqual(
      [-5, 3, 0, 7, 10],
    );
  });

  it.each(["", "-6", "11", "1.5", "1e1", "0x1", "ten", "٣", "NaN", "Infinity", "9".repeat(400)])(
    "refuses %.20s",
    (said) => {
      expect(read(integer("n", -5, 10), said)).toEqual({
        problem: "integer-invalid",
        view: { min: -5, max: 10 },
      });
    },
  );
});

it("boolean takes yes and no in the usual words", () => {
  expect(["yes", "ON", "true", "1"].map((said) => value(boolean("pinned"), said))).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(["no", "Off", "false", "0"].map((said) => value(boolean("pinned"), said))).toEqual([
    false,
    false,
    false,
    false,
  ]);
  expect(problem(boolean("pinned"), "maybe")).toBe("boolean-invalid");
});

describe("ids", () => {
  it("take people, rooms, aliases and events, with the mark that follows a mention", () => {
    expect(value(userId(), "@ann:b.org")).toBe("@ann:b.org");
    expect(value(userId(), "@ann:b.org:")).toBe("@ann:b.org");
    expect(value(userId(), "@ann:b.org:8448,")).toBe("@ann:b.org:8448");
    expect(value(room(), "!abc:b.org")).toBe("!abc:b.org");
    expect(value(room(), v12)).toBe(v12);
    expect(value(room(), "#room:b.org,")).toBe("#room:b.org");
    expect(value(eventId(), "$event")).toBe("$event");
    expectTypeOf(value(userId(), "")).toEqualTypeOf<UserId | undefined>();
    expectTypeOf(value(room(), "")).toEqualTypeOf<RoomId | RoomAlias | undefined>();
  });

  it.each([
    [userId(), "ann", "user-invalid"],
    [userId(), "@ann", "user-invalid"],
    [userId(), "@ann:b.org::", "user-invalid"],
    [userId(), "!abc:b.org", "user-invalid"],
    [room(), "lounge", "room-invalid"],
    [room(), "!short", "room-invalid"],
    [room(), "@ann:b.org", "room-invalid"],
    [eventId(), "yesterday", "event-invalid"],
    [eventId(), "$", "event-invalid"],
  ] as const)("%# refuse %s", (kind, said, why) => {
    expect(problem(kind, said)).toBe(why);
  });
});

describe("httpsUrl", () => {
  it.each([
    ["https://example.org", "https://example.org/"],
    ["HTTPS://Example.org/Path?q=1#f", "https://example.org/Path?q=1#f"],
    ["https://example.org:8443/$matrix_room_id", "https://example.org:8443/$matrix_room_id"],
    ["https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"],
    ["https://localhost/x", "https://localhost/x"],
    ["https://[::1]/x", "https://[::1]/x"],
    ["https://example.org/@path:x", "https://example.org/@path:x"],
  ])("takes %s", (said, href) => {
    expect(value(httpsUrl(), said)?.href).toBe(href);
  });

  it.each([
    ["", "url-invalid"],
    ["board", "url-invalid"],
    ["javascript:alert(1)", "url-invalid"],
    ["JavaScript:alert(1)//https://x.org", "url-invalid"],
    ["data:text/html,x", "url-invalid"],
    ["blob:https://example.org/1", "url-invalid"],
    ["view-source:https://example.org", "url-invalid"],
    ["ftp://example.org", "url-invalid"],
    ["//example.org", "url-invalid"],
    ["/path", "url-invalid"],
    ["https:example.org", "url-invalid"],
    ["https:/example.org", "url-invalid"],
    ["https:///example.org", "url-invalid"],
    ["https:\\\\example.org", "url-invalid"],
    ["https://example.org\\@evil.org", "url-invalid"],
    ["https://", "url-invalid"],
    ["https://?x", "url-invalid"],
    ["https://exa mple.org", "url-invalid"],
    ["https://example.org/\u0000", "url-invalid"],
    ["https://example.org/\nx", "url-invalid"],
    ["https://example.org/\u202egpj", "url-invalid"],
    ["https://$domain/x", "url-invalid"],
    ["https://exa%00mple.org", "url-invalid"],
    ["https://example.org:99999", "url-invalid"],
    ["@ann:b.org", "url-invalid"],
    ["https://ann@example.org", "url-userinfo"],
    ["https://ann:secret@example.org", "url-userinfo"],
    ["https://example.org@evil.org", "url-userinfo"],
    [`https://example.org/${"x".repeat(2_048)}`, "url-too-long"],
  ])("refuses %.40j", (said, why) => {
    expect(problem(httpsUrl(), said)).toBe(why);
  });

  it("offers the address that was likely meant", () => {
    expect(read(httpsUrl(), "example.org/x?y")).toEqual({
      problem: "url-no-scheme",
      instead: "https://example.org/x?y",
    });
    expect(read(httpsUrl(), "http://example.org/x")).toEqual({
      problem: "url-not-https",
      instead: "https://example.org/x",
    });
  });

  it("never gives anything but a plain https address", () => {
    const part = fc.constantFrom(
      "https",
      "http",
      "javascript",
      "data",
      ":",
      "/",
      "//",
      "@",
      "\\",
      "\t",
      "example.org",
      "?",
      "#",
      "%00",
      ".",
      "[",
      "]",
      "$",
      "​",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(part).map((parts) => parts.join("")),

          anyText,
        ),
        (said) => {
          const url = value(httpsUrl(), said);
          if (url === undefined) return;
          expect(url.protocol).toBe("https:");
          expect(url.username + url.password).toBe("");
          expect(url.hostname).not.toBe("");
          expect(said.toLowerCase().startsWith("https://")).toBe(true);
        },
      ),
    );
  });
});

it("every kind says for any token what it is or why not, with what its sentence needs", () => {
  const kinds: readonly ArgumentKind<unknown>[] = [
    text("a"),
    restOfLine("a"),
    word("a", ["b", "c"]),
    integer("a", 0, 9),
    boolean("a"),
    userId(),
    room(),
    eventId(),
    httpsUrl(),
  ];
  fc.assert(
    fc.property(anyText, fc.constantFrom(...kinds), (line, kind) => {
      for (const token of tokenize(line).tokens) {
        const result = kind.read(token);
        if ("problem" in result)
          expect(Object.keys(result.view ?? {})).toEqual(ARGUMENT_PROBLEMS[result.problem]);
        else expect(result.value).toBeDefined();
      }
    }),
  );
});

describe("day", () => {
  it("takes a day that exists, from its first millisecond in UTC", () => {
    expect(value(day(), "2026-11-23")).toBe(Date.UTC(2026, 10, 23));
    expect(value(day(), "2028-02-29")).toBe(Date.UTC(2028, 1, 29));
  });

  it.each([
    "2026-11-31",
    "2026-02-29",
    "2026-13-01",
    "2026-11",
    "23.11.2026",
    "yesterday",
    "2026-11-23T10:00Z",
    "",
  ])("refuses %j", (said) => {
    expect(problem(day(), said)).toBe("day-invalid");
  });
});

describe("daysOrMonth", () => {
  it.each([
    ["1", { days: 1 }],
    ["366", { days: 366 }],
    ["2026-11", { from: Date.UTC(2026, 10), until: Date.UTC(2026, 11) }],
    ["2026-12", { from: Date.UTC(2026, 11), until: Date.UTC(2027, 0) }],
  ])("takes %j", (said, expected) => {
    expect(value(daysOrMonth(), said)).toEqual(expected);
  });

  it.each(["0", "367", "-1", "1.5", "2026-13", "2026-00", "2026", "2026-11-23", "all", ""])(
    "refuses %j",
    (said) => {
      expect(read(daysOrMonth(), said)).toEqual({ problem: "span-invalid", view: { max: 366 } });
    },
  );
});
