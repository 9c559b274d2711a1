import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { download, sendAttachment } from "../harness/attachments.ts";
import type { Content } from "../harness/clientApi.ts";
import { ask, bodyOf, messageFrom } from "../harness/expect.ts";
import { filesWith } from "../harness/filesIn.ts";
import { startTestServer, type TestAnswer, type TestServer } from "../harness/httpServer.ts";
import { lottie, tgs } from "../harness/lottieFiles.ts";
import type { Person } from "../harness/person.ts";
import { apng, flat, png } from "../harness/pictureFiles.ts";
import { signalManifest, signalSealed } from "../harness/signalPacks.ts";
import { webm } from "../harness/webmFiles.ts";
import { TALKS, versionsOf, World } from "../harness/world.ts";

const PACK = "m.room.image_pack";
const OLD_PACK = "im.ponies.room_emotes";
const TOKEN = "4711:AAH-secret-token";
const [SIGNAL_ID, SIGNAL_KEY] = ["0f".repeat(16), "c0ffee00".repeat(8)];

type Image = { url: string; body?: string; info: Record<string, unknown> };

const MOVING = apng({ width: 64, height: 64 }, [
  { left: 0, top: 0, width: 64, height: 64, dispose: 0, blend: 0, rgba: flat(64, 64) },
  {
    ...{ left: 0, top: 0, width: 64, height: 64, dispose: 0, blend: 0 },
    rgba: flat(64, 64, [0, 9, 99, 255]),
  },
]);

/** What Telegram has of each kind, by its unique id. */
async function telegramFiles(): Promise<ReadonlyMap<string, Buffer>> {
  const { default: sharp } = await import("sharp");
  const still = await sharp(flat(64, 64), { raw: { width: 64, height: 64, channels: 4 } })
    .webp({ lossless: true })
    .toBuffer();
  const half = { left: [200, 255], right: [20, 0] } as const;
  const video = await webm([half, { left: half.right, right: half.left }], {
    ...{ codec: "libvpx-vp9", width: 64, height: 64, ms: 100, transparent: true },
  });
  return new Map([
    ["tgs", tgs(lottie())],
    ["webm", video],
    ["webp", still],
    ["moving", MOVING],
    ["torn", tgs(lottie()).subarray(0, 50)],
  ]);
}

/** Telegram's Bot API and Signal's CDN as these answer. */
function answers(files: ReadonlyMap<string, Buffer>) {
  const bytes =
    (content: Buffer): TestAnswer =>
    (response) => {
      response.writeHead(200).end(content);
    };
  const stickers = [...files.keys()].map((id) => ({
    ...{ file_id: `f-${id}`, file_unique_id: id, type: "regular", width: 512, height: 512 },
    ...{ is_animated: id === "tgs", is_video: id === "webm", emoji: "😺" },
  }));
  const manifest = signalManifest("Signal cats", "Bob", [{ id: 0, emoji: "🐈" }]);
  return ({ path, query }: { path: string; query: URLSearchParams }): TestAnswer => {
    if (path === `/bot${TOKEN}/getStickerSet`)
      return { json: { ok: true, result: { name: "Cats", title: "Bob's cats", stickers } } };
    if (path === `/bot${TOKEN}/getFile`)
      return {
        json: { ok: true, result: { file_path: `s/${String(query.get("file_id")).slice(2)}` } },
      };
    const file = files.get(/^\/file\/bot[^/]*\/s\/(\w+)$/.exec(path)?.[1] ?? "");
    if (file !== undefined) return bytes(file);
    if (path === `/stickers/${SIGNAL_ID}/manifest.proto`)
      return bytes(signalSealed(manifest, SIGNAL_KEY));
    if (path === `/stickers/${SIGNAL_ID}/full/0`) return bytes(signalSealed(MOVING, SIGNAL_KEY));
    return { status: 404 };
  };
}

describe.each(TALKS)("sticker packs from elsewhere, %s", (_, talk) => {
  let world: World;
  let alice: Person;
  let bob: Person;
  let server: TestServer;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "usher-links-"));
    const tokenFile = join(folder, "token");
    await writeFile(tokenFile, `${TOKEN}\n`, { mode: 0o600 });
    server = await startTestServer(answers(await telegramFiles()));
    const stickers = { telegram: { tokenFile, api: server.url }, signal: { cdn: server.url } };
    ({ world, alice, bob } = await World.of(talk, ["alice", "bob"], { config: { stickers } }));
  });
  afterAll(async () => {
    await world.end();
    await server[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const says = async (person: Person, room: string, line: string, replyTo?: string) =>
    bodyOf(await ask(person, room, line, replyTo === undefined ? {} : { replyTo }));

  /** Both copies of the pack, which are the same. */
  async function images(room: string, key: string): Promise<Record<string, Image>> {
    const [stable, old] = await Promise.all(
      [PACK, OLD_PACK].map((type) => alice.state(room, type, key)),
    );
    expect(stable).toEqual(old);
    return (stable?.["images"] ?? {}) as Record<string, Image>;
  }

  /** Says yes, and gives what becomes of "I am working on it". */
  async function imported(person: Person, room: string): Promise<string> {
    const from = person.mark();
    await person.say(room, "!usher yes");
    const textOf = (content: Content): string =>
      String((content["m.new_content"] as Content | undefined)?.["body"] ?? content["body"]);
    const event = await person.waitFor(
      (one) =>
        messageFrom(world.usher.userId, room)(one) &&
        /stickers? now|is here already/.test(textOf(one.content)),
      { from },
    );
    return textOf(event.content);
  }

  const version = versionsOf(talk)[0] ?? "12";

  it("come from Telegram in every form, and the token stands nowhere", async () => {
    const room = await world.room(alice, { version });
    const preview = await says(alice, room, "!usher add stickers https://t.me/addstickers/Cats");
    expect(preview).toContain("add the sticker pack Bob's cats with 5 pictures");
    expect(preview).toContain("From: Imported from https://t.me/addstickers/Cats");
    const answer = await imported(alice, room);
    expect(answer).toMatch(/has 4 stickers now[^]*Left out: 1\.[^]*5\. 😺: damaged/);
    const there = await images(room, "bob-s-cats");
    // What Telegram has of a picture is its emoji, and that has a name.
    const numbered = ["grinning-cat-2", "grinning-cat-3", "grinning-cat-4"];
    expect(Object.keys(there).toSorted()).toEqual(["grinning-cat", ...numbered]);
    const found = Object.values(there);
    expect(found.map(({ body, info }) => [body, info["mimetype"], info["is_animated"]])).toEqual([
      ...[["😺", "image/webp", true] as const, ["😺", "image/webp", true] as const],
      ...[["😺", "image/webp", undefined] as const, ["😺", "image/webp", true] as const],
    ]);
    const [first] = found;
    expect((await download(bob, String(first?.url))).bytes.toString("latin1", 8, 12)).toBe("WEBP");
    const files = server.seen.filter(({ path }) => path.startsWith("/file/")).length;
    await says(alice, room, "!usher add stickers https://t.me/addstickers/Cats");
    expect(await imported(alice, room)).toContain("as it is there: 4 stickers");
    // Only what was left out is tried again.
    expect(server.seen.filter(({ path }) => path.startsWith("/file/"))).toHaveLength(files + 1);
    expect(await filesWith(world.usher.dataDir, "AAH-secret-token")).toEqual([]);
  });

  it("come from Signal, opened with the key in the link", async () => {
    const room = await world.room(alice, { version });
    const link = `https://signal.art/addstickers/#pack_id=${SIGNAL_ID}&pack_key=${SIGNAL_KEY}`;
    expect(await says(alice, room, `!usher add stickers ${link}`)).toContain("Signal cats");
    expect(await imported(alice, room)).toContain("has 1 sticker now");
    expect(await images(room, "signal-cats")).toMatchObject({
      cat: { body: "🐈", info: { is_animated: true } },
    });
  });

  it("come from a room in which whoever asks is too, and from no other", async () => {
    const from = await world.room(alice, { version });
    await says(alice, from, "!usher stickers new Cats");
    await says(alice, from, "!usher yes");
    const cat = await sendAttachment(alice, from, png(100, 100), {
      ...{ name: "wave.png", encrypted: talk.encrypted },
    });
    const added = await says(alice, from, "!usher stickers add", cat);
    if (added.includes("Answer yes or no")) await says(alice, from, "!usher yes");
    await says(alice, from, '!usher set cats attribution="Ada, CC BY 4.0"');
    await says(alice, from, "!usher yes");

    const to = await world.room(alice, { version, powerLevels: { users_default: 50 } });
    await world.bring(alice, to, bob);
    expect(await says(bob, to, `!usher add stickers ${from}`)).toContain("I see no such room");
    const preview = await says(alice, to, `!usher add stickers https://matrix.to/#/${from}`);
    expect(preview).toContain("From: Ada, CC BY 4.0");
    expect(await imported(alice, to)).toContain("has 1 sticker now");
    const [there, here] = await Promise.all([images(from, "cats"), images(to, "cats")]);
    expect(here).toEqual({ wave: { ...there["wave"], "usher.order": 1000 } });
    expect(await alice.state(to, PACK, "cats")).toMatchObject({
      pack: { attribution: "Ada, CC BY 4.0" },
    });
  });

  it("come from no address in a private network", async () => {
    const room = await world.room(alice, { version });
    const port = new URL(server.url).port;
    for (const file of ["pack.json", "pack.zip"]) {
      const said = await says(alice, room, `!usher add stickers https://127.0.0.1:${port}/${file}`);
      expect(said).toMatch(/127\.0\.0\.1[^]*private/);
    }
    expect(server.seen.filter(({ path }) => path.startsWith("/pack."))).toEqual([]);
  });
});
