import { beforeEach, describe, expect, it } from "vitest";
import { memoryDocuments } from "../../../../test/harness/memoryDocuments.ts";
import { MemoryRoom } from "../../../../test/harness/memoryRoom.ts";
import { packOf } from "../../../../test/harness/packs.ts";
import { refusalOf, sentenceOf } from "../../../../test/harness/sentenceOf.ts";
import type { Command, Request } from "../../../chat/command.ts";
import { parseLine } from "../../../chat/parse.ts";
import { ManualClock } from "../../../kernel/clock.ts";
import { UsherError } from "../../../kernel/errors.ts";
import type { EventId, MxcUri, RoomId, UserId } from "../../../kernel/ids.ts";
import type { UploadContent } from "../../../matrix/fileContent.ts";
import type { Content, RoomEvent, RoomPower } from "../../../matrix/port.ts";
import { unreachable } from "../../../matrix/errors.ts";
import type { Documents } from "../../../store/documents.ts";
import { addSticker } from "../commands/addSticker.ts";
import { cancelImport } from "../commands/cancelImport.ts";
import { stickersDone } from "../commands/stickersDone.ts";
import { withFormat } from "../format.ts";
import { Packs } from "../packs.ts";
import type { StickerPicture } from "../pictures/pictures.ts";
import { PACK_TYPE } from "../state.ts";
import { packUndoHandler } from "../undo.ts";
import { Collections, MOST_COLLECTED } from "./collections.ts";
import { collectingDocument } from "./document.ts";

const ROOM = "!room:example.org" as RoomId;
const ADA = "@ada:example.org" as UserId;

let room: MemoryRoom;
let packs: Packs;
let collections: Collections;
let timeline: Map<EventId, RoomEvent>;
let encryption: "none" | "encrypted";
let power: RoomPower;
let people: Set<UserId>;
let documents: Documents;
let clock: ManualClock;
let uploads: string[];
let told: string[];
const progress = (_: EventId, key: string): void => {
  told.push(key);
};
let aside: () => Promise<void>;
let events: number;
/** The format that pictures are asked for in; "bad" ones cannot be read. */
let formats: string[];
/** Who has a pack imported meanwhile. */
let importing: UserId | undefined;

beforeEach(async () => {
  [room, encryption, events] = [new MemoryRoom(), "none", 0];
  [uploads, formats, importing, told] = [[], [], undefined, []];
  timeline = new Map();
  people = new Set([ADA]);
  aside = () => Promise.resolve();
  power = { version: "11", creators: new Set(), levels: { users: { [ADA]: 50, [room.me]: 50 } } };
  clock = new ManualClock(Date.UTC(2026, 10, 30));
  documents = memoryDocuments();
  packs = new Packs({ matrix: room, documents, clock });
  collections = new Collections({ documents, clock, mayActFor: () => true });
  await packs.change(
    ROOM,
    { id: "cats", deed: "make-pack", make: () => packOf({ cat: "1" }) },
    { person: ADA, cause: "$made" as EventId },
  );
});

const event = (name: string): EventId => `$${name}` as EventId;

/** Somebody sends a picture. */
function sends(name: string, content: Content, redacted = false): void {
  const message: RoomEvent = {
    ...{ eventId: event(name), roomId: ROOM, type: "m.room.message", sender: ADA },
    ...{ originServerTs: 0, content: { msgtype: "m.image", url: "mxc://a.example/1", ...content } },
    ...{ redacted, encryption: "none" },
  };
  timeline.set(message.eventId, message);
  collections.note({ roomId: ROOM, gap: false, events: [{ ...message, redacted: false }] });
}

function commands(): readonly Command[] {
  const matrix = {
    me: room.me,
    encryption: () => Promise.resolve(encryption),
    power: () => Promise.resolve(power),
    members: () => Promise.resolve({ joined: people, invited: new Set<UserId>() }),
    event: (_: RoomId, id: EventId) => Promise.resolve(timeline.get(id)),
    attachment: ({ body }: Content) =>
      body === "silent.png"
        ? Promise.reject(new UsherError("room-unreachable", { status: 504 }))
        : Promise.resolve(Buffer.from(String(body))),
    upload: ({ name }: UploadContent) => {
      uploads.push(name);
      return Promise.resolve(`mxc://example.org/${String(uploads.length)}` as MxcUri);
    },
  };
  const pictures = {
    sticker: (bytes: Uint8Array, format: "webp" | "gif"): Promise<StickerPicture> => {
      formats.push(format);
      if (Buffer.from(bytes).toString().startsWith("bad"))
        return Promise.reject(new UsherError("picture-broken"));
      const size = { width: 8, height: 8, animated: false };
      return Promise.resolve({ bytes, mimetype: "image/webp", ...size });
    },
  };
  const queue = {
    aside: async <T>(_: string, wait: () => Promise<T>): Promise<T> => {
      const done = await wait();
      await aside();
      return done;
    },
  };
  const going = {
    goesOn: (_: RoomId, person?: UserId) =>
      importing !== undefined && (person ?? importing) === importing,
    cancel: () => {
      importing = undefined;
      return true;
    },
  };
  const speaker = { progress };
  const parts = {
    packs,
    matrix,
    pictures,
    queue,
    collections,
    going,
    clock: new ManualClock(),
    speaker,
  };
  return [addSticker(parts), stickersDone(parts), cancelImport(parts)];
}

async function asked(line: string, at = `asked-${String((events += 1))}`) {
  const understood = parseLine(line, commands());
  if ("error" in understood) throw understood.error;
  const { command, input } = understood;
  const request: Request = {
    ...{ room: ROOM, person: ADA, event: event(at) },
    ...{ thread: undefined, direct: false, operator: false, calledAs: "!usher" },
  };
  if (!command.changes) return ["", sentenceOf(await command.answer(input, request))] as const;
  const plan = await command.plan(input, request);
  if ("nothing" in plan) throw new Error("nothing");
  const exactly = parseLine(plan.exactly ?? line, commands());
  if ("error" in exactly || !exactly.command.changes) throw new Error("another command");
  const before = "preview" in plan ? sentenceOf(plan.preview) : "";
  return [before, sentenceOf(await exactly.command.perform(exactly.input, request))] as const;
}

const codes = () =>
  Object.keys((JSON.parse(room.json(PACK_TYPE, "cats")) as { images: object }).images);

describe("a picture that is answered with `stickers add`", () => {
  const answers = (name: string): void => {
    sends(`picture-${name}`, { body: "one.png" });
    const content = { "m.relates_to": { "m.in_reply_to": { event_id: event(`picture-${name}`) } } };
    const picture = timeline.get(event(`picture-${name}`)) as RoomEvent;
    timeline.set(event(name), { ...picture, eventId: event(name), content });
  };

  it("lets the room's other commands go on, and takes nobody's place meanwhile", async () => {
    for (const name of ["first", "second"]) answers(name);
    const meanwhile: string[] = [];
    aside = async () => {
      aside = () => Promise.resolve();
      meanwhile.push((await asked("stickers add same", "second"))[1]);
    };
    expect(await refusalOf(asked("stickers add same", "first"))).toContain("`same-2`");
    expect(meanwhile[0]).toContain("`same` is a sticker of Cats");
    expect(room.json(PACK_TYPE, "cats")).toContain('"mxc://example.org/2"');
    expect(codes()).toEqual(["cat", "same"]);
  });

  it("needs the power that it takes, also when it has been made", async () => {
    answers("asked");
    aside = () => {
      power = { ...power, levels: { users: { [room.me]: 50 }, state_default: 50 } };
      return Promise.resolve();
    };
    await expect(asked("stickers add one", "asked")).rejects.toMatchObject({
      code: "power-person",
    });
    expect(codes()).toEqual(["cat"]);
  });
});

describe("pictures that are sent after `stickers add`", () => {
  it("become stickers when it is said that these are all, each or refused by name, and are undone as one", async () => {
    expect(await asked("stickers add")).toEqual([
      "",
      "Send the pictures for Cats now, up to 200. `!usher stickers done` makes stickers of them, `!usher stickers cancel` forgets them; by themselves they are forgotten after a day.",
    ]);
    expect(await refusalOf(asked("stickers done"))).toContain("I have seen no picture of yours");
    sends("1", { body: "Cat.png" });
    sends("2", { body: "A dog barks", filename: "dog.png" });
    sends("3", { body: "bad.png" });
    sends("4", { body: "gone.png" }, true);
    sends("5", { body: "???" });
    const [, said] = await asked("stickers done");
    expect(said).toMatch(
      /^New in Cats, 3 stickers: `a-dog-barks` `cat-2` `sticker`\. .*`!usher undo` takes this back\.\s+Left out: 2\.\s+- bad\.png: damaged\s+- #4: its message was deleted\s+For those who do not see them, say what they show: `!usher stickers describe cat-2 …`$/,
    );
    expect(codes()).toEqual(["a-dog-barks", "cat", "cat-2", "sticker"]);
    expect(room.json(PACK_TYPE, "cats")).toContain('"body":"A dog barks"');
    expect(formats).toEqual(["webp", "webp", "webp", "webp"]);
    expect(await refusalOf(asked("done"))).toContain("You are sending me no pictures here.");

    const change = await packs.again(ROOM, event("asked-3"));
    if (change === undefined) throw new Error("not remembered");
    await packUndoHandler(packs).undo(ROOM, change, { person: ADA, cause: event("u") });
    expect(codes()).toEqual(["cat"]);
  });

  it("are shown before in an encrypted room, and are of the pack's format", async () => {
    const make = (): ReturnType<typeof packOf> => {
      const { about, images } = packOf({ cat: "1" });
      return { about: withFormat(about, "gif"), images };
    };
    await packs.change(
      ROOM,
      { id: "cats", deed: "set-pack", make },
      { person: ADA, cause: event("f") },
    );
    encryption = "encrypted";
    await asked("stickers add pack=cats");
    sends("1", { body: "one.png", filename: "one.png" });
    expect((await asked("stickers done"))[0]).toMatch(
      /^I will make 1 picture a sticker of Cats\.\s+All that you have sent for it, and wrote beside it, then lies unencrypted/,
    );
    expect(formats).toEqual(["gif"]);
    await asked("stickers add");
    for (const name of ["2", "3"]) sends(name, { body: "bad.png" });
    const [before, after] = await asked("stickers done");
    expect(before).toContain("I will make 2 pictures stickers of Cats.");
    expect(after).toMatch(/^None of the pictures has become a sticker\.\s+Left out: 2\./);
  });

  it("are not forgotten where others are to follow for another pack", async () => {
    const by = { person: ADA, cause: event("dogs") };
    const dogs = { id: "dogs", deed: "make-pack", make: () => packOf({}, "Dogs") } as const;
    await packs.change(ROOM, dogs, by);
    await asked("stickers add pack=dogs");
    await asked("stickers add pack=cats");
    sends("1", { body: "one.png" });
    expect(await refusalOf(asked("stickers add pack=dogs"))).toBe(
      "You are sending pictures for Cats, and I have seen 1. `!usher stickers done` makes stickers of them, `!usher stickers cancel` forgets them; then say this again.",
    );
    expect((await asked("stickers add pack=cats"))[1]).toContain("Send the pictures for Cats");
    expect((await asked("stickers done"))[1]).toContain("New in Cats, 1 sticker: `one`");
  });

  it("are not waited for where a server far away does not answer", async () => {
    await asked("stickers add");
    sends("1", { body: "silent.png", url: "mxc://far.example/1" });
    sends("2", { body: "two.png" });
    expect((await asked("stickers done"))[1]).toMatch(
      /New in Cats, 1 sticker: `two`[^]*silent\.png: it cannot be fetched/,
    );
  });

  it("are forgotten where that is said, also while they are made", async () => {
    expect((await asked("stickers cancel"))[1]).toBe("No sticker pack is being imported here.");
    await asked("stickers add");
    sends("1", { body: "one.png" });
    const forgotten =
      "I have forgotten which pictures you sent for a sticker pack. None of them has become a sticker.";
    expect((await asked("stickers cancel"))[1]).toBe(forgotten);
    await asked("stickers add");
    sends("2", { body: "two.png" });
    aside = async () => {
      await asked("stickers cancel");
    };
    expect((await asked("stickers done"))[1]).toBe(forgotten);
    expect(codes()).toEqual(["cat"]);
  });

  it("are forgotten without what somebody else imports, which ends when that is meant", async () => {
    importing = "@bob:example.org" as UserId;
    await asked("stickers add");
    sends("1", { body: "one.png" });
    expect((await asked("stickers cancel"))[1]).toContain("I have forgotten which pictures");
    expect(importing).toBe("@bob:example.org");
    expect((await asked("stickers cancel"))[1]).toContain("I stop.");
    expect(importing).toBeUndefined();
  });

  it("are described by no more than fits, whatever was written beside them", async () => {
    await asked("stickers add");
    sends("1", { body: `Line\n${"c".repeat(63_000)}`, filename: "cat.png" });
    expect((await asked("stickers done"))[1]).toContain("New in Cats, 1 sticker");
    expect(room.json(PACK_TYPE, "cats")).toMatch(/"body":"Line c{194}…"/);
  });

  it("are none that a thread names for apps that know no threads", async () => {
    sends("1", { body: "one.png" });
    const at = (name: string, is_falling_back: boolean): void => {
      const said = { ...timeline.get(event("1")), eventId: event(name) } as RoomEvent;
      const relation = {
        ...{ rel_type: "m.thread", event_id: event("root"), is_falling_back },
        "m.in_reply_to": { event_id: event("1") },
      };
      timeline.set(event(name), { ...said, content: { body: "x", "m.relates_to": relation } });
    };
    at("threaded", true);
    expect((await asked("stickers add", "threaded"))[1]).toContain("Send the pictures for Cats");
    expect(await refusalOf(asked("stickers add one", "threaded"))).toContain("Which picture?");
    at("answered", false);
    expect((await asked("stickers add", "answered"))[1]).toContain("`one` is a sticker of Cats");
    const picture = timeline.get(event("1")) as RoomEvent;
    const content = { "m.relates_to": { "m.in_reply_to": { event_id: event("1") } } };
    timeline.set(event("plain"), { ...picture, eventId: event("plain"), content });
    expect((await asked("stickers add three", "plain"))[1]).toContain("`three` is a sticker");
    encryption = "encrypted";
    const [before] = await asked('stickers add two alt="A cat"', "answered");
    sends("text", { body: "Hello", url: undefined });
    const toText = { "m.relates_to": { "m.in_reply_to": { event_id: event("text") } } };
    timeline.set(event("wrong"), { ...picture, eventId: event("wrong"), content: toText });
    expect(await refusalOf(asked("stickers add four", "wrong"))).toContain(
      "has no picture or file",
    );
    expect(before).toMatch(/`two` of Cats, described as: A cat\.\s+All of this/);
  });

  it("become none where whoever sent them is put out of the room meanwhile", async () => {
    await asked("stickers add");
    sends("1", { body: "one.png" });
    aside = () => Promise.resolve(void people.delete(ADA));
    expect((await asked("stickers done"))[1]).toContain("I have forgotten which pictures");
    expect([codes(), collections.of(ADA, ROOM)]).toEqual([["cat"], undefined]);
  });

  it("need the power that it takes, also when they have been made", async () => {
    await asked("stickers add");
    sends("1", { body: "one.png" });
    aside = () => {
      power = { ...power, levels: { users: { [room.me]: 50 }, state_default: 50 } };
      return Promise.resolve();
    };
    await expect(asked("stickers done")).rejects.toMatchObject({ code: "power-person" });
    expect(codes()).toEqual(["cat"]);
    expect(collections.of(ADA, ROOM)?.events).toEqual(["$1"]);
  });

  it("are described as they were said last before that, and as at first where that is gone", async () => {
    const edits = (name: string, of: string, content: Content, redacted = false): void => {
      const relation = { rel_type: "m.replace", event_id: event(of) };
      sends(name, { "m.new_content": content, "m.relates_to": relation }, redacted);
    };
    await asked("stickers add");
    for (const name of ["1", "2", "3"]) sends(name, { body: `Old ${name}`, filename: "p.png" });
    edits("e1", "1", { msgtype: "m.image", url: "mxc://a.example/1", body: "New", filename: "p" });
    edits("e2", "2", { msgtype: "m.text", body: "No picture" });
    edits("e3", "3", { msgtype: "m.image", url: "mxc://a.example/1", body: "Gone" }, true);
    timeline.delete(event("e3"));
    expect((await asked("stickers done"))[1]).toContain("3 stickers: `new` `old-2` `old-3`");
    expect(room.json(PACK_TYPE, "cats")).toContain('"body":"New"');
  });

  it("wait for the next time where they come while others are made, and none is lost", async () => {
    await asked("stickers add");
    sends("1", { body: "one.png" });
    aside = () => {
      sends("2", { body: "bad.png" });
      return Promise.resolve();
    };
    const [, first] = await asked("stickers done");
    expect(first).toMatch(
      /`one`[^]*Sent meanwhile, and no sticker yet: 1\. `!usher stickers done` goes on with it\.$/,
    );
    expect(told).toEqual(["done 0"]);
    aside = () => {
      for (const name of ["three", "four"]) sends(name, { body: `${name}.png` });
      return Promise.resolve();
    };
    expect((await asked("stickers done"))[1]).toMatch(
      /^None of[^]*Sent meanwhile, and no stickers yet: 2\. `!usher stickers done` goes on with these\.$/,
    );
    aside = () => refusalOf(asked("stickers done")).then(() => undefined);
    expect((await asked("stickers done"))[1]).toContain("New in Cats, 2 stickers: `four` `three`");
    expect(collections.of(ADA, ROOM)).toBeUndefined();
  });

  it("are uploaded once where Usher is stopped meanwhile, or killed", async () => {
    await asked("stickers add");
    for (const name of ["1", "2"]) sends(name, { body: `p${name}.png`, filename: `p.png` });
    aside = () => Promise.reject(unreachable("upload", "aborted"));
    await expect(asked("stickers done", "cut")).rejects.toMatchObject({ code: "room-unreachable" });
    aside = () => Promise.resolve();
    collections = new Collections({ documents, clock, mayActFor: () => true });
    await collections.start();
    sends("3", { body: "three.png" });
    const request = { room: ROOM, person: ADA, event: event("cut") } as Request;
    const done = commands()[1];
    if (done?.changes !== true) throw new Error("no such command");
    expect(sentenceOf(await done.perform({} as never, request))).toMatch(
      /^New in Cats, 2 stickers: `p1` `p2`\.[^]*no sticker yet: 1\./,
    );
    expect(uploads).toHaveLength(2);
    expect(room.json(PACK_TYPE, "cats")).toContain('"body":"p1.png"');
  });

  it("are made no longer where a bare cancel says so", async () => {
    expect(collections.cancel(ROOM, ADA)).toBe(false);
    await asked("stickers add");
    for (const name of ["1", "2"]) sends(name, { body: "one.png" });
    aside = () => {
      expect(collections.cancel(ROOM, ADA)).toBe(true);
      return Promise.resolve();
    };
    expect((await asked("stickers done"))[1]).toContain("I have forgotten which pictures");
    expect([codes(), await documents.get(collectingDocument, ADA)]).toEqual([["cat"], undefined]);
  });

  it("are named up to twenty", async () => {
    await asked("stickers add");
    for (let index = 0; index < 21; index += 1)
      sends(`p${String(index)}`, { body: "p.png", filename: `p.png` });
    expect((await asked("stickers done"))[1]).toMatch(
      /^New in Cats, 21 stickers: .* and 1 other\. /,
    );
  });

  it("are the same stickers where the command is done again after a crash, and 200 at once", async () => {
    await asked("stickers add");
    for (let index = 0; index <= MOST_COLLECTED; index += 1)
      sends(`p${String(index)}`, { body: "p.png", filename: `p.png` });
    const [, said] = await asked("stickers done", "crashed");
    expect(said).toMatch(/^New in Cats, 200 stickers: .* and 180 others\. /);
    expect(said).toContain("I take no more than 200 at once. `!usher stickers add` goes on.");
    const sentNow = room.sent.length;
    const [, done] = commands();
    if (done?.changes !== true) throw new Error("no such command");
    const request = { room: ROOM, person: ADA, event: event("crashed") } as Request;
    expect(sentenceOf(await done.perform({} as never, request))).toContain("200 stickers");
    expect([room.sent.length, uploads.length]).toEqual([sentNow, 200]);
  });
});
