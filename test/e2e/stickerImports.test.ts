import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sendAttachment } from "../harness/attachments.ts";
import type { Content } from "../harness/clientApi.ts";
import { ask, bodyOf, messageFrom } from "../harness/expect.ts";
import type { Person } from "../harness/person.ts";
import { apng, flat, gif, png, zeros } from "../harness/pictureFiles.ts";
import { TALKS, versionsOf, World } from "../harness/world.ts";
import { zipOf } from "../harness/zipFiles.ts";

const PACK = "m.room.image_pack";
const OLD_PACK = "im.ponies.room_emotes";

type Image = { url: string; body?: string; info: Record<string, unknown> };

const cat = (colour: number) => png(300, 200, { rgba: flat(300, 200, [colour, 60, 30, 128]) });
const MOVING = apng({ width: 64, height: 64 }, [
  { left: 0, top: 0, width: 64, height: 64, dispose: 0, blend: 0, rgba: flat(64, 64) },
  {
    left: 0,
    top: 0,
    width: 64,
    height: 64,
    dispose: 0,
    blend: 0,
    rgba: flat(64, 64, [0, 9, 99, 255]),
  },
]);

describe.each(TALKS)("sticker packs from zips, %s", (_, talk) => {
  let world: World;
  let alice: Person;
  let bob: Person;

  beforeAll(async () => {
    ({ world, alice, bob } = await World.of(talk, ["alice", "bob"]));
  });
  afterAll(() => world.end());

  const says = async (person: Person, room: string, line: string, replyTo?: string) =>
    bodyOf(await ask(person, room, line, replyTo === undefined ? {} : { replyTo }));

  const sends = (room: string, bytes: Uint8Array, name: string) =>
    sendAttachment(alice, room, bytes, {
      ...{ name, msgtype: "m.file", encrypted: talk.encrypted },
    });

  /** Both copies of the pack, which are the same. */
  async function images(room: string, key: string): Promise<Record<string, Image>> {
    const [stable, old] = await Promise.all(
      [PACK, OLD_PACK].map((type) => alice.state(room, type, key)),
    );
    expect(stable).toEqual(old);
    return (stable?.["images"] ?? {}) as Record<string, Image>;
  }

  /** Says yes, and gives what becomes of "I am working on it". */
  async function imported(room: string): Promise<string> {
    const from = alice.mark();
    await alice.say(room, "!usher yes");
    const isDone = (body: string): boolean => /stickers? now|is here already/.test(body);
    const event = await alice.waitFor(
      (one) => {
        if (!messageFrom(world.usher.userId, room)(one)) return false;
        const next = one.content["m.new_content"] as Content | undefined;
        return isDone(String(next?.["body"] ?? one.content["body"]));
      },
      { from },
    );
    const next = event.content["m.new_content"] as Content | undefined;
    return String(next?.["body"] ?? event.content["body"]);
  }

  it.each(versionsOf(talk))(
    "in a room of version %s come in, and again with what differs",
    async (version) => {
      const room = await world.room(alice, { version });
      await world.bring(alice, room, bob);
      const files = [
        { name: "01-wave.png", bytes: cat(200) },
        { name: "run.png", bytes: MOVING },
        {
          name: "turn.gif",
          bytes: gif(4, { width: 20, height: 20, frameWidth: 20, frameHeight: 20 }),
        },
        { name: "bad.svg", bytes: Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>") },
        { name: "torn.png", bytes: cat(1).subarray(0, 200) },
        { name: "../../up.png", bytes: cat(2) },
        { name: "bomb.png", bytes: zeros(64 * 1024 * 1024), says: 100 },
      ];
      const zip = await sends(room, zipOf(files), "Cats.wastickers");
      const preview = await says(alice, room, "!usher add stickers", zip);
      expect(preview).toContain("add the sticker pack Cats with 7 pictures");
      expect(preview.includes("not encrypted")).toBe(talk.encrypted);
      const answer = await imported(room);
      expect(answer).toContain("has 3 stickers now; new: 3");
      for (const name of ["bad.svg", "torn.png", "up.png", "bomb.png"])
        expect(answer).toContain(name);
      const found = await images(room, "cats");
      expect(Object.keys(found).toSorted()).toEqual(["run", "turn", "wave"]);
      expect(found["run"]?.info).toMatchObject({ mimetype: "image/webp", is_animated: true });
      expect(found["wave"]?.info).toMatchObject({ mimetype: "image/webp", w: 150, h: 100 });

      const more = zipOf([{ name: "01-wave.png", bytes: cat(10) }, ...files.slice(1, 3)]);
      const second = await sends(room, more, "Cats.zip");
      expect(await says(alice, room, "!usher add stickers", second)).toContain("up to date");
      expect(await imported(room)).toContain("has 3 stickers now; new: 0, changed: 1");
      const changed = await images(room, "cats");
      expect(changed["run"]).toEqual(found["run"]);
      expect(changed["wave"]?.url).not.toBe(found["wave"]?.url);
      const before = bob.mark();
      await bob.say(room, "!usher sticker wave");
      const sticker = await bob.waitFor((event) => event.type === "m.sticker", { from: before });
      expect(sticker.content).toMatchObject({ url: changed["wave"]?.url });
      await says(alice, room, "!usher undo");
      await says(alice, room, "!usher yes");
      expect(await images(room, "cats")).toEqual(found);

      // A room that takes the place of another knows where its packs came from.
      const next = await world.room(alice, { version });
      await says(alice, next, `!usher move from ${room}`);
      await says(alice, next, "!usher yes");
      const third = await sends(next, more, "Cats.zip");
      expect(await says(alice, next, "!usher add stickers", third)).toContain("up to date");
    },
  );

  /** Large enough that Usher says how far it is, each another. */
  const many = (count: number): Buffer =>
    zipOf(
      Array.from({ length: count }, (_, at) => ({
        name: `p${String(at).padStart(3, "0")}.png`,
        bytes: png(900, 900, { rgba: flat(900, 900, [at % 256, 60, at >> 8, 255]) }),
        stored: true as const,
      })),
    );

  /** Asks for a pack of so many, says yes, and waits until Usher has said how far it is. */
  async function begun(room: string, count: number): Promise<number> {
    const zip = await sends(room, many(count), "Many.zip");
    await says(alice, room, "!usher add stickers", zip);
    const from = alice.mark();
    await alice.say(room, "!usher yes");
    const said = await alice.waitFor(messageFrom(world.usher.userId, room), { from });
    expect(bodyOf(said)).toContain("I am working on it");
    return from;
  }

  /** What the message about an import has become. */
  const becomes = (room: string, from: number, words: RegExp) =>
    alice.waitFor(
      (event) =>
        messageFrom(world.usher.userId, room)(event) &&
        words.test(String((event.content["m.new_content"] as Content | undefined)?.["body"])),
      { from },
    );

  it("go on where Usher was stopped or killed, and the room's other commands meanwhile", async () => {
    const room = await world.room(alice, {});
    const from = await begun(room, 60);
    expect(await says(alice, room, "!usher list")).not.toBe("");
    // In order, or not.
    if (talk.encrypted) await world.usher.stop({ keep: true });
    else await world.usher.kill();
    await world.usher.start();
    await becomes(room, from, /has 60 stickers now; new: 60/);
    const found = await images(room, "many");
    expect(new Set(Object.values(found).map(({ url }) => url)).size).toBe(60);
    const answers = alice.seen
      .slice(from)
      .filter((event) => /has 60 stickers/.test(String(event.content["body"])))
      .map(({ eventId }) => eventId);
    expect(new Set(answers).size).toBe(1);
  });

  it("do not come where whoever asked says so while they are made", async () => {
    const room = await world.room(alice, {});
    const from = await begun(room, 60);
    await alice.say(room, "cancel");
    await becomes(room, from, /Cancelled: the room is as it was/);
    expect(await alice.state(room, PACK, "many")).toBeUndefined();
  });

  it("that are none are refused before anything is asked", async () => {
    const room = await world.room(alice, {});
    const broken = await sends(room, zipOf([]).subarray(3), "x.zip");
    expect(await says(alice, room, "!usher add stickers", broken)).toContain("is no zip");
    expect(await says(alice, room, "!usher add stickers")).toContain("Which sticker pack?");
  });
});
