import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Content } from "../harness/clientApi.ts";
import { ask, bodyOf, messageFrom } from "../harness/expect.ts";
import { startTestServer, type TestAnswer, type TestServer } from "../harness/httpServer.ts";
import type { Person } from "../harness/person.ts";
import { flat, png } from "../harness/pictureFiles.ts";
import { TALKS, versionsOf, World } from "../harness/world.ts";

const PACK = "m.room.image_pack";
const TOKEN = "4711:AAH-secret-token";
const LINK = "https://t.me/addstickers/Cats";

/** Telegram's Bot API, which gives its second picture when a test says so. */
class SlowTelegram {
  #given = Promise.withResolvers<undefined>();
  #asked = Promise.withResolvers<undefined>();

  /** Resolves when somebody waits for the second picture. */
  get asked(): Promise<undefined> {
    return this.#asked.promise;
  }

  gives(): void {
    this.#given.resolve(undefined);
  }

  /** For the next test. */
  holds(): void {
    this.#given = Promise.withResolvers();
    this.#asked = Promise.withResolvers();
  }

  async answer({
    path,
    query,
  }: {
    readonly path: string;
    readonly query: URLSearchParams;
  }): Promise<TestAnswer> {
    if (path === `/bot${TOKEN}/getStickerSet`) {
      const stickers = ["1", "2"].map((id) => ({
        ...{ file_id: id, file_unique_id: id, type: "regular", width: 64, height: 64 },
        ...{ is_animated: false, is_video: false, emoji: "😺" },
      }));
      return { json: { ok: true, result: { name: "Cats", title: "Cats", stickers } } };
    }
    const id = query.get("file_id");
    if (path === `/bot${TOKEN}/getFile`)
      return { json: { ok: true, result: { file_path: `s/${String(id)}` } } };
    const file = /^\/file\/bot[^/]*\/s\/(\d)$/.exec(path)?.[1];
    if (file === undefined) return { status: 404 };
    if (file === "2") {
      this.#asked.resolve(undefined);
      await this.#given.promise;
    }
    const bytes = png(64, 64, { rgba: flat(64, 64, [Number(file), 60, 30, 255]) });
    return (response) => {
      response.writeHead(200).end(bytes);
    };
  }
}

describe.each(TALKS)("a sticker pack that somebody has brought, %s", (_, talk) => {
  const telegram = new SlowTelegram();
  let world: World;
  let alice: Person;
  let bob: Person;
  let carol: Person;
  let server: TestServer;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "usher-who-"));
    const tokenFile = join(folder, "token");
    await writeFile(tokenFile, `${TOKEN}\n`, { mode: 0o600 });
    server = await startTestServer((request) => telegram.answer(request));
    const stickers = { telegram: { tokenFile, api: server.url } };
    ({ world, alice, bob } = await World.of(talk, ["alice", "bob"], { config: { stickers } }));
    carol = await world.person("carol");
  });
  afterAll(async () => {
    telegram.gives();
    await world.end();
    await server[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const says = async (person: Person, room: string, line: string) =>
    bodyOf(await ask(person, room, line));

  /** Bob, who may change packs there, has one brought, which waits for its second picture. */
  async function begun(): Promise<{ readonly room: string; readonly from: number }> {
    telegram.holds();
    const room = await world.room(alice, { version: versionsOf(talk)[0] ?? "12" });
    for (const one of [bob, carol]) await world.bring(alice, room, one);
    await alice.setLevel(room, bob.userId, 50);
    await says(bob, room, `!usher add stickers ${LINK}`);
    const from = alice.mark();
    await bob.say(room, "!usher yes");
    await telegram.asked;
    return { room, from };
  }

  /** What is said of it in the end. */
  const becomes = (room: string, from: number, words: RegExp) =>
    alice.waitFor(
      (event) =>
        messageFrom(world.usher.userId, room)(event) &&
        words.test(
          String(
            (event.content["m.new_content"] as Content | undefined)?.["body"] ??
              event.content["body"],
          ),
        ),
      { from },
    );

  const isThere = async (room: string) => (await alice.state(room, PACK, "cats")) !== undefined;

  it("does not come where they are put out of the room meanwhile, whatever power they had", async () => {
    const { room, from } = await begun();
    await alice.kick(room, bob.userId);
    expect(await says(carol, room, "!usher list")).not.toBe("");
    telegram.gives();
    await becomes(room, from, /Cancelled: the room is as it was/);
    expect(await isThere(room)).toBe(false);
  });

  it("does not come where they lose the power that it takes meanwhile", async () => {
    const { room, from } = await begun();
    await alice.setLevel(room, bob.userId, 0);
    telegram.gives();
    await becomes(room, from, /power/);
    expect(await isThere(room)).toBe(false);
  });

  it("is ended by whoever may change packs, and by nobody else", async () => {
    const { room, from } = await begun();
    expect(await says(carol, room, "!usher stickers cancel")).toContain("need power");
    expect(await says(alice, room, "!usher stickers cancel")).toContain("I stop.");
    telegram.gives();
    await becomes(room, from, /Cancelled: the room is as it was/);
    expect(await isThere(room)).toBe(false);
    telegram.holds();
    telegram.gives();
    await says(bob, room, `!usher add stickers ${LINK}`);
    await bob.say(room, "!usher yes");
    await becomes(room, from, /has 2 stickers now/);
  });
});
