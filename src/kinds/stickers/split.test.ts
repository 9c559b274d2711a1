import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyPack, packOf } from "../../../test/harness/packs.ts";
import type { EventId, MxcUri, RoomId, UserId } from "../../kernel/ids.ts";
import type { Content, StateEvent } from "../../matrix/port.ts";
import { ordered } from "./pack.ts";
import { MOST_BYTES, packEvents, packsOf, type PackEvent } from "./split.ts";

const TYPE = "m.room.image_pack";
const sizeOf = (content: Content): number => Buffer.byteLength(JSON.stringify(content));
const asState = ({ key, content }: PackEvent): StateEvent => ({
  ...{
    eventId: "$e" as EventId,
    roomId: "!r:example.org" as RoomId,
    type: TYPE,
    originServerTs: 0,
  },
  ...{ sender: "@ada:example.org" as UserId, stateKey: key, content, redacted: false },
  encryption: "none",
});

describe("a pack in events", () => {
  it("is one where it fits, and says nothing of parts then", () => {
    const pack = packOf({ cat: "a", dog: "b" });
    expect(packEvents("cats", pack)).toEqual([
      { key: "cats", content: { images: Object.fromEntries(pack.images), pack: pack.about } },
    ]);
  });

  it("fits with room to spare, each picture in one of them, and is read back as the same", () => {
    fc.assert(
      fc.property(anyPack(60), fc.integer({ min: 3_000, max: 9_000 }), (pack, most) => {
        const events = packEvents("cats", pack, most);
        for (const { content } of events) expect(sizeOf(content)).toBeLessThanOrEqual(most);
        const codes = events.flatMap(({ content }) => Object.keys(content["images"] as Content));
        expect(codes.sort()).toEqual([...pack.images.keys()].sort());
        const read = packsOf(events.map(asState), TYPE);
        expect([...read.keys()]).toEqual(["cats"]);
        expect(read.get("cats")).toEqual({ pack, keys: events.map(({ key }) => key) });
      }),
    );
  });

  it("of 1,000 pictures is as bridges write such: the same key with numbers, and which part each is", () => {
    const [image] = packOf({ cat: "a" }).images.values();
    const images = Array.from(
      { length: 1_000 },
      (_, n) =>
        [
          `cat-${String(n)}`,
          { ...image, info: { w: 256, h: 256, size: 4_711, mimetype: "image/webp" } },
        ] as const,
    );
    const events = packEvents("cats", {
      about: { display_name: "Cats" },
      images: ordered(images as never),
    });
    expect(events.length).toBeGreaterThan(1);
    expect(events.map(({ key }) => key).slice(0, 2)).toEqual(["cats", "cats.001"]);
    expect(events[1]?.content).toMatchObject({
      ...{ "fi.mau.combined_pack_key": "cats", "fi.mau.combined_pack_index": 1 },
      ...{ "fi.mau.combined_pack_count": events.length, pack: { display_name: "Cats (part 2)" } },
    });
    for (const { content } of events) expect(sizeOf(content)).toBeLessThanOrEqual(MOST_BYTES);
  });

  const foreign = (bytes: number) =>
    ordered([
      ...packOf({ cat: "a", dog: "b" }).images,
      ["big", { url: "mxc://example.org/c" as MxcUri, body: "é".repeat(bytes / 2) }],
    ]);

  it("keeps a picture of which others wrote a lot as it is, in an event for itself, and is one still", () => {
    const about = {
      ...{ display_name: "Cats", usage: ["sticker"], attribution: "Ada" },
      "org.example.long": "x".repeat(2_000),
    };
    const pack = { about, images: foreign(62_000) };
    const events = packEvents("cats", pack);
    expect(events.map(({ content }) => Object.keys(content["images"] as Content))).toEqual([
      ["cat", "dog"],
      ["big"],
    ]);
    expect(events[0]?.content["pack"]).toEqual(about);
    expect(events[1]?.content["pack"]).toEqual({
      ...{ display_name: "Cats (part 2)", usage: ["sticker"] },
    });
    for (const { content } of events) expect(sizeOf(content)).toBeLessThanOrEqual(63_000);
    expect(packsOf(events.map(asState), TYPE).get("cats")?.pack).toEqual(pack);
  });

  it("is not made where such a picture fits into no event: it is named", () => {
    const pack = { about: { display_name: "Cats" }, images: foreign(63_500) };
    expect(() => packEvents("cats", pack)).toThrow(
      expect.objectContaining({
        ...{ code: "sticker-entry-large", view: { code: "big", name: "Cats", id: "cats" } },
      }) as Error,
    );
  });

  it("takes no event of another pack for a part, whatever that says", () => {
    const forged = (key: string): PackEvent => ({
      key,
      content: { images: {}, "fi.mau.combined_pack_key": "cats", "fi.mau.combined_pack_index": 1 },
    });
    const state = [...packEvents("cats", packOf({ cat: "a" })), forged("dogs"), forged("cats.01x")];
    expect([...packsOf(state.map(asState), TYPE).keys()]).toEqual(["cats", "dogs", "cats.01x"]);
    expect(packsOf(state.map(asState), "im.ponies.room_emotes").size).toBe(0);
  });
});
