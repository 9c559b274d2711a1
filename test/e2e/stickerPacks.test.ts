import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readAttachment } from "../harness/attachments.ts";
import { answerTo, ask, bodyOf, finalAnswerTo, messageFrom } from "../harness/expect.ts";
import { filesWith } from "../harness/filesIn.ts";
import type { Person } from "../harness/person.ts";
import { unzipBytes } from "../harness/unzip.ts";
import { TALKS, World } from "../harness/world.ts";

const TYPES = ["m.room.image_pack", "im.ponies.room_emotes"];
const CODE = /^[0-9A-Z]{8}(?:-[0-9A-Z]{5}){4}$/;

describe.each(TALKS)("sticker packs of people, %s", (_, talk) => {
  let world: World;
  let olga: Person;
  let alice: Person;
  let bob: Person;
  let desk: string;

  beforeAll(async () => {
    let office: string;
    ({ world, olga, office } = await World.withOffice(talk));
    [alice, bob] = [await world.person("alice"), await world.person("bob")];
    const source = await world.room(olga);
    for (const type of TYPES) await olga.setState(source, type, packOf("wave"), "cats");
    for (const entry of [
      { id: "cats", name: "Cats", redeem: true, howToPay: "Five euros at the desk." },
      { id: "dogs", name: "Dogs" },
    ]) {
      const { id, ...fields } = entry;
      const given = {
        ...{ description: "Pictures", price: "paid", host: { by: "operator" }, ...fields },
        ...{ room: source, pack: "cats" },
      };
      const line = `!usher admin catalogue add sticker ${id} ${JSON.stringify(given)}`;
      expect(await does(olga, office, line)).toContain(id);
    }
    desk = await world.direct(olga);
  });
  afterAll(() => world.end());

  const says = async (person: Person, room: string, line: string) =>
    bodyOf(await ask(person, room, line));

  async function does(person: Person, room: string, line: string) {
    const said = await says(person, room, line);
    return said.includes("Answer yes or no") ? says(person, room, "!usher yes") : said;
  }

  /** The codes of a file that Usher sends the operator. */
  async function codes(count: number): Promise<readonly string[]> {
    const from = olga.mark();
    await does(olga, desk, `!usher admin codes new cats ${String(count)}`);
    const file = await olga.waitFor(
      (event) =>
        messageFrom(world.usher.userId, desk)(event) && event.content["msgtype"] === "m.file",
      { from },
    );
    const lines = (await readAttachment(olga, file)).bytes.toString().trim().split("\n");
    expect(lines).toHaveLength(count);
    for (const line of lines) expect(line).toMatch(CODE);
    return lines;
  }

  it("R49 take codes that operators make, each to be used once, and come into rooms then", async () => {
    const room = await world.room(alice);
    await world.bring(alice, room, bob);
    const direct = await world.direct(alice);
    expect(await says(alice, room, "!usher add stickers cats")).toContain("Five euros at the desk");
    expect(await says(alice, room, "!usher stickers enable cats")).toContain("takes a code");
    expect(await says(alice, room, "!usher stickers enable dogs")).toContain("Dogs is enabled");
    expect(await says(alice, room, "!usher admin codes new cats 1")).toContain(
      "for the people who run me",
    );
    const [one = "", two = ""] = await codes(2);

    const said = await alice.say(room, `!usher stickers redeem ${one}`);
    expect(bodyOf(await alice.waitFor(finalAnswerTo(said, alice)))).toMatch(
      /Cats is yours, and enabled for you.*taken your message with the code away/,
    );
    await bob.waitFor(
      ({ type, content }) => type === "m.room.redaction" && content["redacts"] === said,
    );
    expect(await says(bob, room, `!usher stickers redeem ${one}`)).toContain("opens nothing");
    expect(await does(alice, room, "!usher add stickers cats")).toContain("is here with 1 sticker");
    expect(await says(bob, room, "!usher stickers redeem x")).toContain("opens nothing");

    expect(await says(alice, direct, "!usher stickers mine")).toMatch(
      /Cats, id `cats`, redeemed[^]*Dogs, id `dogs`/,
    );
    expect(await says(alice, direct, `!usher stickers redeem ${two}`)).toContain("is not used");
    expect(await says(alice, room, "!usher stickers mine")).toContain("sent you a direct message");
    expect(await says(alice, direct, "!usher stickers disable dogs")).toContain("no longer");
    for (const code of [one, two])
      expect(await filesWith(world.usher.dataDir, code.slice(-11))).toEqual([]);
    expect(world.usher.written()).not.toContain(two.slice(-11));
  });

  it("lose no code and take none twice where Usher is killed meanwhile", async () => {
    const direct = await world.direct(bob);
    const room = await world.room(alice);
    const [code = ""] = await codes(1);
    const said = await bob.say(direct, `!usher stickers redeem ${code}`);
    await world.usher.kill();
    await world.usher.start();
    expect(bodyOf(await bob.waitFor(finalAnswerTo(said, bob)))).toContain("Cats");
    expect(await says(bob, direct, "!usher stickers mine")).toContain("Cats, id `cats`, redeemed");
    const carol = await world.person("carol");
    await world.bring(alice, room, carol);
    expect(await says(carol, room, `!usher stickers redeem ${code}`)).toContain("opens nothing");
  });

  it("R31 R36 are told in `privacy data`, handed out, and go with an erasure", async () => {
    const dave = await world.person("dave");
    const direct = await world.direct(dave);
    expect(await says(dave, direct, "!usher stickers enable dogs")).toContain("is enabled");
    expect(await says(dave, direct, "!usher privacy data here")).toContain(
      "the sticker packs that you enabled or redeemed",
    );
    const kept = async () =>
      (await filesWith(world.usher.dataDir, dave.userId)).filter((name) =>
        name.includes("sticker-person"),
      );
    expect(await kept()).toHaveLength(1);
    const asked = await dave.say(direct, "privacy export here");
    const file = await dave.waitFor(
      (event) => answerTo(asked)(event) && event.content["msgtype"] === "m.file",
    );
    const data = (await unzipBytes((await readAttachment(dave, file)).bytes)).get("data.json");
    expect(String(data)).toMatch(/"packs":\s*\{\s*"dogs":\s*\{\s*"enabled":\s*true/);
    const preview = await says(dave, direct, "privacy erase all now here");
    const [, word = ""] = /confirm ([a-z]+)/.exec(preview) ?? [];
    expect(await says(dave, direct, `confirm ${word}`)).toContain("I erase");
    await expect.poll(kept, { timeout: 60_000 }).toEqual([]);
  });

  it("R49 which sticker anybody sent is stored nowhere, the log included", async () => {
    const room = await world.room(alice);
    await world.bring(alice, room, bob);
    // A pack of others, so that Usher has no record of what is in it.
    for (const type of TYPES)
      await alice.setState(room, type, packOf("zebra-quagga", "zebra-okapi"), "zebras");
    // One of Usher's own, of which it keeps the shortcodes: sent or not, they stand there equally often.
    await does(alice, room, "!usher add stickers cats");
    const lines = [
      "!usher sticker zebra-quagga",
      "!usher sticker zebra-okapi pack=zebras",
      "!usher sticker 2 pack=zebras",
      "!usher sticker :wave:",
      "!usher sticker wave",
      "!usher sticker zebra-quaga",
    ];
    await settled(bob, room);
    const before = await traces(world.usher.dataDir, "wave");
    for (const line of lines) {
      const from = bob.mark();
      await bob.say(room, line);
      const said = await bob.waitFor(
        ({ type, sender }) =>
          sender === world.usher.userId && (type === "m.sticker" || type === "m.room.message"),
        { from },
      );
      expect(said.type === "m.sticker").toBe(line !== lines.at(-1));
    }
    await settled(bob, room);
    await world.usher.stop({ keep: true });
    for (const trace of ["zebra-qua", "zebra-okapi", "pictureOfzebra"])
      expect(await filesWith(world.usher.dataDir, trace)).toEqual([]);
    for (const trace of ["zebra", "wave"]) expect(world.usher.written()).not.toContain(trace);
    expect(await traces(world.usher.dataDir, "wave")).toBe(before);
    await world.usher.start();
  });

  /** What is asked next in a room is answered when what was asked before is over. */
  async function settled(person: Person, room: string): Promise<void> {
    await says(person, room, "!usher help");
  }
});

function packOf(...codes: readonly string[]) {
  const images = codes.map((code) => [
    code,
    { url: `mxc://usher.test/pictureOf${code}`, info: { w: 64, h: 64 } },
  ]);
  return {
    images: Object.fromEntries(images) as object,
    pack: { display_name: "Pack", usage: ["sticker"] },
  };
}

/** How often something stands in the files below a folder. */
async function traces(folder: string, text: string): Promise<number> {
  let found = 0;
  for (const name of await filesWith(folder, text)) {
    const content = await readFile(join(folder, name), "latin1");
    found += content.split(text).length - 1;
  }
  return found;
}
