import { beforeEach, describe, expect, it } from "vitest";
import { memoryDocuments } from "../../../test/harness/memoryDocuments.ts";
import { MemoryRoom } from "../../../test/harness/memoryRoom.ts";
import { packOf } from "../../../test/harness/packs.ts";
import { refusalOf, sentenceOf } from "../../../test/harness/sentenceOf.ts";
import type { Answer, Command, Request } from "../../chat/command.ts";
import { parseLine } from "../../chat/parse.ts";
import { Catalogue } from "../../integrations/catalogue.ts";
import { ManualClock } from "../../kernel/clock.ts";
import type { EventId, RoomId, UserId } from "../../kernel/ids.ts";
import { addPack } from "./commands/addPack.ts";
import { newPack } from "./commands/newPack.ts";
import { describeSticker, dropSticker, renameSticker } from "./commands/changeSticker.ts";
import { sendSticker } from "./commands/sendSticker.ts";
import { showPack } from "./commands/showPack.ts";
import type { PackEntry } from "./config.ts";
import { packItems } from "./items.ts";
import type { Pack } from "./pack.ts";
import { Packs } from "./packs.ts";
import { OLD_PACK_TYPE, PACK_TYPE, PACK_TYPES } from "./state.ts";
import type { SourceDeps } from "./commands/importSource.ts";
import type { Imports } from "./imports/imports.ts";
import { infoOf } from "./views.ts";

const ROOM = "!room:example.org" as RoomId;
const SOURCE = "!packs:example.org" as RoomId;
const ADA = "@ada:example.org" as UserId;
const CATS: PackEntry = {
  ...{ id: "cats", name: "Cats", description: "Forty cats", price: "free", enabled: true },
  ...{ host: { by: "operator" }, room: SOURCE, pack: "all-cats", redeem: false },
};
const BIRDS: PackEntry = {
  ...{ ...CATS, id: "birds", name: "Birds", price: "paid", pack: "gone" },
  host: { by: "third-party", who: "Example Birds", policy: "https://birds.example.org/privacy" },
};

let room: MemoryRoom;
let source: MemoryRoom;
let packs: Packs;
let encryption: "none" | "encrypted";
let events: number;

beforeEach(() => {
  [room, source, encryption, events] = [new MemoryRoom(), new MemoryRoom(), "none", 0];
  const of = (id: RoomId): MemoryRoom => (id === SOURCE ? source : room);
  const matrix = {
    me: room.me,
    state: (...[id, type, key]: Parameters<MemoryRoom["state"]>) => of(id).state(id, type, key),
    allState: (id: RoomId) => of(id).allState(),
    setState: (...[id, type, key, content]: Parameters<MemoryRoom["setState"]>) =>
      of(id).setState(id, type, key, content),
  };
  packs = new Packs({
    matrix,
    documents: memoryDocuments(),
    clock: new ManualClock(Date.UTC(2026, 10, 30)),
  });
});

const put = (where: MemoryRoom, key: string, { about, images }: Pack, sender?: UserId): void => {
  for (const type of PACK_TYPES)
    where.put(type, key, { images: Object.fromEntries(images), pack: about }, sender);
};
const make = (pack: Pack, id = "cats") =>
  packs.change(
    ROOM,
    { id, deed: "make-pack", make: () => pack },
    { person: ADA, cause: `$made-${id}` as EventId },
  );

function commands(): readonly Command[] {
  const none = {
    download: () => Promise.reject(new Error("none")),
    sendFile: () => Promise.reject(new Error("none")),
  };
  const matrix = {
    encryption: () => Promise.resolve(encryption),
    event: () => Promise.resolve(undefined),
    attachment: () => Promise.reject(new Error("none")),
  };
  const entries = [CATS, BIRDS];
  const widget = { ...CATS, id: "jitsi", name: "Jitsi", kind: "widget" };
  const kinds = [{ kind: "sticker", plural: "stickers" }];
  const all = [...entries.map((one) => ({ ...one, kind: "sticker" })), widget];
  const catalogue = new Catalogue(all, kinds);
  const personPacks = { hasRedeemed: () => Promise.resolve(false) };
  const [imports, sources] = [{} as Imports, {} as SourceDeps];
  return [
    addPack({ packs, matrix, catalogue, entries, personPacks, imports, sources }),
    newPack({ packs, matrix }),
    dropSticker({ packs }),
    renameSticker({ packs }),
    describeSticker({ packs }),
    sendSticker({ packs }),
    showPack({
      ...{ packs, matrix: none, queue: { aside: (_, wait) => wait() } },
      pictures: { sheet: () => Promise.reject(new Error("none")) },
    }),
  ];
}

/** What is shown before, and what is answered then. */
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
  if ("nothing" in plan) return ["", sentenceOf(plan.nothing)];
  const exactly = plan.exactly === undefined ? understood : parseLine(plan.exactly, commands());
  if ("error" in exactly) throw exactly.error;
  const before = "preview" in plan ? sentenceOf(plan.preview) : "";
  const { command: same, input: exact } = exactly;
  if (!same.changes) throw new Error(`"${line}" became another command`);
  return [before, sentenceOf(await same.perform(exact, request))];
}

describe("a pack of the catalogue", () => {
  it("is told with who it is from and what it costs, added, and brought up to date", async () => {
    put(source, "all-cats", packOf({ one: "1", two: "2" }, "Somebody's cats"));
    const [before, after] = await asked("add stickers Cats");
    expect(before).toMatch(
      /^I will add the sticker pack Cats: 2 stickers\.[^]*From the people who run me\./,
    );
    expect(before).not.toContain("encrypted");
    expect(after).toContain("The pack Cats, id `cats`, is here with 2 stickers.");
    expect(room.json(PACK_TYPE, "cats")).toContain('"display_name":"Cats"');
    expect(room.json(OLD_PACK_TYPE, "cats")).toBe(room.json(PACK_TYPE, "cats"));

    encryption = "encrypted";
    put(source, "all-cats", packOf({ one: "1" }));
    const [again, changed] = await asked("add stickers cats");
    expect(again).toMatch(/bring the sticker pack Cats up to date: 1 sticker\.[^]*not encrypted/);
    expect(changed).toContain("is here with 1 sticker.");
    expect((await asked("add stickers cats"))[1]).toContain(
      "is here already, as it is in the catalogue: 1 sticker.",
    );
    put(source, "all-cats", packOf({ one: "1", two: "2" }));
    await asked("add stickers cats");
    expect((await asked("add stickers cats"))[1]).toContain(
      "as it is in the catalogue: 2 stickers.",
    );
    expect((await packs.list(ROOM)).shown.map(({ id }) => id)).toEqual(["cats"]);
  });

  it("is offered where none is named and no file is answered", async () => {
    expect(await refusalOf(asked("add stickers"))).toMatch(
      /Which sticker pack\? Answer a zip[^]*in my catalogue[^]*Cats, id `cats`[^]*Birds, id `birds`/,
    );
  });

  it("that is not where it should be, is another thing, or nothing, is said so", async () => {
    expect(await refusalOf(asked("add stickers birds"))).toContain(
      "is in my catalogue, and not where it should be",
    );
    expect(await refusalOf(asked("add stickers jitsi"))).toContain(
      "Jitsi is no sticker pack. `!usher info jitsi`",
    );
    await expect(asked("add stickers catz")).rejects.toMatchObject({ code: "entry-unknown" });
    const [ours, theirs] = ["cats", "birds"].map((id) => sentenceOf(infoOf([CATS, BIRDS], id)));
    expect(ours).toMatch(/^Cats: a sticker pack\. Forty cats\n+.*From the people who run me\./);
    expect(theirs).toMatch(/From Example Birds; privacy policy: https:\/\/birds/);
    const policy = { ...CATS, host: { by: "operator", policy: "https://example.org/p" } } as const;
    expect(sentenceOf(infoOf([policy], "cats"))).toContain(
      "run me; privacy policy: https://example.org/p",
    );
  });
});

describe("which sticker is meant", () => {
  beforeEach(async () => {
    await make(packOf({ hi: "1", "cat-wave": "2" }));
    await make(packOf({ hi: "3", woof: "4" }, "Dogs"), "dogs");
  });

  it("is asked where several packs have it, and said where none has", async () => {
    expect(await refusalOf(asked("sticker hi"))).toMatch(
      /Several packs have a sticker `hi`:[^]*Cats, id `cats`[^]*Dogs, id `dogs`[^]*`pack=cats`/,
    );
    expect(await refusalOf(asked("sticker 1"))).toMatch(
      /Several sticker packs may be meant:[^]*`pack=cats`/,
    );
    for (let at = 0; at < 11; at += 1)
      await make(packOf({ hi: "5" }, `More ${String(at)}`), `more-${String(at)}`);
    expect(await refusalOf(asked("sticker hi"))).toContain("Not shown here: 3.");
    expect(await refusalOf(asked("sticker 1"))).toContain("Not shown here: 3.");
    expect((await asked("sticker hi pack=dogs"))[1]).toBe("I have sent the sticker `hi`.");
    expect((await asked("sticker 2 pack=Dogs"))[1]).toBe("I have sent the sticker `woof`.");
    expect(await refusalOf(asked("sticker CAT-WAV"))).toContain("Did you mean `cat-wave`?");
    expect(await refusalOf(asked("sticker 99 pack=cats"))).toBe(
      "No sticker here is called `99`. `!usher stickers show` shows all.",
    );
    expect(await refusalOf(asked("sticker hi pack=birds"))).toBe(
      "This room has no sticker pack called `birds`. `!usher list` shows those that there are.",
    );
    expect(await refusalOf(asked("sticker hi pack=dgs"))).toContain("Did you mean `Dogs`?");
  });

  it("is changed by its shortcode or number, and what cannot be is said", async () => {
    expect((await asked("stickers rename 2 hello pack=cats"))[1]).toBe(
      "The sticker `hi` of Cats is called `hello` now.",
    );
    expect((await asked("stickers describe hello A cat says hello"))[1]).toContain(
      "is described as you said",
    );
    expect((await asked("stickers describe pack=dogs 1 A dog"))[1]).toContain(
      "The sticker `hi` of Dogs",
    );
    expect(await refusalOf(asked("stickers rename hello cat-wave"))).toMatch(
      /Cats has a sticker `cat-wave` already\. Take another name, such as `cat-wave-2`/,
    );
    expect(await refusalOf(asked("stickers rename hello häl-lo"))).toContain(
      "What about `hal-lo`?",
    );
    await expect(asked("stickers rename hello __proto__")).rejects.toMatchObject({
      code: "sticker-shortcode",
    });
    expect(await refusalOf(asked("stickers rename hello é"))).toContain("What about `e`?");
    expect(await refusalOf(asked("stickers rename hello 猫"))).toMatch(/digits, `-` and `_`\.$/);
    const [before, after] = await asked("stickers drop hello");
    expect(before).toBe(
      "I will take the sticker `hello` out of Cats. Messages with it stay as they are.",
    );
    expect(after).toContain("`hello` is no sticker of Cats any more.");
  });

  it("is said to be gone where somebody has taken it out meanwhile", async () => {
    const [drop] = commands().filter(({ words }) => words === "stickers drop");
    if (drop?.changes !== true) throw new Error("no such command");
    const input = { code: "gone", pack: "cats" } as never;
    const request = { room: ROOM, person: ADA, event: "$x" as EventId } as Request;
    expect(sentenceOf(await drop.perform(input, request))).toContain(
      "The sticker `gone` is gone already",
    );
  });
});

describe("packs by their ids", () => {
  const said = async (answer: Promise<Answer | undefined>): Promise<string> =>
    sentenceOf(await answer);
  const request = { room: ROOM, person: ADA, event: "$asked" as EventId } as Request;
  const items = () => packItems(packs);

  it("are listed: Usher's, others', and those that are gone", async () => {
    expect(await items().list(ROOM)).toBeUndefined();
    await make(packOf({ one: "1" }));
    await make(packOf({ one: "1" }, "Gone"), "gone");
    for (const type of PACK_TYPES) room.put(type, "gone", {}, ADA);
    put(room, "dogs", packOf({ one: "1", two: "2" }, "Dogs"), ADA);
    expect(await said(items().list(ROOM))).toMatch(
      /I made or added here:\n- Cats, id `cats`: 1 sticker, for @ada:example\.org on 2026-11-30[^]*packs of others:\n- Dogs, id `dogs`: 2 stickers, by @ada[^]*removed them since:\n- Gone, id `gone`, for @ada/,
    );
    put(room, "dogs", packOf({ one: "1" }, "Dogs"), ADA);
    expect(await said(items().list(ROOM))).toContain("Dogs, id `dogs`: 1 sticker, by");
    expect(await said(items().show(ROOM, "gone"))).toContain(
      "Gone, id `gone`: a sticker pack for @ada",
    );
    expect(await said(items().show(ROOM, "dogs"))).toContain(
      "last changed by @ada:example.org, not through me.",
    );
    await expect(items().show(ROOM, "x")).rejects.toMatchObject({ code: "item-unknown" });
  });

  it("of others say so also where Usher wrote them last, which made none of them", async () => {
    put(room, "dogs", packOf({ one: "1", two: "2" }, "Dogs"), ADA);
    await asked("stickers drop one");
    expect(await said(items().list(ROOM))).toContain("`dogs`: 1 sticker, by somebody else");
    expect(await said(items().show(ROOM, "dogs"))).toContain("made by somebody else.");
    const [set, remove] = [items().set, items().remove];
    const plans = [
      await set?.plan("dogs", new Map([["name", "More"]]), request),
      await remove.plan("dogs", undefined, request),
    ].map((plan) => (plan && "preview" in plan ? sentenceOf(plan.preview) : ""));
    expect(plans.join()).toMatch(/which somebody else made and not I.*made by somebody else, and/s);
  });

  it("take a name and an attribution, shown before, and nothing else", async () => {
    const { set } = items();
    if (set === undefined) throw new Error("nothing can be set");
    await make(packOf({ one: "1", two: "2" }));
    put(room, "dogs", packOf({ one: "1" }, "Dogs"), ADA);
    const changes = new Map([
      ["name", "More cats"],
      ["attribution", "Ada"],
      ["licence", "CC BY 4.0"],
    ]);
    const plan = await set.plan("cats", changes, request);
    expect("preview" in plan && sentenceOf(plan.preview)).toBe(
      "I will change the sticker pack Cats, for everybody: it will be called More cats. Its pictures will be said to be from: Ada. Its licence will be: CC BY 4.0.",
    );
    expect(await said(set.perform("cats", changes, request))).toBe(
      "The pack is More cats, id `cats`. From: Ada. Licence: CC BY 4.0.",
    );
    const same = await set.plan("cats", changes, request);
    expect("nothing" in same && sentenceOf(same.nothing)).toContain("is like that already");
    const theirs = await set.plan("dogs", new Map([["name", "Dogs 2"]]), request);
    expect("preview" in theirs && sentenceOf(theirs.preview)).toContain(
      "which @ada:example.org made and not I",
    );
    expect(await said(items().show(ROOM, "cats"))).toMatch(
      /with 2 stickers, for @ada.*From: Ada\. Licence: CC BY 4\.0\./,
    );
    expect(await refusalOf(set.plan("cats", new Map([["size", "3"]]), request))).toContain(
      "There are: `name` `attribution` `licence`",
    );
    expect(await refusalOf(set.plan("cats", new Map([["name", " "]]), request))).toContain(
      "letters it may have: 60",
    );
  });

  it("are listed in bounds, and found, however many others have written into the room's state", async () => {
    const bob = "@bob:example.org" as UserId;
    await make(packOf({ cat: "1" }));
    for (let at = 0; at < 1_000; at += 1)
      put(room, `theirs-${String(at)}`, packOf({ hi: "5" }, `Theirs ${String(at)}`), bob);
    const listed = await said(items().list(ROOM));
    expect(listed).toContain("Cats, id `cats`: 1 sticker");
    expect(listed).toContain(
      "Sticker packs that are not listed: 900. `!usher show <id>` tells of one",
    );
    expect(listed.length).toBeLessThan(20_000);
    const unlisted = "Theirs 999";
    expect(listed).not.toContain(unlisted);
    expect(await said(items().show(ROOM, "theirs-999"))).toContain(unlisted);
    const asks = await refusalOf(asked("sticker hi"));
    expect(asks).toContain("Not shown here: 990.");
    expect(asks.split("\n").length).toBeLessThan(20);
    expect((await asked("sticker hi pack=theirs-999"))[1]).toBe("I have sent the sticker `hi`.");
  });

  it("are removed after what will go was shown, and what is gone leaves the list", async () => {
    await make(packOf({ one: "1", two: "2" }));
    put(room, "dogs", packOf({ one: "1" }, "Dogs"), ADA);
    const { remove } = items();
    const preview = async (id: string): Promise<string> => {
      const plan = await remove.plan(id, undefined, request);
      return "preview" in plan ? sentenceOf(plan.preview) : "nothing is shown";
    };
    expect(await preview("cats")).toContain(
      "with its 2 stickers, for everybody in this room. The pictures stay",
    );
    expect(await preview("dogs")).toContain(
      "with its 1 sticker, for everybody in this room: it was made by @ada:example.org, and not by me.",
    );
    expect(await said(remove.perform("cats", undefined, request))).toContain(
      "The pack Cats, id `cats`, is removed.",
    );
    await make(packOf({ one: "1" }), "birds");
    for (const type of PACK_TYPES) room.put(type, "birds", {}, ADA);
    expect(await preview("birds")).toBe("nothing is shown");
    expect(
      await said(remove.perform("birds", undefined, { ...request, event: "$2" as EventId })),
    ).toContain("The pack `birds` is gone already");
    await expect(remove.plan("birds", undefined, request)).rejects.toMatchObject({
      code: "item-unknown",
    });
  });

  it("are two where one more is made that is called the same, which is said before", async () => {
    expect((await asked("stickers new Cats"))[0]).not.toContain("already");
    const [before, after] = await asked("stickers new cats");
    expect(before).toContain("One that is called so is here already, id `cats`: this will be");
    expect(after).toContain("id `cats-2`");
  });

  it("without stickers say how one comes into it", async () => {
    await make(packOf({}));
    expect((await asked("stickers show"))[1]).toMatch(
      /The pack Cats, id `cats`, has no stickers yet\. Answer a picture/,
    );
    expect(await refusalOf(asked("stickers show nothing"))).toContain(
      "no sticker pack called `nothing`",
    );
    room = new MemoryRoom();
    expect(await refusalOf(asked("sticker x"))).toContain("This room has no sticker pack.");
  });
});
