import { beforeEach, describe, expect, it } from "vitest";
import { memoryDocuments } from "../../../test/harness/memoryDocuments.ts";
import { MemoryRoom } from "../../../test/harness/memoryRoom.ts";
import { sentenceOf } from "../../../test/harness/sentenceOf.ts";
import type { Answer, Command, Request } from "../../chat/command.ts";
import { parseLine } from "../../chat/parse.ts";
import { ManualClock } from "../../kernel/clock.ts";
import type { EventId, RoomId, UserId } from "../../kernel/ids.ts";
import type { Content } from "../../matrix/port.ts";
import { describeSticker, dropSticker, renameSticker } from "./commands/changeSticker.ts";
import { orderSticker } from "./commands/orderSticker.ts";
import { sendSticker } from "./commands/sendSticker.ts";
import { Packs } from "./packs.ts";
import { OLD_PACK_TYPE } from "./state.ts";

const ROOM = "!room:example.org" as RoomId;
const ADA = "@ada:example.org" as UserId;
const IMAGE = { url: "mxc://example.org/1" };

let room: MemoryRoom;
let packs: Packs;
let events: number;

beforeEach(() => {
  [room, events] = [new MemoryRoom(), 0];
  packs = new Packs({ matrix: room, documents: memoryDocuments(), clock: new ManualClock(0) });
});

/** As Cinny, Nheko and FluffyChat write the first pack of a room. */
const put = (images: Content, key = ""): void => {
  room.put(OLD_PACK_TYPE, key, { images, pack: {} }, ADA);
};
const codes = (key = ""): readonly string[] => {
  const { images } = JSON.parse(room.json(OLD_PACK_TYPE, key)) as { images: Content };
  return Object.keys(images);
};

/** What is answered once all was asked for exactly. */
async function answered(line: string): Promise<Answer> {
  const commands: readonly Command[] = [
    dropSticker({ packs }),
    renameSticker({ packs }),
    describeSticker({ packs }),
    orderSticker({ packs }),
    sendSticker({ packs }),
  ];
  const first = parseLine(line, commands);
  if ("error" in first || !first.command.changes) throw new Error(JSON.stringify(first));
  const request: Request = {
    ...{ room: ROOM, person: ADA, event: `$${String((events += 1))}` as EventId },
    ...{ thread: undefined, direct: false, operator: false, calledAs: "!usher" },
  };
  const plan = await first.command.plan(first.input, request);
  const again = "exactly" in plan ? parseLine(plan.exactly ?? line, commands) : first;
  if ("error" in again) throw again.error;
  if (!again.command.changes) throw new Error("another command");
  return again.command.perform(again.input, request);
}

describe("packs of other apps", () => {
  it("without a key are changed as all others, by whatever their pictures are called", async () => {
    put({ one: IMAGE, "with space": IMAGE, "new\nline": IMAGE, ['q"\\uote']: IMAGE });
    await answered("stickers rename one uno");
    await answered("stickers describe uno One");
    await answered("stickers order uno 4");
    expect(sentenceOf(await answered('stickers drop "with space"'))).toContain("`with space`");
    for (let left = 3; left > 0; left -= 1) {
      await answered("stickers drop 1");
      expect(codes()).toHaveLength(left - 1);
    }
  });

  it("may have a picture of any name, which goes by its number and fills no room", async () => {
    const long = "h".repeat(30_000);
    put({ [long]: IMAGE, other: IMAGE }, "x");
    for (const line of ["sticker 1", "stickers order 1 2", "stickers describe 2 Words"])
      expect(sentenceOf(await answered(line)).length).toBeLessThan(300);
    expect(sentenceOf(await answered("stickers drop 2")).length).toBeLessThan(300);
    expect(codes("x")).toEqual(["other"]);
  });

  it.each([
    [{ w: "12", h: 1.5, size: -1, mimetype: 5, is_animated: "yes" }, {}],
    [
      { w: 12, h: 9, thumbnail_url: "mxc://example.org/2", thumbnail_info: {} },
      { w: 12, h: 9 },
    ],
    [
      { w: 12, mimetype: "image/gif", junk: "j".repeat(30_000) },
      { w: 12, mimetype: "image/gif" },
    ],
    [
      { is_animated: true, "fi.mau.bridged_sticker": { id: "1" } },
      { is_animated: true, "fi.mau.bridged_sticker": { id: "1" } },
    ],
    [["no"], {}],
  ])("say of a picture that is sent what apps can read: %j", async (info, sent) => {
    put({ one: { ...IMAGE, info } });
    expect((await answered("sticker one")).sticker?.info).toEqual(sent);
  });
});
