import { beforeEach, describe, expect, it } from "vitest";
import { ADA, ImportWorld, pictureOf, ROOM } from "../../../../test/harness/importWorld.ts";
import { refusalOf } from "../../../../test/harness/sentenceOf.ts";
import { zipOf, type GivenFile } from "../../../../test/harness/zipFiles.ts";
import type { UserId } from "../../../kernel/ids.ts";
import type { RoomEvent } from "../../../matrix/port.ts";
import { roomDocument } from "../../../store/room.ts";
import { withoutCancels } from "./cancelWord.ts";
import { importPart } from "./records.ts";

const BOB = "@bob:example.org" as UserId;
const file = (name: string, word = name): GivenFile => ({ name, bytes: pictureOf(word) });
const zip = (...names: readonly string[]) => zipOf(names.map((name) => file(name)));

let world: ImportWorld;
beforeEach(() => {
  world = new ImportWorld();
});

/** A zip is sent, and answered with the command and a yes. */
const adds = (bytes: Uint8Array, name = "Cats.zip", person = ADA) =>
  world.says("add stickers", { replyTo: world.sends(name, bytes), person });

describe("a zip of pictures", () => {
  it("comes in as one pack, which is written once, after it was shown what comes", async () => {
    const [preview, answer] = await adds(zip("a/12-cat wave.png", "__MACOSX/x.png", "Käse.webp"));
    expect(preview).toBe(
      "I will add the sticker pack Cats with 2 pictures, for everybody in this room.\n\nWhat I cannot read is left out, and I say so.",
    );
    expect(answer).toContain("The pack Cats, id `cats`, has 2 stickers now; new: 2, changed: 0.");
    expect(answer).not.toContain("Left out");
    expect(Object.keys(world.images())).toEqual(["cat-wave", "kase"]);
    expect(world.images()["kase"]).toEqual({
      url: "mxc://example.org/2",
      "usher.order": 2000,
      info: { w: 50, h: 40, mimetype: "image/webp", size: expect.any(Number) as number },
    });
    expect(world.room.sent).toHaveLength(2);
  });

  it("stands in the order in which people read names, which the pack says", async () => {
    await adds(zip("10-x.png", "2-z.png", "1-y.png"));
    expect(Object.keys(world.images())).toEqual(["y", "z", "x"]);
  });

  it("says in an encrypted room that pictures are not", async () => {
    world.encryption = "encrypted";
    const [preview] = await adds(zip("one.png"));
    expect(preview).toMatch(/with 1 picture,[^]*are not encrypted/);
  });

  it("leaves out what is no picture, by name and with the reason, and takes the rest", async () => {
    const [, answer] = await adds(
      zipOf([
        file("good.png"),
        { name: "x.svg", bytes: Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>") },
        { name: "notes.txt", bytes: Buffer.from("no picture") },
        { name: "inner.zip", bytes: zip("deep.png") },
        file("../../evil.png"),
        { ...file("secret.png"), sealed: true },
        { name: "link.png", bytes: Buffer.from("/etc/passwd"), mode: 0o120_777 },
        file("good.png", "another"),
        file("w-copy.png", "good.png"),
        { ...file("lies.png", "x".repeat(5_000)), says: 100 },
      ]),
    );
    const [, more] = await adds(
      zipOf([file("slow.png"), file("away.png"), { ...file("large.png"), says: 9e6 }]),
      "More.zip",
    );
    expect(more).toMatch(
      /away\.png: it cannot be fetched[^]*large\.png: too large[^]*slow\.png: reading it takes too much time or memory/,
    );
    expect(answer).toContain("has 1 sticker now; new: 1");
    for (const line of [
      "x.svg: an SVG",
      "notes.txt: no picture that I can read",
      "inner.zip: a zip in the zip, which I do not open",
      "evil.png: its name leads out of the zip",
      "secret.png: encrypted with a password",
      "link.png: a link and no file",
      "good.png: the same as another one",
      "w-copy.png: the same as another one",
      "lies.png: damaged",
    ])
      expect(answer).toContain(line);
    expect(Object.keys(world.images())).toEqual(["good"]);
  });

  it("makes no pack of nothing", async () => {
    const texts = Array.from({ length: 12 }, (_, at) => ({
      ...{ name: `${String(at)}.txt`, bytes: Buffer.from(String(at)) },
    }));
    const [, answer] = await adds(zipOf(texts));
    expect(answer).toMatch(
      /No picture of Cats could be made[^]*Left out: 12\.[^]*Not shown here: 2\./,
    );
    expect(world.room.sent).toEqual([]);
  });

  it("has shortcodes of its own for names that are taken or none, and says which", async () => {
    const [, answer] = await adds(zip("cat.png", "Cat.webp", "猫.png"));
    expect(Object.keys(world.images())).toEqual(["cat", "cat-2", "cats"]);
    expect(answer).toMatch(/Called otherwise than there[^]*Cat\.webp: `cat-2`[^]*猫\.png: `cats`/);
    const many = zip(...Array.from({ length: 12 }, (_, at) => `${String(at)}/dog.png`));
    expect((await adds(many, "Dogs.zip"))[1]).toContain("Not shown here: 1.");
    expect(Object.keys(world.images("dogs"))).toHaveLength(12);
  });

  it("that is none, is empty or has too many files is refused before anything is asked", async () => {
    for (const bytes of [Buffer.from("no zip"), Buffer.from("PK\x03\x04 torn"), Buffer.alloc(0)])
      expect(await refusalOf(adds(bytes))).toContain("That file is no zip, or it is damaged.");
    expect(await refusalOf(adds(zipOf([])))).toContain("There is no picture in that zip.");
    const many = Array.from({ length: 2_001 }, (_, at) => file(String(at)));
    expect(await refusalOf(adds(zipOf(many)))).toContain("too many files: I read 2000 at most");
    expect(await refusalOf(world.says("add stickers"))).toContain(
      "Which sticker pack? Answer a zip",
    );
  });

  it("takes a thousand pictures and says how many more there are", async () => {
    const names = Array.from({ length: 1_003 }, (_, at) => `c${String(at)}.png`);
    const [preview, answer] = await adds(zip(...names));
    expect(preview).toContain("Not taken, since one pack takes no more: 3.");
    expect(answer).toMatch(/has 1000 stickers now[^]*not taken: 3\./);
  });
});

describe("the same zip again", () => {
  it("changes what differs, uploads nothing twice, and makes no second pack", async () => {
    await adds(zip("a.png", "b.png"));
    const [preview, same] = await adds(zip("a.png", "b.png"));
    expect(preview).toContain("I will bring the sticker pack Cats up to date with 2 pictures");
    expect(same).toContain("is here already as it is there: 2 stickers.");
    await world.says("stickers rename a aa pack=cats");
    const [, answer] = await adds(zipOf([file("a.png"), file("b.png", "new"), file("c.png")]));
    expect(answer).toContain("has 3 stickers now; new: 1, changed: 1");
    // What somebody called otherwise stays so.
    expect(Object.keys(world.images())).toEqual(["aa", "b", "c"]);
    await world.says("stickers drop aa pack=cats");
    await adds(zip("a.png"));
    expect(Object.keys(world.images())).toEqual(["b", "aa", "c"]);
    expect(world.uploads.slice(0, 4)).toEqual(["a.png", "b.png", "new", "c.png"]);
    const one = await adds(zip("x.png"), "One.zip");
    expect((await adds(zip("x.png"), "One.zip"))[1]).toContain("as it is there: 1 sticker.");
    expect(one[1]).toContain("has 1 sticker now");
  });

  it("leaves alone what somebody put in the place of one of its pictures", async () => {
    await adds(zip("a.png", "b.png"));
    const { b } = world.images();
    for (const type of ["m.room.image_pack", "im.ponies.room_emotes"])
      world.room.put(type, "cats", { images: { a: { url: "mxc://x/theirs" }, b } }, ADA);
    await adds(zip("a.png", "b.png"));
    expect(world.images()["a"]?.url).toBe("mxc://x/theirs");
    expect(Object.keys(world.images())).toEqual(["b", "a", "a-2"]);
  });
});

describe("an import that goes on", () => {
  it("tells every five seconds how far it is", async () => {
    await adds(zip(...Array.from({ length: 12 }, (_, at) => `c${String(at)}.png`)));
    expect(world.progress).toEqual([
      "import 0: picture 1 of 12 of Cats; `cancel` ends it",
      "import 5: picture 6 of 12 of Cats; `cancel` ends it",
      "import 10: picture 11 of 12 of Cats; `cancel` ends it",
    ]);
  });

  /** Says something while the second picture is made. */
  const meanwhile = (does: () => void): void => {
    world.onPicture = (count) => {
      if (count === 2) does();
    };
  };

  it("is ended by a word of whoever asked, changes nothing, and has no upload done twice", async () => {
    const said = (sender: UserId, body: string): RoomEvent =>
      ({
        roomId: ROOM,
        sender,
        type: "m.room.message",
        content: { msgtype: "m.text", body },
      }) as never;
    const batch = (...events: readonly RoomEvent[]) =>
      ({ rooms: [{ roomId: ROOM, events, gap: false }] }) as never;
    const left = (...events: readonly RoomEvent[]) =>
      withoutCancels(batch(...events), {
        calledAs: "!usher",
        goesOn: (room, person) => world.imports.going.goesOn(room, person),
        cancel: (room, person) => world.imports.going.cancel(room, person),
      }).rooms[0]?.events;
    const [theirs, mine, other] = [
      said(BOB, "cancel"),
      said(ADA, "!usher Cancel"),
      said(ADA, "cancel it"),
    ];
    expect(left(theirs, mine, other)).toEqual([theirs, mine, other]);
    meanwhile(() => {
      expect(left(theirs, other)).toEqual([theirs, other]);
      expect(left(theirs, mine)).toEqual([theirs]);
    });
    const [, answer] = await adds(zip("a.png", "b.png", "c.png"));
    expect(answer).toMatch(/^Cancelled: the room is as it was\. Pictures that lie[^]*no pack: 2\./);
    expect(world.room.sent).toEqual([]);
    await adds(zip("a.png", "b.png", "c.png"));
    expect(world.uploads).toEqual(["a.png", "b.png", "c.png"]);
    expect(Object.keys(world.images())).toEqual(["a", "b", "c"]);
  });

  it("is ended by command, of whoever asked or may change packs, and by nobody else", async () => {
    expect((await world.says("stickers cancel"))[1]).toContain("No sticker pack is being imported");
    const answers: Promise<string>[] = [];
    meanwhile(() => {
      answers.push(refusalOf(world.says("stickers cancel", { person: BOB })));
      answers.push(world.says("stickers cancel").then(([, answer]) => answer));
    });
    expect((await adds(zip("a.png", "b.png", "c.png")))[1]).toContain("Cancelled");
    const [refused, stopped] = await Promise.all(answers);
    expect(refused).toContain("need power");
    expect(stopped).toContain("I stop.");
    world = new ImportWorld();
    const moderator = "@mod:example.org" as UserId;
    world.power = {
      ...world.power,
      levels: { users: { [ADA]: 50, [moderator]: 50, "@usher:example.org": 50 } },
    };
    meanwhile(() => void world.says("stickers cancel", { person: moderator }));
    expect((await adds(zip("a.png", "b.png", "c.png", "d.png")))[1]).toContain("Cancelled");
  });

  it("writes nothing for somebody who may no longer change packs, or wants nothing done", async () => {
    meanwhile(() => {
      world.power = { ...world.power, levels: { users: { "@usher:example.org": 100 } } };
    });
    expect(await refusalOf(adds(zip("a.png", "b.png", "c.png")))).toContain("need power");
    expect(world.room.sent).toEqual([]);
    world = new ImportWorld();
    meanwhile(() => world.people.delete(ADA));
    expect((await adds(zip("a.png", "b.png", "c.png")))[1]).toContain("Cancelled");
    expect(world.room.sent).toEqual([]);
    world = new ImportWorld();
    meanwhile(() => (world.mayAct = false));
    expect((await adds(zip("a.png", "b.png", "c.png")))[1]).toContain("Cancelled");
    expect(world.uploads).toHaveLength(2);
  });

  it("fails as a whole where nothing can be uploaded, and leaves nothing behind but hashes", async () => {
    world.refusesUploads = "M_FORBIDDEN";
    await expect(adds(zip("a.png"))).rejects.toMatchObject({ code: "room-unreachable" });
    const document = async () => {
      const found = await world.stored.get(roomDocument, ROOM);
      if (found === undefined) throw new Error("there is no document");
      return found;
    };
    expect(importPart.of(await document()).going).toHaveLength(1);
    await world.stored.update(roomDocument, ROOM, (now) => ({ ...now, journal: [] }));
    await world.imports.sweepRoom(await document());
    expect(importPart.of(await document()).going).toEqual([]);
  });
});

it("forgets where a pack came from when that goes", async () => {
  await adds(zip("a.png"));
  const packs = world.packs();
  await packs.change(
    ROOM,
    { id: "cats", deed: "remove-pack", make: () => undefined },
    { person: ADA, cause: "$gone" as never },
  );
  expect(importPart.of(await world.stored.get(roomDocument, ROOM)).done).toEqual([]);
});
