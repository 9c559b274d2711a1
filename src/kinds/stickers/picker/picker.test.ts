import { beforeEach, describe, expect, it } from "vitest";
import { memoryDocuments } from "../../../../test/harness/memoryDocuments.ts";
import { packOf } from "../../../../test/harness/packs.ts";
import { UsherError } from "../../../kernel/errors.ts";
import type { RoomId, UserId } from "../../../kernel/ids.ts";
import type { PackEntry } from "../config.ts";
import { movedTo } from "../order.ts";
import type { Pack } from "../pack.ts";
import type { KnownPack } from "../packs.ts";
import { PersonPacks } from "../people/personPacks.ts";
import { pickerFiles } from "./pickerFiles.ts";
import { pickerOf } from "./picker.ts";

const ADA = "@ada:example.org" as UserId;
const ROOM = "!packs:example.org" as RoomId;
const URL = "https://matrix.example.org";
const entry = (id: string, more: Partial<PackEntry> = {}): PackEntry => ({
  ...{ id, name: id.toUpperCase(), description: "…", price: "free", enabled: true },
  ...{ host: { by: "operator" }, room: ROOM, pack: id, redeem: false, ...more },
});
const known = (id: string, pack: Pack): KnownPack => ({
  ...{ id, name: id, pack, record: undefined, sender: ADA },
});

let personPacks: PersonPacks;
let entries: PackEntry[];
let shown: KnownPack[];
let failure: UsherError | undefined;
beforeEach(() => {
  personPacks = new PersonPacks(memoryDocuments());
  entries = [entry("cats"), entry("dogs"), entry("paid", { redeem: true }), entry("lost")];
  shown = ["cats", "dogs", "paid"].map((id) => known(id, packOf({ [id]: "1" })));
  failure = undefined;
});
const packs = {
  list: () =>
    failure === undefined
      ? Promise.resolve({ shown, gone: [] })
      : Promise.reject<{ shown: KnownPack[]; gone: [] }>(failure),
};
const picker = () => pickerOf({ packs, personPacks, entries, homeserverUrl: URL }, ADA);
const names = async () => (await picker()).index.packs;

describe("what somebody's sticker picker reads", () => {
  it("is an index and packs as maunium's stickerpicker has them, in the pack's order, of what can be sent", () => {
    const pack = packOf({ a: "1", b: "2" });
    const info = { w: 4, h: 3, size: 9, mimetype: "image/webp", is_animated: true };
    const described = { ...pack.images.get("b"), body: "Bee", info } as never;
    const images = movedTo(new Map([...pack.images, ["b", described]]), "b", 1);
    const enabled = [
      { id: "cats", name: "Cats", pack: { ...pack, images } },
      { id: "none", name: "None", pack: packOf({}) },
    ];
    const files = pickerFiles(enabled, URL);
    expect(files.index).toEqual({ packs: ["cats.json"], homeserver_url: URL });
    const urls = { a: "mxc://example.org/1", b: "mxc://example.org/2" };
    const { is_animated: _, ...still } = info;
    expect(files.packs.get("cats.json")).toEqual({
      ...{ title: "Cats", id: "cats" },
      stickers: [
        {
          ...{ id: "cats/b", msgtype: "m.sticker", body: "Bee", url: urls.b },
          info: { ...info, thumbnail_url: urls.b, thumbnail_info: still },
        },
        {
          ...{ id: "cats/a", msgtype: "m.sticker", body: "a", url: urls.a },
          info: { w: 256, h: 256, thumbnail_url: urls.a, thumbnail_info: { w: 256, h: 256 } },
        },
      ],
    });
  });

  it("has what they have enabled and nothing else, as it is now", async () => {
    expect(await picker()).toEqual({ index: { packs: [], homeserver_url: URL }, packs: new Map() });
    for (const id of ["dogs", "cats"]) await personPacks.enable(ADA, id);
    expect(await names()).toEqual(["cats.json", "dogs.json"]);
    await personPacks.enable("@ben:example.org" as UserId, "paid");
    expect(await names()).toEqual(["cats.json", "dogs.json"]);
    expect((await picker()).packs.get("dogs.json")?.title).toBe("DOGS");
    await personPacks.disable(ADA, "dogs");
    expect(await names()).toEqual(["cats.json"]);
    entries[0] = entry("cats", { enabled: false });
    expect(await names()).toEqual([]);
  });

  it("leaves out what takes a code that they have not given, and what is gone", async () => {
    for (const id of ["cats", "lost", "paid", "unknown"]) await personPacks.enable(ADA, id);
    expect(await names()).toEqual(["cats.json"]);
    await personPacks.end(ADA, "paid");
    expect(await names()).toEqual(["cats.json", "paid.json"]);
    const view = { status: 403, code: "M_FORBIDDEN", action: "" };
    failure = new UsherError("room-unreachable", view);
    expect(await names()).toEqual([]);
    failure = new UsherError("room-limited", {});
    await expect(picker()).rejects.toBe(failure);
  });
});
