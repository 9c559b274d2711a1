import { beforeEach, describe, expect, it } from "vitest";
import { memoryDocuments } from "../../../test/harness/memoryDocuments.ts";
import { MemoryRoom } from "../../../test/harness/memoryRoom.ts";
import { packOf } from "../../../test/harness/packs.ts";
import { gif, png, webp } from "../../../test/harness/pictureFiles.ts";
import { refusalOf, sentenceOf } from "../../../test/harness/sentenceOf.ts";
import { unzipBytes } from "../../../test/harness/unzip.ts";
import type { Answer, Command, Request } from "../../chat/command.ts";
import { parseLine } from "../../chat/parse.ts";
import { ManualClock } from "../../kernel/clock.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { EventId, MxcUri, RoomId, UserId } from "../../kernel/ids.ts";
import type { FileContent, UploadContent } from "../../matrix/fileContent.ts";
import type { RoomPower } from "../../matrix/port.ts";
import { exportPack } from "./commands/exportPack.ts";
import { formatPack } from "./commands/formatPack.ts";
import { orderSticker } from "./commands/orderSticker.ts";
import { sendSticker } from "./commands/sendSticker.ts";
import { showPack } from "./commands/showPack.ts";
import { zipPack } from "./imports/zipPack.ts";
import type { Pack, PackImage } from "./pack.ts";
import { Packs } from "./packs.ts";
import { Reformats } from "./reformats.ts";
import type { SheetTile, StickerPicture } from "./pictures/pictures.ts";
import { suggestedShortcode } from "./shortcodes.ts";
import type { Documents } from "../../store/documents.ts";
import { PACK_TYPE } from "./state.ts";
import { packUndoHandler } from "./undo.ts";

const ROOM = "!room:example.org" as RoomId;
const ADA = "@ada:example.org" as UserId;
/** An animated WebP as far as its head says so. */
const MOVING = webp(2, 8, 8, Buffer.alloc(8));
const STILL = png(2, 2);

let room: MemoryRoom;
let packs: Packs;
let documents: Documents;
let reformats: Reformats;
let media: Map<string, Uint8Array>;
let uploads: string[];
let progress: string[];
let clock: ManualClock;
let mostBytes: number | undefined;
let sent: Map<string, Uint8Array>;
let drawn: (bytes: Uint8Array, format: "webp" | "gif") => Promise<StickerPicture>;
let events: number;
/** How many tiles each sheet had. */
let sheets: number[];
let power: RoomPower;
/** What others do while pictures are made. */
let meanwhile: () => Promise<unknown>;

beforeEach(() => {
  [room, mostBytes, events] = [new MemoryRoom(), undefined, 0];
  [media, sheets] = [new Map<string, Uint8Array>(), []];
  meanwhile = () => Promise.resolve();
  power = { version: "11", creators: new Set(), levels: { users: { [ADA]: 50, [room.me]: 50 } } };
  sent = new Map();
  [documents, uploads, progress] = [memoryDocuments(), [], []];
  clock = new ManualClock(Date.UTC(2026, 10, 30));
  packs = new Packs({ matrix: room, documents, clock });
  drawn = (bytes, format) =>
    Promise.resolve({
      ...{ bytes, mimetype: format === "gif" ? "image/gif" : "image/webp" },
      ...{ width: 8, height: 8, animated: true },
    });
});

const make = (pack: Pack, id = "cats") =>
  packs.change(
    ROOM,
    { id, deed: "make-pack", make: () => pack },
    { person: ADA, cause: `$made-${id}` as EventId },
  );
/** So many pictures, by shortcodes with numbers. */
const many = (count: number, letter: string, from = 0): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`${letter}${String(from + index)}`, letter]),
  );
const withImage = (pack: Pack, code: string, said: Partial<PackImage>): Pack => {
  const image = { ...pack.images.get(code), ...said } as PackImage;
  return { ...pack, images: new Map([...pack.images, [code, image]]) };
};
const bytesOf = async ({ bytes }: UploadContent): Promise<Buffer> =>
  Buffer.concat(await Array.fromAsync(bytes.open()));

function commands(): readonly Command[] {
  const matrix = {
    me: room.me,
    power: () => Promise.resolve(power),
    download: (url: MxcUri) => {
      const bytes = media.get(url.replace("mxc://example.org/", ""));
      if (bytes === undefined)
        return Promise.reject(
          new UsherError("room-unreachable", { status: 404, code: "M_NOT_FOUND", action: "" }),
        );
      const pieces = (async function* () {
        yield await Promise.resolve(bytes);
      })();
      return Promise.resolve({ mimetype: undefined, bytes: pieces });
    },
    upload: async (file: UploadContent) => {
      uploads.push(file.name);
      media.set(file.name, await bytesOf(file));
      return `mxc://example.org/${file.name}` as MxcUri;
    },
    sendFile: async (_: RoomId, file: FileContent) => {
      const bytes = await bytesOf(file);
      expect(file.bytes.size).toBe(bytes.length);
      sent.set(file.name, bytes);
      return "$sent" as EventId;
    },
    mostBytes: () => Promise.resolve(mostBytes),
  };
  const pictures = {
    sticker: (...given: Parameters<typeof drawn>) => drawn(...given),
    sheet: (tiles: readonly SheetTile[]) => {
      sheets.push(tiles.length);
      const size = { width: 8, height: 8 };
      return Promise.resolve({ bytes: STILL, mimetype: "image/png" as const, ...size });
    },
  };
  const queue = {
    aside: async <T>(_: string, wait: () => Promise<T>): Promise<T> => {
      const done = await wait();
      await meanwhile();
      return done;
    },
  };
  const speaker = {
    progress: (_: EventId, key: string, doing: Answer) => {
      progress.push(`${key}: ${sentenceOf(doing)}`);
    },
  };
  const mayActFor = () => true;
  reformats = new Reformats({ pictures, matrix, documents, clock, queue, speaker, mayActFor });
  const parts = { packs, matrix, pictures, queue, reformats };
  return [
    orderSticker(parts),
    sendSticker(parts),
    showPack(parts),
    exportPack(parts),
    formatPack(parts),
  ];
}

async function asked(line: string): Promise<readonly [string, string]> {
  const understood = parseLine(line, commands());
  if ("error" in understood) throw understood.error;
  const { command, input } = understood;
  const request: Request = {
    ...{ room: ROOM, person: ADA, event: `$${String((events += 1))}` as EventId },
    ...{ thread: undefined, direct: false, operator: false, calledAs: "!usher" },
  };
  if (!command.changes) return ["", sentenceOf(await command.answer(input, request))];
  const plan = await command.plan(input, request);
  if ("nothing" in plan) throw new Error("nothing");
  const exactly = parseLine(plan.exactly ?? line, commands());
  if ("error" in exactly || !exactly.command.changes) throw new Error("another command");
  const before = "preview" in plan ? sentenceOf(plan.preview) : "";
  return [before, sentenceOf(await exactly.command.perform(exactly.input, request))];
}

const shown = async () => [...((await packs.list(ROOM)).shown[0]?.pack.images.keys() ?? [])];
const images = () =>
  (JSON.parse(room.json(PACK_TYPE, "cats")) as { images: Record<string, { info?: object }> })
    .images;

describe("stickers order", () => {
  beforeEach(() => make(packOf({ a: "1", b: "2", c: "3" })));

  it("gives a sticker the number that is asked for, for every command that takes numbers, and undo brings it back", async () => {
    expect(await asked("stickers order c 1")).toEqual([
      "",
      "The sticker `c` is number 1 of Cats now. Apps may show stickers in an order of their own.",
    ]);
    expect(await shown()).toEqual(["c", "a", "b"]);
    expect((await asked("sticker 1"))[1]).toContain("`c`");
    const [, said] = await asked("stickers order 3 2");
    expect(said).toContain("`b` is number 2");
    expect(await shown()).toEqual(["c", "b", "a"]);
    expect((await asked("stickers order b 2"))[1]).toContain("`b` is number 2");
    expect((await asked("stickers order c 99"))[1]).toContain("`c` is number 3");
    const change = await packs.again(ROOM, "$1" as EventId);
    if (change === undefined) throw new Error("not remembered");
    await packUndoHandler(packs).undo(ROOM, change, { person: ADA, cause: "$u" as EventId });
    expect(await shown()).toEqual(["b", "a", "c"]);
  });

  it("says so where somebody has taken it out meanwhile", async () => {
    const [order] = commands();
    if (order?.changes !== true) throw new Error("no such command");
    const input = { code: "gone", place: 1, pack: "cats" } as never;
    const request = { room: ROOM, person: ADA, event: "$x" as EventId } as Request;
    expect(sentenceOf(await order.perform(input, request))).toContain("`gone` is gone already");
  });
});

describe("stickers export", () => {
  it("sends a ZIP of all pictures as they lie there, and a `pack.json` that other tools read", async () => {
    const pack = packOf({ cat: "1", "../up": "2", Cat: "3", odd: "4" });
    const about = { ...pack.about, attribution: "Ada", "usher.licence": "CC0" };
    const info = { w: 4, h: 3, size: 9, mimetype: "image/png" };
    await make({ ...withImage(pack, "cat", { body: "A cat", info }), about });
    for (const [id, bytes] of Object.entries({ 1: STILL, 2: gif(1), 3: MOVING, 4: [1, 2] }))
      media.set(id, Uint8Array.from(bytes));
    expect((await asked("stickers export"))[1]).toBe(
      "The file has 4 stickers of Cats, and in `pack.json` what they are called, as other sticker tools read it.",
    );
    const files = await unzipBytes(sent.get("cats.zip") ?? new Uint8Array());
    expect([...files.keys()]).toEqual(["pack.json", "up.gif", "Cat.webp", "cat-2.png", "odd.bin"]);
    expect(files.get("up.gif")).toEqual(Buffer.from(gif(1)));
    const json = JSON.parse(String(files.get("pack.json"))) as {
      id: string;
      stickers: readonly unknown[];
    };
    // Another room's pack of the same key is another.
    expect(json.id).toMatch(/^cats-[0-9a-f]{6}$/);
    expect(json).toMatchObject({ title: "Cats", attribution: "Ada", license: "CC0" });
    expect(json.stickers).toHaveLength(4);
    expect(json.stickers).toContainEqual({
      ...{ id: `${json.id}/cat`, msgtype: "m.sticker", body: "A cat", filename: "cat-2.png" },
      url: "mxc://example.org/1",
      info: { ...info, thumbnail_url: "mxc://example.org/1", thumbnail_info: info },
    });
  });

  it("sends what Usher itself reads as the same pack where it is imported", async () => {
    const pack = packOf({ "cat-wave": "1", dog: "2" });
    await make(withImage(pack, "cat-wave", { body: "A cat waves" }));
    for (const id of ["1", "2"]) media.set(id, STILL);
    await asked("stickers export");
    const found = await zipPack(sent.get("cats.zip") ?? new Uint8Array(), "cats.zip");
    expect([found.name, found.over]).toEqual(["Cats", 0]);
    const said = found.pictures.map(({ words, body }) => [suggestedShortcode(words), body]);
    expect(said).toEqual([
      ["cat-wave", "A cat waves"],
      ["dog", "dog"],
    ]);
  });

  it("sends a file whose name is a name, whatever others have as a key", async () => {
    const images = Object.fromEntries(packOf({ one: "1" }).images);
    room.put(PACK_TYPE, "../up\n@room", { images, pack: {} }, ADA);
    media.set("1", Uint8Array.from(STILL));
    await asked("stickers export");
    expect([...sent.keys()]).toEqual(["up-room.zip"]);
  });

  it("sends several where the homeserver takes none that large, and names what cannot be had", async () => {
    const codes = Array.from({ length: 15 }, (_, index) => `lost-${String(index)}`);
    const lost = Object.fromEntries(codes.map((code) => [code, code]));
    await make(packOf({ a: "1", b: "2", ...lost }));
    for (const id of ["1", "2"]) media.set(id, Buffer.alloc(5_000));
    mostBytes = 9_000;
    const [, said] = await asked("stickers export Cats");
    expect(said).toMatch(
      /^The 2 files have 2 stickers of Cats[^]*can no longer be had: `lost-0`.*`lost-4` and 5 others\. `!usher stickers drop …` takes/,
    );
    expect([...sent.keys()]).toEqual(["cats-1.zip", "cats-2.zip"]);
    for (const bytes of sent.values()) expect(bytes.length).toBeLessThanOrEqual(mostBytes);
    const second = await unzipBytes(sent.get("cats-2.zip") ?? new Uint8Array());
    expect(String(second.get("pack.json"))).toContain('"title": "Cats (2 of 2)"');
  });

  it("of one picture, none or an empty pack says so", async () => {
    await make(packOf({ a: "1" }));
    expect((await asked("stickers export"))[1]).toMatch(
      /^Left out, since the picture can no longer be had: `a`\. /,
    );
    expect(sent.size).toBe(0);
    media.set("1", STILL);
    expect((await asked("stickers export"))[1]).toContain("The file has 1 sticker of Cats");
    await make(packOf(many(11, "l"), "Lost"), "lost");
    expect((await asked("stickers export Lost"))[1]).toContain("`l7` `l8` and 1 other.");
    await make(packOf({}, "Dogs"), "dogs");
    expect((await asked("stickers export Dogs"))[1]).toContain("has no stickers yet");
    expect(await refusalOf(asked("stickers export birds"))).toContain("no sticker pack called");
  });
});

describe("stickers show", () => {
  it("shows twenty at once, and of what somebody wrote no more than a line", async () => {
    const pack = packOf(many(21, "c", 100));
    await make(withImage(pack, "c100", { body: "x".repeat(1_000) }));
    const [, first] = await asked("stickers show");
    expect(first).toMatch(
      /^Cats, id `cats`: 21 stickers, page 1 of 2\.[^]*1: `c100` \(x{199}…\)[^]*`!usher stickers show page=2 cats` goes on\.$/,
    );
    expect((await asked("stickers show page=2"))[1]).toMatch(/page 2 of 2\.[^]*- 21: `c120`$/);
    expect(sheets).toEqual([20, 1]);
  });
});

describe("stickers format", () => {
  beforeEach(async () => {
    const pack = packOf({ move: "1", still: "2", gone: "3", odd: "4" });
    await make(withImage(pack, "move", { body: "Moves", info: { x: 1, thumbnail_url: "y" } }));
    for (const [id, bytes] of Object.entries({ 1: MOVING, 2: STILL, 4: [1, 2] }))
      media.set(id, Uint8Array.from(bytes));
  });

  it("has what moves made anew as GIF, leaves all else, is kept for what comes later, and is undone as one", async () => {
    drawn = (bytes, format) =>
      bytes.length === 2
        ? Promise.reject(new UsherError("picture-broken"))
        : Promise.resolve({
            ...{ bytes: gif(2), mimetype: `image/${format}` },
            ...{ width: 8, height: 6, animated: true },
          });
    const before = images();
    const [preview, said] = await asked("stickers format gif");
    expect(preview).toContain(
      "I will make the moving stickers of Cats anew as GIF, and those that come later: Element X on iPhones moves no others.",
    );
    expect(said).toMatch(
      /^The moving stickers of Cats are GIF from now on; I have made 1 sticker anew\. `!usher undo` takes that back\.\s+These stay as they are, for I could not make them anew: `gone` `odd`\.$/,
    );
    expect(images()).toEqual({
      ...before,
      move: {
        ...{ url: "mxc://example.org/move.gif", body: "Moves" },
        info: {
          ...{ x: 1, w: 4, h: 3, mimetype: "image/gif", size: gif(2).length },
          ...{ is_animated: true, "org.matrix.msc4230.is_animated": true },
        },
      },
    });
    expect(room.json(PACK_TYPE, "cats")).toContain('"usher.format":"gif"');
    const [, again] = await asked("stickers format gif Cats");
    expect(again).toContain("The moving stickers of Cats are GIF already.");
    const change = await packs.again(ROOM, "$1" as EventId);
    if (change === undefined) throw new Error("not remembered");
    await packUndoHandler(packs).undo(ROOM, change, { person: ADA, cause: "$u" as EventId });
    expect(images()).toEqual(before);
    expect(room.json(PACK_TYPE, "cats")).not.toContain("usher.format");
  });

  it("leaves what others do meanwhile, and needs the power still when all is made", async () => {
    meanwhile = () =>
      packs.change(
        ROOM,
        {
          ...{ id: "cats", deed: "change-sticker" },
          make: (now) => now && withImage(now, "move", { body: "Leaps" }),
        },
        { person: ADA, cause: "$meanwhile" as EventId },
      );
    await asked("stickers format gif");
    expect(images()).toMatchObject({
      move: { url: "mxc://example.org/move.gif", body: "Leaps" },
    });
    meanwhile = () => {
      power = { ...power, levels: { users: { [room.me]: 50 } } };
      return Promise.resolve();
    };
    media.set("move.gif", gif(2));
    await expect(asked("stickers format webp")).rejects.toMatchObject({ code: "power-person" });
    expect(room.json(PACK_TYPE, "cats")).toContain('"usher.format":"gif"');
  });

  it("ends where that is said, and takes what lies there when it is asked for again", async () => {
    await make(packOf({ a: "a", b: "b", c: "c" }, "Dogs"), "dogs");
    for (const id of ["a", "b", "c"]) media.set(id, MOVING);
    const before = room.json(PACK_TYPE, "dogs");
    const [whole, made] = [drawn, [] as string[]];
    drawn = (bytes, format) => {
      clock.advance(5_000);
      made.push(format);
      if (made.length === 2) expect(reformats.going.cancel(ROOM, ADA)).toBe(true);
      return whole(bytes, format);
    };
    expect((await asked("stickers format gif Dogs"))[1]).toMatch(
      /^Cancelled: the room is as it was\. Pictures that lie in .*: 2\./,
    );
    expect(room.json(PACK_TYPE, "dogs")).toBe(before);
    expect(reformats.going.goesOn(ROOM)).toBe(false);
    expect(progress).toEqual([
      "format 0: picture 1 of 3 of Dogs; `cancel` ends it",
      "format 1: picture 2 of 3 of Dogs; `cancel` ends it",
    ]);
    expect((await asked("stickers format gif Dogs"))[1]).toContain("made 3 stickers anew");
    expect(uploads).toEqual(["a.gif", "b.gif", "c.gif"]);
  });

  it("goes on where it was after a kill", async () => {
    await make(packOf({ a: "a", b: "b" }, "Dogs"), "dogs");
    for (const id of ["a", "b"]) media.set(id, MOVING);
    meanwhile = () => Promise.reject(new Error("killed"));
    await expect(asked("stickers format gif Dogs")).rejects.toThrow("killed");
    meanwhile = () => Promise.resolve();
    // The command is the same one.
    events -= 1;
    drawn = () => Promise.reject(new Error("not to be drawn"));
    expect((await asked("stickers format gif Dogs"))[1]).toContain("made 2 stickers anew");
    expect(uploads).toEqual(["a.gif", "b.gif"]);
  });

  it("is WebP again where that is asked for, and named where many cannot be made anew", async () => {
    const codes = Array.from({ length: 12 }, (_, index) => `x${String(index)}`);
    await make(packOf(Object.fromEntries(codes.map((code) => [code, code])), "Dogs"), "dogs");
    for (const code of codes) media.set(code, gif(2));
    const [preview, said] = await asked("stickers format webp Dogs");
    expect(preview).toContain("anew as WebP, and those that come later: it has soft edges");
    expect(said).toContain("are WebP from now on; I have made 12 stickers anew.");
    drawn = () => Promise.reject(new UsherError("picture-slow"));
    await make(packOf(Object.fromEntries(codes.map((code) => [code, code])), "Birds"), "birds");
    const [, none] = await asked("stickers format gif Birds");
    expect(none).toMatch(/^The moving stickers of Birds are GIF from now on\. /);
    expect((await asked("stickers format webp Birds"))[1]).toMatch(/`x7` and 2 others\.$/);
    media.delete("x0");
    media.set("x1", STILL);
    expect((await asked("stickers format webp Birds"))[1]).toMatch(/`x8` and 1 other\.$/);
    drawn = () => Promise.reject(new Error("not to be drawn"));
    media = new Map(codes.map((code) => [code, MOVING]));
    expect((await asked("stickers format webp Birds"))[1]).toBe(
      "The moving stickers of Birds are WebP already.",
    );
  });
});
