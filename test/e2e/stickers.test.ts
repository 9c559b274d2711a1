import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { download, readAttachment, sendAttachment } from "../harness/attachments.ts";
import type { Content } from "../harness/clientApi.ts";
import { ask, bodyOf, finalAnswerTo, messageFrom } from "../harness/expect.ts";
import type { Person } from "../harness/person.ts";
import { apng, flat, png } from "../harness/pictureFiles.ts";
import { unzipBytes } from "../harness/unzip.ts";
import { TALKS, versionsOf, World } from "../harness/world.ts";

const PACK = "m.room.image_pack";
const OLD_PACK = "im.ponies.room_emotes";
const CAT = png(300, 200, { rgba: flat(300, 200, [200, 60, 30, 128]) });
const MOVING = apng(
  { width: 64, height: 64 },
  (
    [
      [200, 60, 30, 255],
      [30, 60, 200, 255],
    ] as const
  ).map((colour) => ({
    ...{ left: 0, top: 0, width: 64, height: 64, dispose: 0, blend: 0, delay: 200 },
    rgba: flat(64, 64, colour),
  })),
);

type Image = { url: string; body?: string; info: Record<string, unknown> };

describe.each(TALKS)("sticker packs, %s", (_, talk) => {
  let world: World;
  let alice: Person;
  let bob: Person;

  beforeAll(async () => {
    ({ world, alice, bob } = await World.of(talk, ["alice", "bob"]));
  });
  afterAll(() => world.end());

  const says = async (person: Person, room: string, line: string, replyTo?: string) =>
    bodyOf(await ask(person, room, line, replyTo === undefined ? {} : { replyTo }));

  /** Says it, and yes where that is asked. */
  async function does(person: Person, room: string, line: string, replyTo?: string) {
    const said = await says(person, room, line, replyTo);
    return said.includes("Answer yes or no") ? says(person, room, "!usher yes") : said;
  }

  /** Sends a picture as a client of this room does. */
  const shows = (person: Person, room: string, bytes: Uint8Array, extra: Content = {}) =>
    sendAttachment(person, room, bytes, {
      ...{ name: "12-Große Katze.png", encrypted: talk.encrypted, extra },
    });

  /** Says otherwise what a picture shows, as a client does that edits a message. */
  async function rewords(person: Person, event: string, body: string): Promise<void> {
    const { roomId, content } = await person.waitFor(({ eventId }) => eventId === event);
    const relation = { rel_type: "m.replace", event_id: event };
    const next = { "m.new_content": { ...content, body }, "m.relates_to": relation };
    await person.send(roomId, "m.room.message", { ...content, body: `* ${body}`, ...next });
  }

  /** Both copies of the pack. */
  const copies = async (room: string, key = "cats") =>
    (await Promise.all([PACK, OLD_PACK].map((type) => alice.state(room, type, key)))) as {
      images?: Record<string, Image>;
      pack?: Content;
    }[];
  const images = async (room: string): Promise<Record<string, Image>> => {
    const [stable, old] = await copies(room);
    expect(stable).toEqual(old);
    return stable?.images ?? {};
  };

  describe.each(versionsOf(talk))("in a room of version %s", (version) => {
    it("are made, filled by pictures that are answered, shown, sent, changed, emptied and brought back", async () => {
      const room = await world.room(alice, { version });
      await world.bring(alice, room, bob);
      expect(await says(alice, room, "!usher stickers add cat-wave")).toContain("Which picture?");
      const preview = await says(alice, room, "!usher stickers new Cats");
      expect(preview).toContain("I will make a sticker pack Cats");
      expect(preview.includes("not encrypted")).toBe(talk.encrypted);
      expect(await says(alice, room, "!usher yes")).toContain("The pack Cats, id `cats`, is here");
      const empty = { images: {}, pack: { display_name: "Cats", usage: ["sticker"] } };
      expect(await copies(room)).toEqual([empty, empty]);

      const cat = await shows(alice, room, CAT);
      expect(await does(alice, room, "!usher stickers add cat-wave", cat)).toContain(
        "`cat-wave` is a sticker of Cats",
      );
      const { "cat-wave": wave } = await images(room);
      expect(wave?.info).toEqual({
        ...{ w: 150, h: 100, mimetype: "image/webp" },
        size: (await download(bob, String(wave?.url))).bytes.length,
      });
      const again = await shows(alice, room, CAT, { filename: "cat.png", body: "A cat sleeps" });
      await does(alice, room, "!usher stickers add", again);
      expect((await images(room))["a-cat-sleeps"]?.body).toBe("A cat sleeps");
      expect(await says(alice, room, "!usher stickers add CAT-WAVE", cat)).toContain(
        "has a sticker `cat-wave` already. Take another name, such as `CAT-WAVE-2`",
      );

      const from = bob.mark();
      const shown = await says(bob, room, "!usher stickers show");
      expect(shown).toMatch(/2 stickers[^]*1: `a-cat-sleeps` \(A cat sleeps\)[^]*2: `cat-wave`/);
      const sheet = await bob.waitFor(
        (event) =>
          messageFrom(world.usher.userId, room)(event) && event.content["msgtype"] === "m.image",
        { from },
      );
      const { bytes } = await readAttachment(bob, sheet);
      expect(bytes.length).toBeGreaterThan(1_000);

      for (const said of ["cat-wave", "2", ":cat-wave:"]) {
        const before = bob.mark();
        await bob.say(room, `!usher sticker ${said}`);
        const sticker = await bob.waitFor((event) => event.type === "m.sticker", { from: before });
        expect(sticker.sender).toBe(world.usher.userId);
        expect(sticker.content).toMatchObject({ url: wave?.url, body: "cat-wave" });
        expect(sticker.content["info"]).toMatchObject(wave?.info ?? {});
      }
      expect(await says(bob, room, "!usher sticker cat-wav")).toContain("Did you mean `cat-wave`?");

      await does(alice, room, "!usher stickers rename 1 cat-sleep");
      await does(alice, room, "!usher stickers describe cat-wave A cat waves");
      expect(Object.keys(await images(room))).toEqual(["cat-sleep", "cat-wave"]);
      expect((await images(room))["cat-wave"]?.body).toBe("A cat waves");
      expect(await does(alice, room, "!usher stickers drop cat-wave")).toContain("no sticker");
      expect(Object.keys(await images(room))).toEqual(["cat-sleep"]);
      expect(await does(alice, room, "!usher undo")).toContain("cats");
      expect(Object.keys(await images(room))).toEqual(["cat-sleep", "cat-wave"]);

      expect(await does(bob, room, "!usher remove cats")).toContain("need power");
      expect(await does(alice, room, "!usher remove cats")).toContain("is removed");
      expect(await copies(room)).toEqual([{}, {}]);
      await does(alice, room, "!usher undo");
      expect(Object.keys(await images(room))).toEqual(["cat-sleep", "cat-wave"]);
      expect(await says(bob, room, "!usher list")).toMatch(
        /Cats, id `cats`: 2 stickers, for @alice/,
      );
    });

    it("are put in order, sent as a ZIP, and made GIF for phones that move nothing else", async () => {
      const room = await world.room(alice, { version });
      await world.bring(alice, room, bob);
      await does(alice, room, "!usher stickers new Cats");
      await does(alice, room, "!usher stickers add one", await shows(alice, room, CAT));
      await does(alice, room, "!usher stickers add two", await shows(alice, room, MOVING));
      expect(await does(alice, room, "!usher stickers order 2 1")).toContain("`two` is number 1");
      expect(await says(bob, room, "!usher stickers show")).toMatch(/1: `two`[^]*2: `one`/);

      const asked = await bob.say(room, "!usher stickers export");
      const file = await bob.waitFor(
        (event) =>
          messageFrom(world.usher.userId, room)(event) && event.content["msgtype"] === "m.file",
      );
      expect(bodyOf(await bob.waitFor(finalAnswerTo(asked, bob)))).toContain("2 stickers of Cats");
      const files = await unzipBytes((await readAttachment(bob, file)).bytes);
      expect([...files.keys()]).toEqual(["pack.json", "two.webp", "one.webp"]);
      const { one, two } = await images(room);
      expect(files.get("two.webp")).toEqual((await download(bob, String(two?.url))).bytes);
      const pack = JSON.parse(String(files.get("pack.json"))) as { stickers: { url: string }[] };
      expect(pack.stickers[0]?.url).toBe(two?.url);

      const preview = await says(alice, room, "!usher stickers format gif");
      expect(preview).toContain("anew as GIF");
      expect(await says(alice, room, "!usher yes")).toContain("made 1 sticker anew");
      const gifs = await images(room);
      expect(gifs["one"]).toEqual(one);
      expect(gifs["two"]?.info).toMatchObject({ mimetype: "image/gif", is_animated: true });
      const { bytes } = await download(bob, String(gifs["two"]?.url));
      expect(bytes.subarray(0, 4).toString()).toBe("GIF8");
      await does(alice, room, "!usher stickers add three", await shows(alice, room, MOVING));
      expect((await images(room))["three"]?.info["mimetype"]).toBe("image/gif");
      await does(alice, room, "!usher stickers drop three");
      await does(alice, room, "!usher undo");
      expect(Object.keys(await images(room))).toContain("three");
    });

    it("are made of pictures that are sent one after another, also where Usher is killed meanwhile", async () => {
      const room = await world.room(alice, { version });
      await world.bring(alice, room, bob);
      await does(alice, room, "!usher stickers new Cats");
      expect(await says(alice, room, "!usher stickers done")).toContain("sending me no pictures");
      expect(await says(alice, room, "!usher stickers add")).toContain(
        "Send the pictures for Cats",
      );
      await shows(alice, room, CAT);
      await shows(bob, room, CAT, { filename: "bob.png", body: "bob.png" });
      await world.usher.kill();
      await world.usher.start();
      const moving = await shows(alice, room, MOVING, { filename: "a.png", body: "It moves" });
      await rewords(alice, moving, "It jumps");
      await shows(alice, room, Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>"));
      await alice.redact(room, await shows(alice, room, CAT));
      const said = await does(alice, room, "!usher stickers done");
      expect(said).toMatch(
        /New in Cats, 2 stickers: `gro-e-katze` `it-jumps`[^]*Left out: 2\.[^]*SVG[^]*#4: its message was deleted/,
      );
      const { "it-jumps": moves, ...others } = await images(room);
      expect(moves).toMatchObject({ body: "It jumps", info: { is_animated: true } });
      expect(Object.keys(others)).toEqual(["gro-e-katze"]);
      await does(alice, room, "!usher undo");
      expect(await images(room)).toEqual({});
    });

    it("keep what others change in either copy, and leave others' packs to them", async () => {
      const room = await world.room(alice, { version });
      await world.bring(alice, room, bob);
      await does(alice, room, "!usher stickers new Cats");
      await does(alice, room, "!usher stickers add one", await shows(alice, room, CAT));
      const { one } = await images(room);
      // As apps write that know the old type alone.
      const [, old] = await copies(room);
      const theirs = { ...old, images: { one, two: { url: one?.url, info: {} } } };
      await alice.setState(room, OLD_PACK, theirs, "cats");
      const same = (event: { type: string; content: Content }): boolean =>
        event.type === PACK && Object.keys(event.content["images"] ?? {}).includes("two");
      await bob.waitFor((event) => event.roomId === room && same(event));
      await does(alice, room, "!usher stickers add three", await shows(alice, room, CAT));
      expect(Object.keys(await images(room))).toEqual(["one", "three", "two"]);

      const foreign = {
        images: { dog: { url: one?.url, info: {} } },
        pack: { display_name: "Dogs" },
      };
      await alice.setState(room, OLD_PACK, foreign, "");
      expect(await says(bob, room, "!usher list")).toContain("Dogs");
      expect(
        await does(alice, room, "!usher stickers add four", await shows(alice, room, CAT)),
      ).toContain("Cats");
      expect(await alice.state(room, OLD_PACK, "")).toEqual(foreign);
      expect(await says(bob, room, "!usher stickers show Dogs")).toContain("1: `dog`");
    });

    it("keep what others wrote at length, or say what stands in the way", async () => {
      const room = await world.room(alice, { version });
      const puts = (key: string, bytes: number) => {
        const short = { url: "mxc://usher.test/short", info: {} };
        const long = { ...short, body: "x".repeat(bytes) };
        const content = { images: { long, one: short, two: short }, pack: { display_name: key } };
        return alice.setState(room, OLD_PACK, content, key);
      };
      await puts("dogs", 60_500);
      expect(await does(alice, room, "!usher stickers drop one pack=dogs")).toContain("no sticker");
      expect((await copies(room, "dogs")).map((one) => Object.keys(one.images ?? {}))).toEqual([
        ["two"],
        ["two"],
      ]);
      const [part] = await copies(room, "dogs.001");
      expect(part?.images?.["long"]?.body).toHaveLength(60_500);
      expect(await says(alice, room, "!usher stickers show dogs")).toMatch(/1: `long`.*2: `two`/s);

      await puts("birds", 63_500);
      expect(await does(alice, room, "!usher stickers drop one pack=birds")).toContain(
        "`!usher stickers drop long pack=birds` takes that one out",
      );
      expect(await does(alice, room, "!usher stickers drop long pack=birds")).toContain("`long`");
      expect(await does(alice, room, "!usher stickers drop one pack=birds")).toContain("`one`");
      expect(Object.keys((await copies(room, "birds"))[0]?.images ?? {})).toEqual(["two"]);
    });

    it("come along when the room is replaced", async () => {
      const room = await world.room(alice, { version });
      await does(alice, room, "!usher stickers new Cats");
      await does(alice, room, "!usher stickers add one", await shows(alice, room, CAT));
      const before = await images(room);
      const next = await world.room(alice, { version });
      expect(await does(alice, next, `!usher move from ${room}`)).toContain("Cats");
      expect(await images(next)).toEqual(before);
    });

    it("take no file that is no picture, and say why", async () => {
      const room = await world.room(alice, { version });
      await does(alice, room, "!usher stickers new Cats");
      const words = await alice.say(room, "no picture");
      expect(await does(alice, room, "!usher stickers add x", words)).toContain(
        "no picture or file",
      );
      const svg = await shows(
        alice,
        room,
        Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>"),
      );
      expect(await does(alice, room, "!usher stickers add x", svg)).toMatch(/SVG/);
      expect(await images(room)).toEqual({});
    });
  });
});
