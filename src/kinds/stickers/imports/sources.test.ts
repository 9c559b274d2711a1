import { beforeEach, describe, expect, it } from "vitest";
import { ADA, ImportWorld, pictureOf, ROOM } from "../../../../test/harness/importWorld.ts";
import { MemoryRoom } from "../../../../test/harness/memoryRoom.ts";
import { refusalOf } from "../../../../test/harness/sentenceOf.ts";
import { signalManifest, signalSealed } from "../../../../test/harness/signalPacks.ts";
import { zipOf } from "../../../../test/harness/zipFiles.ts";
import type { RoomId, UserId } from "../../../kernel/ids.ts";
import type { Content } from "../../../matrix/port.ts";
import { OLD_PACK_TYPE, PACK_TYPE } from "../state.ts";
import { fieldsOf } from "./protobuf.ts";
import { ZIP_LIMITS } from "./zipFile.ts";

const OTHER = "!cats:example.org" as RoomId;
const json = (value: unknown) => ({ bytes: Buffer.from(JSON.stringify(value)) });

let world: ImportWorld;
beforeEach(() => {
  world = new ImportWorld();
});

const info = { w: 128, h: 100, size: 400, mimetype: "image/webp" };

describe("a pack of another room", () => {
  let other: MemoryRoom;
  let people: Set<UserId>;
  beforeEach(() => {
    [other, people] = [new MemoryRoom(), new Set([ADA])];
    world.rooms.set(OTHER, { state: other, people });
    world.aliases.set("#cats:example.org", OTHER);
    world.media.set("mxc://far.example/1", pictureOf("far"));
  });
  const put = (key: string, images: Content, pack: Content = {}, type: string = PACK_TYPE) =>
    other.put(type, key, { images, pack }, "@bob:example.org" as UserId);

  it("comes in with who made it; what lies elsewhere is fetched, what lies here is used as it is", async () => {
    const images = {
      Cat_Wave: { url: "mxc://example.org/own", body: "A cat", info: { ...info, "com.x": 1 } },
      far: { url: "mxc://far.example/1", info },
      "käse 2": { url: "mxc://example.org/bare", info: { w: 1.5 } },
      gone: { url: "mxc://far.example/none" },
    };
    world.media.set("mxc://example.org/bare", pictureOf("bare"));
    put(
      "zoo",
      images,
      { display_name: "Zoo", attribution: "Bob, CC BY 4.0", "usher.licence": "CC BY 4.0" },
      OLD_PACK_TYPE,
    );
    const [preview, answer] = await world.says("add stickers #cats:example.org");
    expect(preview).toContain(
      "I will add the sticker pack Zoo with 4 pictures, for everybody in this room. From: Bob, CC BY 4.0",
    );
    expect(answer).toMatch(/has 3 stickers now[^]*gone: it cannot be fetched/);
    expect(Object.keys(world.images("zoo"))).toEqual(["Cat_Wave", "far", "kase-2"]);
    expect(world.images("zoo")["Cat_Wave"]).toEqual({
      ...{ url: "mxc://example.org/own", body: "A cat", info, "usher.order": 1000 },
    });
    expect(world.uploads).toEqual(["far", "bare"]);
    expect(JSON.parse(world.room.json(PACK_TYPE, "zoo"))).toMatchObject({
      pack: {
        ...{ display_name: "Zoo", usage: ["sticker"], attribution: "Bob, CC BY 4.0" },
        "usher.licence": "CC BY 4.0",
      },
    });
    const link = "https://matrix.to/#/!cats:example.org?via=example.org";
    expect((await world.says(`add stickers ${link}`))[1]).toContain("as it is there: 3 stickers");
    expect(world.uploads).toHaveLength(2);
  });

  it("is named where there are several, and asked for where none is", async () => {
    put("zoo", { a: { url: "mxc://example.org/a", info } }, { display_name: "Zoo" });
    put("", { b: { url: "mxc://example.org/b", info } }, { display_name: "Farm" });
    put("empty", {});
    expect(await refusalOf(world.says(`add stickers ${OTHER}`))).toMatch(
      /several sticker packs:[^]*Farm, id `""`[^]*Zoo, id `zoo`[^]*add stickers !cats:example\.org ""/,
    );
    for (let at = 0; at < 10; at += 1)
      put(`more-${String(at)}`, { c: { url: "mxc://example.org/c", info } });
    expect(await refusalOf(world.says(`add stickers ${OTHER}`))).toContain("Not shown here: 2.");
    await world.says(`add stickers ${OTHER} ""`);
    expect(Object.keys(world.images("farm"))).toEqual(["b"]);
    await world.says(`add stickers ${OTHER} Zoo`);
    expect(Object.keys(world.images("zoo"))).toEqual(["a"]);
  });

  it("is shown to nobody who is not in that room now, nor to anybody where Usher is not", async () => {
    put("zoo", { a: { url: "mxc://example.org/a", info } });
    people.clear();
    const refused = "both you and I are, and I see no such room";
    expect(await refusalOf(world.says(`add stickers ${OTHER}`))).toContain(refused);
    expect(await refusalOf(world.says("add stickers #none:example.org"))).toContain(refused);
    expect(await refusalOf(world.says("add stickers !no:example.org"))).toContain(refused);
    expect(await refusalOf(world.says(`add stickers ${ROOM}`))).toContain(refused);
    people.add(ADA);
    other.put(PACK_TYPE, "zoo", {});
    expect(await refusalOf(world.says(`add stickers ${OTHER}`))).toContain("has no sticker pack");
  });
});

describe("a pack of maunium's sticker picker", () => {
  const sticker = (id: string, body: string) => ({
    ...{ id, body, url: `mxc://far.example/${id}`, info, msgtype: "m.sticker" },
  });
  const cats = {
    ...{ title: "Cats", id: "cats", stickers: [sticker("1", "waving cat"), sticker("2", "😺")] },
    "net.maunium.telegram.pack": { short_name: "Cats_by_bob", hash: "x" },
  };
  beforeEach(() => {
    world.media.set("mxc://far.example/1", pictureOf("1"));
    world.media.set("mxc://far.example/2", pictureOf("2"));
  });

  it("comes in by its address", async () => {
    world.answers = () => json(cats);
    const [preview, answer] = await world.says("add stickers https://pics.example.org/cats.json");
    expect(preview).toContain("From: Imported from https://t.me/addstickers/Cats_by_bob");
    expect(answer).toContain("has 2 stickers now");
    expect(answer).not.toContain("Called otherwise");
    expect(world.images()["waving-cat"]).toMatchObject({ body: "waving cat" });
    expect(world.images()["grinning-cat"]).toMatchObject({ body: "😺" });
  });

  it("comes in by the address of a list, where it is said which", async () => {
    const dogs = {
      title: "",
      stickers: [{ url: "https://no.mxc/", body: "a dog" }, sticker("1", "x")],
    };
    world.answers = ({ pathname }) =>
      json(
        pathname.endsWith("index.json")
          ? { packs: ["cats.json", "https://b.example/dogs.json", "http://c.example/x.json"] }
          : pathname.endsWith("dogs.json")
            ? dogs
            : cats,
      );
    const index = "https://pics.example.org/packs/index.json";
    expect(await refusalOf(world.says(`add stickers ${index}`))).toMatch(
      /several sticker packs under that link:[^]*`cats`[^]*`dogs`[^]*Say which one behind it, as `cats`/,
    );
    expect((await world.says(`add stickers ${index} dogs`))[1]).toMatch(
      /has 1 sticker now[^]*a dog: it cannot be fetched/,
    );
    expect(world.asked).toContain("https://b.example/dogs.json");
    expect(Object.keys(world.images("dogs"))).toEqual(["x"]);
    expect(world.room.json(PACK_TYPE, "dogs")).toContain("Imported from b.example");
    const many = Array.from({ length: 12 }, (_, at) => `${String(at)}.json`);
    world.answers = () => json({ packs: many });
    expect(await refusalOf(world.says(`add stickers ${index}`))).toMatch(/`9`[^]*shown here: 2\./);
    world.answers = () => json({ packs: ["index.json"] });
    expect(await refusalOf(world.says(`add stickers ${index}`))).toContain("no sticker pack under");
  });

  it("that is none, or lies nowhere, is refused", async () => {
    const said = () => world.says("add stickers https://pics.example.org/cats.json");
    expect(await refusalOf(said())).toContain(
      "no sticker pack under that link to pics.example.org",
    );
    world.answers = () => json({ stickers: 3 });
    await expect(said()).rejects.toMatchObject({ code: "website-unexpected" });
    world.answers = () => ({ bytes: Buffer.alloc(3_000_000) });
    await expect(said()).rejects.toMatchObject({ code: "website-too-large" });
    expect(
      await refusalOf(world.says("add stickers https://a:b@pics.example.org/c.json")),
    ).toContain("That is no link that I can open.");
  });
});

describe("a zip under a link", () => {
  const zip = zipOf([{ name: "1-cat.png", bytes: pictureOf("cat") }]);
  const LINK = "https://pics.example.org/a/My%20Cats.zip";

  it("comes in, whatever the address and the website say that it is, and again is the same", async () => {
    world.answers = () => ({ bytes: zip });
    const [preview, answer] = await world.says(`add stickers ${LINK}`);
    expect(preview).toContain(
      "add the sticker pack My Cats with 1 picture, for everybody in this room. From: Imported from pics.example.org",
    );
    expect(answer).toContain("has 1 sticker now");
    expect(Object.keys(world.images("my-cats"))).toEqual(["cat"]);
    expect((await world.says(`add stickers ${LINK}`))[1]).toContain("as it is there: 1 sticker");
    // Of the same name elsewhere it is another pack; its address needs no ending, and a percent sign may be one.
    for (const other of ["https://b.example/My%20Cats.zip", "https://b.example/100%"])
      expect((await world.says(`add stickers ${other}`))[0]).toContain("I will add");
  });

  it("may be cancelled while it is fetched, and is taken up again after a kill", async () => {
    let often = 0;
    world.answers = () => {
      // The first time it is looked at for the preview.
      if ((often += 1) === 2) world.imports.going.cancel(ROOM, ADA);
      return { bytes: zip };
    };
    expect((await world.says(`add stickers ${LINK}`))[1]).toContain("Cancelled");
    expect(world.uploads).toEqual([]);
    world.dies({ at: world.effects.length + 2, when: "after" });
    expect((await world.says(`add stickers ${LINK}`))[1]).toContain("has 1 sticker now");
    expect(Object.keys(world.images("my-cats"))).toEqual(["cat"]);
  });

  it("that is damaged, empty or not there is refused", async () => {
    const said = () => refusalOf(world.says(`add stickers ${LINK}`));
    expect(await said()).toContain("no sticker pack under that link to pics.example.org");
    world.answers = () => ({ bytes: zip.subarray(0, 40) });
    expect(await said()).toContain("That file is no zip, or it is damaged.");
    world.answers = () => ({ bytes: zipOf([]) });
    expect(await said()).toContain("There is no picture in that zip.");
    world.answers = () => ({ bytes: Buffer.alloc(ZIP_LIMITS.bytes + 1) });
    await expect(world.says(`add stickers ${LINK}`)).rejects.toMatchObject({
      code: "website-too-large",
    });
  });
});

describe("a set of Telegram", () => {
  const stickers = [1, 2, 3].map((number) => ({
    ...{ file_id: `f${String(number)}`, file_unique_id: `u${String(number)}`, emoji: "😺" },
  }));
  const set = { name: "Cats_by_bob", title: "Bob's cats", sticker_type: "regular", stickers };
  const LINK = "https://t.me/addstickers/Cats_by_bob";
  const answers = ({ pathname, searchParams }: URL) => {
    if (pathname === "/bot123:token/getStickerSet")
      return searchParams.get("name") === "Cats_by_bob"
        ? json({ ok: true, result: set })
        : json({ ok: false, error_code: 400, description: "STICKERSET_INVALID" });
    if (pathname === "/bot123:token/getFile") {
      const id = searchParams.get("file_id") ?? "";
      return id === "f3"
        ? json({ ok: false })
        : json({ ok: true, result: { file_path: `s/${id}` } });
    }
    const file = /^\/file\/bot123:token\/s\/(f\d)$/.exec(pathname)?.[1];
    return file === undefined
      ? { status: 404, bytes: Buffer.alloc(0) }
      : { bytes: pictureOf(file) };
  };

  it("comes in by its link, and again without asking for a picture that is here", async () => {
    world.answers = answers;
    const [preview, answer] = await world.says(`add stickers ${LINK}`);
    expect(preview).toContain("the sticker pack Bob's cats with 3 pictures");
    expect(answer).toMatch(/has 2 stickers now[^]*3\. 😺: it cannot be fetched/);
    expect(
      Object.entries(world.images("bob-s-cats")).map(([code, { body }]) => [code, body]),
    ).toEqual([
      ["grinning-cat", "😺"],
      ["grinning-cat-2", "😺"],
    ]);
    expect(answer).toMatch(/Called otherwise than there[^]*2\. 😺: `grinning-cat-2`/);
    const before = world.asked.length;
    for (const link of [
      LINK,
      "tg://addstickers?set=Cats_by_bob",
      "https://telegram.me/addemoji/Cats_by_bob",
    ])
      expect((await world.says(`add stickers ${link}`))[1]).toContain("as it is there: 2 stickers");
    expect(world.asked.slice(before).filter((url) => /\/file\//.test(url))).toEqual([]);
  });

  it("waits where Telegram wants to be asked later", async () => {
    let often = 0;
    world.answers = (url) => {
      if (url.pathname.includes("/file/") && (often += 1) === 1)
        return { ...json({ ok: false, parameters: { retry_after: 3 } }), status: 429 };
      return answers(url);
    };
    const said = world.says(`add stickers ${LINK}`);
    await expect.poll(() => world.clock.waiting).toBe(1);
    world.clock.advance(3_000);
    expect((await said)[1]).toContain("has 2 stickers now");
  });

  it("that is not there, or cannot be asked for, is said so", async () => {
    world.answers = answers;
    expect(await refusalOf(world.says("add stickers https://t.me/addstickers/Nobody"))).toContain(
      "Telegram has no sticker set `Nobody`",
    );
    world.answers = () => ({ ...json({ ok: false }), status: 401 });
    const refused = await refusalOf(world.says(`add stickers ${LINK}`));
    expect(refused).toContain("does not take the token");
    expect(refused).not.toContain("123");
    world.telegram = undefined;
    expect(await refusalOf(world.says(`add stickers ${LINK}`))).toContain(
      "I have no way to ask Telegram",
    );
  });
});

describe("a pack of Signal", () => {
  const [ID, KEY] = ["ab".repeat(16), "0123456789abcdef".repeat(4)];
  const LINK = `https://signal.art/addstickers/#pack_id=${ID}&pack_key=${KEY}`;
  const manifest = signalManifest("Signal cats", "Bob", [
    { id: 0, emoji: "😺" },
    { id: 300, emoji: "" },
    { id: 7, emoji: "🐈" },
  ]);
  const files: Record<string, Buffer> = {
    "manifest.proto": signalSealed(manifest, KEY),
    "full/0": signalSealed(pictureOf("zero"), KEY),
    "full/300": signalSealed(pictureOf("many"), KEY),
    "full/7": Buffer.concat([signalSealed(pictureOf("seven"), KEY), Buffer.from("!")]),
  };
  beforeEach(() => {
    world.answers = ({ pathname }) => {
      const bytes = files[pathname.replace(`/stickers/${ID}/`, "")];
      return bytes === undefined ? { status: 403, bytes: Buffer.alloc(0) } : { bytes };
    };
  });

  it("comes in by its link, opened with the key in that", async () => {
    const [preview, answer] = await world.says(`add stickers ${LINK}`);
    expect(preview).toContain("the sticker pack Signal cats with 3 pictures");
    expect(preview).toContain("From: Bob");
    expect(answer).toMatch(/has 2 stickers now[^]*8\. 🐈: damaged/);
    expect(world.uploads).toEqual(["zero", "many"]);
    // One that says nothing of itself is called as its pack.
    expect(Object.keys(world.images("signal-cats"))).toEqual(["grinning-cat", "signal-cats"]);
    const app = `sgnl://addstickers/?pack_id=${ID}&pack_key=${KEY}`;
    expect((await world.says(`add stickers ${app}`))[1]).toContain("as it is there: 2 stickers");
  });

  it("that is not there, or that the key does not open, is refused", async () => {
    const other = LINK.replace("0123", "3210");
    expect(await refusalOf(world.says(`add stickers ${other}`))).toContain(
      "does not open the pack",
    );
    const none = LINK.replaceAll("ab", "cd");
    expect(await refusalOf(world.says(`add stickers ${none}`))).toContain("no sticker pack under");
  });

  it("is read by its fields, and nothing else is taken for one", () => {
    const torn = [Buffer.from([0x0a, 5, 1]), Buffer.from([0x0d, 1]), Buffer.alloc(12, 0xff)];
    for (const bytes of [...torn, Buffer.from([0x80])]) expect(fieldsOf(bytes)).toBeUndefined();
    expect(fieldsOf(manifest)?.map(({ field }) => field)).toEqual([1, 2, 3, 4, 4, 4]);
  });
});

describe("what programs write into zips", () => {
  const file = (name: string, word = name) => ({ name, bytes: pictureOf(word) });
  const text = (name: string, value: unknown) => ({
    name,
    bytes: Buffer.from(typeof value === "string" ? value : JSON.stringify(value)),
  });
  const adds = (files: Parameters<typeof zipOf>[0], name = "x.zip") =>
    world.says("add stickers", { replyTo: world.sends(name, zipOf(files)) });

  it("Sticker Maker's two texts are its name and whoever made it", async () => {
    const pack = [text("title.txt", "Cats\n"), text("author.txt", "Bob"), file("tray.png")];
    const [preview] = await adds([...pack, file("1.webp"), file("2.webp")], "7.wastickers");
    expect(preview).toContain(
      "the sticker pack Cats with 2 pictures, for everybody in this room. From: Bob",
    );
    expect(Object.keys(world.images())).toEqual(["sticker-1", "sticker-2"]);
    const more = [text("title.txt", "Cats"), text("author.txt", "Bob"), file("1.webp")];
    expect((await adds(more, "other.wastickers"))[1]).toContain("as it is there: 2 stickers");
  });

  it.each([
    ["alone", (pack: unknown) => pack],
    ["in a list", (pack: unknown) => ({ sticker_packs: [pack] })],
  ])("the list of WhatsApp's sample apps, %s, says what pictures show", async (_, as) => {
    const pack = {
      ...{ identifier: "c", name: "Cats", publisher: "Bob", tray_image_file: "icon.png" },
      stickers: ["a.webp", "01.webp"].map((image_file) => ({ image_file, emojis: ["😺", "👋"] })),
    };
    const pictures = [file("icon.png"), file("a.webp"), file("01.webp")];
    await adds([text("contents.json", as(pack)), ...pictures]);
    expect(world.images()).toMatchObject({ a: { body: "😺 👋" } });
    // A number says less than what it shows.
    expect(Object.keys(world.images())).toEqual(["grinning-cat", "a"]);
  });

  it("the list of WhatsApp's sample apps of several packs names none of them for all", async () => {
    const packs = ["Cats", "Dogs"].map((name) => ({
      ...{ identifier: name, name, publisher: `${name} Ltd` },
      stickers: [{ image_file: `${name}.webp`, accessibility_text: `All ${name}` }],
    }));
    const json = text("contents.json", { sticker_packs: packs });
    const [before] = await adds([json, file("Cats.webp"), file("Dogs.webp")], "pets.zip");
    expect(before).toMatch(/the sticker pack pets with 2 pictures.*Cats Ltd, Dogs Ltd/);
    expect(world.images("pets")).toMatchObject({
      cats: { body: "All Cats" },
      dogs: { body: "All Dogs" },
    });
  });

  it("Misskey's export has shortcodes and licences", async () => {
    const emojis = [
      { fileName: "aX.png", downloaded: true, emoji: { name: "Cat_Wave", license: "CC BY 4.0" } },
      { fileName: "b.png", downloaded: true, emoji: { name: "猫", license: null } },
    ];
    const meta = { metaVersion: 2, host: "mi.example.org", emojis };
    const [preview] = await adds([text("meta.json", meta), file("aX.png"), file("b.png")]);
    expect(preview).toContain("Emoji of mi.example.org with 2 pictures");
    expect(preview).toContain("From: Emoji of mi.example.org. Licence: CC BY 4.0");
    expect(world.images("emoji-of-mi-example-org")).toMatchObject({
      Cat_Wave: {},
      b: { body: "猫" },
    });
  });

  it("maunium's list has a title and what pictures show", async () => {
    const pack = {
      ...{ title: "Cats", id: "c1" },
      stickers: [{ id: "1", body: "A cat", filename: "12-one.png", url: "mxc://x/1" }],
      "net.maunium.telegram.pack": { short_name: "Cats" },
    };
    const [preview] = await adds([text("pack.json", pack), file("12-one.png")]);
    expect(preview).toContain("Cats with 1 picture");
    expect(preview).toContain("https://t.me/addstickers/Cats");
    expect(world.images()).toMatchObject({ one: { body: "A cat" } });
  });

  it("what is none of these is a file like all others", async () => {
    const [, answer] = await adds([
      text("pack.json", "{"),
      { ...text("meta.json", "{}"), sealed: true },
      file("a.png"),
    ]);
    expect(answer).toMatch(/meta\.json: encrypted[^]*pack\.json: no picture/);
  });
});
