import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  asEventId,
  asMxcUri,
  asRoomAlias,
  asRoomId,
  asUserId,
  digest,
  newReference,
  serverOf,
  type UserId,
} from "./ids.ts";

const server = fc.oneof(
  fc.domain(),
  fc.ipV4(),
  fc.ipV6().map((address) => `[${address}]`),
  fc
    .tuple(fc.domain(), fc.integer({ min: 0, max: 65_535 }))
    .map(([host, port]) => `${host}:${String(port)}`),
);
const localpart = fc.stringMatching(/^[a-z0-9._=/+-]{1,60}$/);

describe("the address of a file", () => {
  it("is a server and an id, and nothing that leads elsewhere", () => {
    for (const good of ["mxc://example.org/a_-9", "mxc://[::1]:8448/x", "mxc://localhost/x"])
      expect(asMxcUri(good)).toBe(good);
    for (const bad of [
      "https://example.org/a",
      "mxc://example.org/",
      "mxc://example.org/a/b",
      "mxc://example.org/../x",
      "mxc://example.org/a?b",
      "mxc://exa mple/a",
      "mxc:///a",
      "",
    ])
      expect(asMxcUri(bad)).toBeUndefined();
  });
});

describe("Matrix ids", () => {
  it("are taken as they are, with their server", () => {
    fc.assert(
      fc.property(localpart, server, (local, host) => {
        expect(asUserId(`@${local}:${host}`)).toBe(`@${local}:${host}`);
        expect(asRoomId(`!${local}:${host}`)).toBe(`!${local}:${host}`);
        expect(asRoomAlias(`#${local}:${host}`)).toBe(`#${local}:${host}`);
        expect(serverOf(`@${local}:${host}` as UserId)).toBe(host);
      }),
      {
        examples: [
          ["a", "localhost"],
          ["a", "127.0.0.1:8448"],
          ["a", "[::1]:8448"],
        ],
      },
    );
  });

  it("are never taken for another kind, whatever the text", () => {
    const parsers = { "@": asUserId, "!": asRoomId, $: asEventId, "#": asRoomAlias };
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          fc
            .tuple(fc.constantFrom(..."@!$#"), fc.string(), server)
            .map(([sigil, a, b]) => `${sigil}${a}:${b}`),
        ),
        (text) => {
          for (const [sigil, parse] of Object.entries(parsers)) {
            const parsed = parse(text);
            if (parsed === undefined) continue;
            expect(parsed).toBe(text);
            expect(text.startsWith(sigil)).toBe(true);
            expect(Buffer.byteLength(text)).toBeLessThanOrEqual(255);
            expect([...text].every((character) => character > " " && character !== "\u007f")).toBe(
              true,
            );
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each([
    "",
    "@",
    "@:",
    "@a",
    "a:x.y",
    "@a:",
    "@a:x y",
    "@a:x/y",
    "@a b:x",
    "@a:x:y",
    "@a\n:x",
    `@${"a".repeat(255)}:x`,
    `@${"ä".repeat(127)}:x`,
  ])("refuses %j as a person", (text) => {
    expect(asUserId(text)).toBeUndefined();
  });

  it("knows the room ids of version 12, which have no server", () => {
    const hash = "31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM";
    expect(asRoomId(`!${hash}`)).toBe(`!${hash}`);
    expect(asRoomId(`!${hash.slice(1)}`)).toBeUndefined();
    expect(asRoomId(`!${hash}x`)).toBeUndefined();
    expect(asRoomId("!:x")).toBeUndefined();
    expect(asRoomAlias(`#${hash}`)).toBeUndefined();
  });

  it("takes event ids of every room version", () => {
    for (const id of [
      "$old:example.org",
      "$acR1l0raoZnm60CBwAVgqbZqoO/mYU81xysh1u7XcJk",
      "$Rqnc-F-dvnEYJTyHq_iKxU2bZ1CI92-kuZq3a5lr5Zg",
    ])
      expect(asEventId(id)).toBe(id);
    expect(asEventId("$")).toBeUndefined();
  });
});

describe("digest", () => {
  it("is the same for the same parts only", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: "grapheme" })),
        fc.array(fc.string({ unit: "grapheme" })),
        (one, other) => {
          expect(digest(...one)).toMatch(/^[A-Za-z0-9_-]{22}$/);
          expect(digest(...one) === digest(...other)).toBe(
            JSON.stringify(one) === JSON.stringify(other),
          );
        },
      ),
      {
        examples: [
          [
            ["ab", "c"],
            ["a", "bc"],
          ],
          [["a", ""], ["a"]],
          [["1:a"], ["1", "a"]],
        ],
      },
    );
  });
});

describe("newReference", () => {
  it("is short, readable aloud, and new each time", () => {
    const many = Array.from({ length: 100 }, newReference);
    expect(many.every((reference) => /^[0-9a-f]{8}$/.test(reference))).toBe(true);
    expect(new Set(many).size).toBe(100);
  });
});
