import { beforeEach, describe, expect, it } from "vitest";
import { failingDocuments, memoryDocuments } from "../../../test/harness/memoryDocuments.ts";
import { MemoryRoom } from "../../../test/harness/memoryRoom.ts";
import { packOf } from "../../../test/harness/packs.ts";
import { ManualClock } from "../../kernel/clock.ts";
import type { EventId, RoomId, UserId } from "../../kernel/ids.ts";
import type { Content } from "../../matrix/port.ts";
import { roomDocument } from "../../store/room.ts";
import type { Pack } from "./pack.ts";
import { Packs } from "./packs.ts";
import { packPart, type PackChange } from "./records.ts";
import { OLD_PACK_TYPE, PACK_TYPE, PACK_TYPES } from "./state.ts";
import { packUndoHandler } from "./undo.ts";

const ROOM = "!room:example.org" as RoomId;
const ADA = "@ada:example.org" as UserId;
const by = (cause: string) => ({ person: ADA, cause: cause as EventId });
const CATS = packOf({ cat: "1" });
const MORE = packOf({ cat: "1", kitten: "2" });

/** A room in which the process may end before or after anything that is written. */
class Scene {
  readonly clock = new ManualClock(Date.UTC(2026, 10, 30));
  readonly room = new MemoryRoom();
  readonly stored = memoryDocuments();
  left = Infinity;

  get packs(): Packs {
    const dies = (): void => {
      this.left -= 1;
      if (this.left < 0) throw new Error("killed");
    };
    const { room, stored, clock } = this;
    const matrix = {
      me: room.me,
      state: room.state.bind(room),
      allState: room.allState.bind(room),
      setState: async (...[where, type, key, content]: Parameters<MemoryRoom["setState"]>) => {
        dies();
        const id = await room.setState(where, type, key, content);
        dies();
        return id;
      },
    };
    return new Packs({ matrix, documents: failingDocuments(stored, dies), clock });
  }

  /** What both copies say. */
  copies(key = "cats"): readonly unknown[] {
    return PACK_TYPES.map((type) => JSON.parse(this.room.json(type, key) || "null") as unknown);
  }

  async record() {
    return packPart.of(await this.stored.get(roomDocument, ROOM))[0];
  }
}

const change = (packs: Packs, pack: Pack | undefined, cause: string) => {
  const deed = pack === undefined ? "remove-pack" : "add-sticker";
  return packs.change(ROOM, { id: "cats", deed, make: () => pack }, by(cause));
};
const written = ({ about, images }: Pack): Content => ({
  images: Object.fromEntries(images),
  pack: about,
});

let scene: Scene;
beforeEach(() => {
  scene = new Scene();
});

describe("a pack that Usher makes", () => {
  it("stands in both copies, is remembered for whoever asked, and is written once", async () => {
    await change(scene.packs, CATS, "$1");
    expect(scene.copies()).toEqual([written(CATS), written(CATS)]);
    expect(await scene.record()).toMatchObject({ id: "cats", name: "Cats", addedBy: ADA });
    expect(await change(scene.packs, CATS, "$2")).toBeUndefined();
    expect(scene.room.sent).toHaveLength(2);
  });

  it.each<[string, Pack | undefined, Pack | undefined]>([
    ["made", undefined, CATS],
    ["changed", CATS, MORE],
    ["removed", MORE, undefined],
  ])(
    "is %s as a whole wherever Usher is killed, and once it is tried again",
    async (_, before, after) => {
      for (let step = 0, killed = true; killed; step += 1) {
        scene = new Scene();
        if (before !== undefined) await change(scene.packs, before, "$before");
        scene.left = step;
        killed = await change(scene.packs, after, "$asked").then(
          () => false,
          () => true,
        );
        scene.left = Infinity;
        await change(scene.packs, after, "$asked");
        const copy = after === undefined ? {} : written(after);
        expect([step, scene.copies()]).toEqual([step, [copy, copy]]);
        expect((await scene.record())?.id).toBe(after === undefined ? undefined : "cats");
        const { shown } = await scene.packs.list(ROOM);
        expect(shown.map(({ pack }) => pack)).toEqual(after === undefined ? [] : [after]);
      }
    },
  );

  it("is taken back to what it was, with its record, while what others did stays", async () => {
    await change(scene.packs, CATS, "$1");
    const removed = (await change(scene.packs, undefined, "$2")) as PackChange;
    const undo = packUndoHandler(scene.packs);
    expect(await undo.stands(ROOM, removed)).toBe("after");
    await undo.undo(ROOM, removed, by("$3"));
    expect(await undo.stands(ROOM, removed)).toBe("before");
    expect(scene.copies()).toEqual([written(CATS), written(CATS)]);
    expect(await scene.record()).toMatchObject({ addedBy: ADA, cause: "$1" });

    const added = (await change(scene.packs, MORE, "$4")) as PackChange;
    const theirs = packOf({ cat: "1", kitten: "2", dog: "3" });
    scene.room.put(OLD_PACK_TYPE, "cats", written(theirs), ADA);
    await undo.undo(ROOM, added, by("$5"));
    const left = written(packOf({ cat: "1", dog: "3" }));
    expect(scene.copies()).toEqual([left, left]);
  });

  it("is known to be gone where somebody emptied one copy, and the other is emptied with the next command", async () => {
    await change(scene.packs, CATS, "$1");
    scene.room.put(PACK_TYPE, "cats", {}, ADA);
    const { shown, gone } = await scene.packs.list(ROOM);
    expect([shown, gone.map(({ id }) => id)]).toEqual([[], ["cats"]]);
    await scene.packs.forget(ROOM, "cats");
    expect(await scene.record()).toBeUndefined();
    expect(scene.copies()).toEqual([{}, {}]);
  });

  it("says the same in both copies again when somebody has changed one, or emptied it, also where nobody remembers it", async () => {
    await change(scene.packs, CATS, "$1");
    scene.room.put(OLD_PACK_TYPE, "cats", written(MORE), ADA);
    await scene.packs.mirror(ROOM, ["cats"]);
    expect(scene.copies()).toEqual([written(MORE), written(MORE)]);
    await scene.packs.mirror(ROOM, ["cats"]);
    expect(scene.room.sent).toHaveLength(4);

    scene.room.put(OLD_PACK_TYPE, "cats", {}, ADA);
    await scene.packs.mirror(ROOM, ["cats"]);
    expect(scene.copies()).toEqual([{}, {}]);
    // Whoever added it is still to be told.
    expect(await scene.record()).toMatchObject({ id: "cats" });

    await scene.packs.forget(ROOM, "cats");
    scene.room.put(PACK_TYPE, "dogs", written(CATS));
    scene.room.put(OLD_PACK_TYPE, "dogs", {}, ADA);
    await scene.packs.mirror(ROOM, ["dogs"]);
    expect(scene.copies("dogs")).toEqual([{}, {}]);
  });

  it("leaves others' packs as they are, in whichever type they stand", async () => {
    scene.room.put(PACK_TYPE, "dogs", written(CATS), ADA);
    scene.room.put(OLD_PACK_TYPE, "dogs", {}, ADA);
    scene.room.put(OLD_PACK_TYPE, "birds", written(CATS), ADA);
    await scene.packs.mirror(ROOM, ["dogs", "birds"]);
    expect(scene.room.sent).toHaveLength(3);
  });
});

it("others' packs are changed in both copies where that was asked, and are not Usher's for it", async () => {
  scene.room.put(OLD_PACK_TYPE, "cats", written(CATS), ADA);
  expect((await scene.packs.list(ROOM)).shown).toMatchObject([{ sender: ADA, record: undefined }]);
  await change(scene.packs, MORE, "$1");
  expect(scene.copies()).toEqual([written(MORE), written(MORE)]);
  expect(await scene.record()).toBeUndefined();
});
