import { expect, it } from "vitest";
import { importPart } from "../../src/kinds/stickers/imports/records.ts";
import { packPart } from "../../src/kinds/stickers/records.ts";
import { roomDocument } from "../../src/store/room.ts";
import { ImportWorld, pictureOf, ROOM } from "../harness/importWorld.ts";
import { zipOf } from "../harness/zipFiles.ts";

const FIRST = zipOf([
  { name: "a.png", bytes: pictureOf("a") },
  { name: "b.txt", bytes: Buffer.from("no picture") },
  { name: "A.webp", bytes: pictureOf("other") },
]);
const SECOND = zipOf([
  { name: "a.png", bytes: pictureOf("new") },
  { name: "A.webp", bytes: pictureOf("other") },
  { name: "c.png", bytes: pictureOf("c") },
]);

/** What the room shows, what is remembered of it, and what was said last, so that one run can be compared with another. */
async function outcome(world: ImportWorld, said: readonly string[]): Promise<string> {
  const document = await world.stored.get(roomDocument, ROOM);
  const packs = packPart.of(document).map(({ id, keys }) => ({ id, keys }));
  const urls = Object.entries(world.images()).map(([code, { url }]) => {
    const at = Number(url.split("/").at(-1));
    return [code, world.uploads[at - 1]];
  });
  const { done } = importPart.of(document);
  const origin = done.map(({ pack, pictures }) => ({
    pack,
    codes: Object.values(pictures).map(({ code }) => code),
  }));
  return JSON.stringify({ urls, packs, origin, said });
}

async function run(again: boolean, place?: { at: number; when: "before" | "after" }) {
  const world = new ImportWorld();
  const adds = (bytes: Buffer) =>
    world.says("add stickers", { replyTo: world.sends("Cats.zip", bytes) });
  if (again) await adds(FIRST);
  const before = world.effects.length;
  const uploads = world.uploads.length;
  if (place !== undefined) world.dies({ ...place, at: place.at + before });
  const [, answer] = await adds(again ? SECOND : FIRST);
  const effects = world.effects.slice(before);
  return {
    world,
    effects,
    uploads: world.uploads.slice(uploads),
    is: await outcome(world, [answer]),
  };
}

it.each([
  ["a first time", false],
  ["again", true],
])(
  "a pack that is imported %s is the same wherever Usher is killed, and nothing is uploaded that was noted",
  async (_, again) => {
    const whole = await run(again);
    expect(whole.effects.length).toBeGreaterThan(10);
    const faults: string[] = [];
    for (const [at, name] of whole.effects.entries())
      for (const when of ["before", "after"] as const) {
        const { is, uploads } = await run(again, { at, when });
        if (is !== whole.is) faults.push(`${when} ${name} (${String(at)}): ${is}`);
        // One that was uploaded and not noted yet is uploaded once more; never two.
        const twice = uploads.length - whole.uploads.length;
        const may = name === "upload" || name.startsWith("update") ? 1 : 0;
        if (twice > may) faults.push(`${when} ${name} (${String(at)}): ${String(twice)} twice`);
      }
    expect(faults, whole.is).toEqual([]);
  },
);
