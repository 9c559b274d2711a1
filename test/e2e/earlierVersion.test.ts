import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createHmac } from "node:crypto";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { botId } from "../../src/kinds/bots/presence.ts";
import type { UserId } from "../../src/kernel/ids.ts";
import { BotPeer } from "../harness/botPeer.ts";
import type { Content } from "../harness/clientApi.ts";
import { ask, bodyOf } from "../harness/expect.ts";
import type { Person } from "../harness/person.ts";
import { UNENCRYPTED, TALKS, World } from "../harness/world.ts";

interface Fixture {
  readonly documents: Readonly<
    Record<string, { readonly version: number; readonly document: unknown }>
  >;
  readonly state: readonly {
    readonly type: string;
    readonly key: string;
    readonly content: Content;
  }[];
}

/** What a version of rooms' documents held of a room, and what stood in its state; ids in angle brackets stand for those of a test. */
async function fixture<T = Fixture>(
  version: number,
  names: Readonly<Record<string, string>>,
): Promise<T> {
  const file = new URL(`../fixtures/roomOfVersion${String(version)}.json`, import.meta.url);
  let text = await readFile(file, "utf8");
  for (const [name, id] of Object.entries(names)) text = text.replaceAll(`<${name}>`, id);
  // It was written a while ago, and changes can be undone for 30 days.
  const age =
    Date.now() - Math.max(...[...text.matchAll(/"at": (\d{13})/g)].map(([, at]) => Number(at)));
  text = text.replaceAll(/\b(\d{13})\b/g, (at) => String(Number(at) + age));
  return JSON.parse(text) as T;
}

/** Puts a document where the store looks for it, as an earlier version wrote it. */
async function write(
  dataDir: string,
  kind: string,
  id: string,
  { version, document }: { readonly version: number; readonly document: unknown },
): Promise<void> {
  const key = Buffer.from((await readFile(join(dataDir, "names.key"), "utf8")).trim(), "hex");
  const name = createHmac("sha256", key).update(`${kind}:${id}`).digest("hex");
  const file = join(dataDir, "documents", kind, name.slice(0, 2), `${name}.json`);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, JSON.stringify({ version, id, document }), { mode: 0o600 });
}

describe.each(TALKS)("a data directory that an earlier version wrote, %s", (_, talk) => {
  let world: World;
  let olga: Person;
  let office: string;
  let bot: BotPeer;
  let room: string;

  beforeAll(async () => {
    bot = await BotPeer.begin(talk, "kept", "comes");
    const entry = {
      id: "echo",
      name: "Echo",
      user: bot.userId,
      description: "For a test",
      price: "free",
      host: { by: "operator" },
      level: 50,
    };
    ({ world, olga, office } = await World.withOffice(talk, {
      config: { bots: { catalogue: [entry] } },
    }));
    room = await world.room(olga, { version: "11", usherPower: 100 });
    await olga.invite(room, bot.userId);
    const { usher } = world;
    const { documents, state } = await fixture(2, {
      ROOM: room,
      USHER: usher.userId,
      OLGA: olga.userId,
      BOT: bot.userId,
      BOT_ID: botId(bot.userId as UserId),
    });
    for (const { type, key, content } of state) await olga.setState(room, type, content, key);
    const levels = (await olga.state(room, "m.room.power_levels")) ?? {};
    await olga.setState(room, "m.room.power_levels", {
      ...levels,
      users: { ...(levels["users"] as Content), [bot.userId]: 30 },
    });
    await usher.stop({ keep: true });
    const { room: kept, catalogue } = documents;
    if (kept === undefined || catalogue === undefined) throw new Error("the fixture holds both");
    await write(usher.dataDir, "room", room, kept);
    await write(usher.dataDir, "catalogue", "self", catalogue);
    await usher.start();
  });
  afterAll(async () => {
    await world.end();
    await bot.stop();
  });

  const say = async (line: string, where = room): Promise<string> =>
    bodyOf(await ask(olga, where, `!usher ${line}`));

  it("opens, and what was added is known with who asked for it", async () => {
    const list = await say("list");
    expect(list).toMatch(/Minutes of May[^]*Wall[^]*Echo/);
    expect(await say("show Wall")).toContain("https://board.example.org/wall");
    expect(await say("status")).toMatch(/Widgets I added here: 2; bots: 1/);
    expect(await say("info jitsi")).toContain("Meet");
    expect(await say("browse music")).not.toContain("spotify");
    expect(await say("admin catalogue list", office)).toMatch(/spotify/);
    expect(world.usher.stderr).not.toContain("quarantined");
  });

  it("lets older changes be undone, step by step", async () => {
    expect(await say("undo --yes")).toContain("Gone");
    expect(await say("list")).toContain("https://gone.example.org/");
    expect(await say("undo --yes")).toContain("Gone");
    expect(await say("undo --yes")).toContain("Echo");
    expect(await say("show Echo")).toContain("50");
  });

  it("lets what was added be changed and removed", async () => {
    expect(await say('set "Minutes of May" name="Minutes of June" --yes')).toContain(
      "Minutes of June",
    );
    expect(await say("remove Wall --yes")).toContain("Removed");
    expect(await say("list")).not.toContain("Wall");
  });
});

describe("a room where an earlier version had set up two bots half, unencrypted", () => {
  let world: World;
  let ann: Person;
  let late: BotPeer;
  let slow: BotPeer;
  let room: string;
  let from: number;

  beforeAll(async () => {
    [late, slow] = await Promise.all([
      BotPeer.begin(UNENCRYPTED, "late", "stays away"),
      BotPeer.begin(UNENCRYPTED, "slow", "comes"),
    ]);
    world = await World.begin(UNENCRYPTED);
    ann = await world.person("ann");
    room = await world.room(ann, { version: "11", usherPower: 100 });
    const { usher } = world;
    await usher.stop({ keep: true });
    // The one had been invited; of the other, Usher was to ask the homeserver.
    await ann.invite(room, late.userId);
    const kept = await fixture<{ readonly version: number; readonly document: unknown }>(3, {
      ROOM: room,
      USHER: usher.userId,
      ANN: ann.userId,
      LATE: late.userId,
      SLOW: slow.userId,
      LATE_ID: botId(late.userId as UserId),
      SLOW_ID: botId(slow.userId as UserId),
    });
    await write(usher.dataDir, "room", room, kept);
    from = ann.mark();
    await usher.start();
  });
  afterAll(async () => {
    await world.end();
    await Promise.all([late.stop(), slow.stop()]);
  });

  const said = (user: string, level: number) =>
    ann.waitFor(
      (event) =>
        bodyOf(event).includes(user) &&
        bodyOf(event).includes(`is in the room now`) &&
        bodyOf(event).includes(`I have given it power ${String(level)}`),
      { from },
    );

  it("goes on with both: the one is invited, the other finished when it comes", async () => {
    await said(slow.userId, 30);
    expect(bodyOf(await ask(ann, room, "!usher list"))).toContain("invited, and not here yet");
    expect(bodyOf(await ask(ann, room, "!usher status"))).toContain(`waiting for ${late.userId}`);
    await late.person.join(room);
    await said(late.userId, 20);
    expect(bodyOf(await ask(ann, room, "!usher status"))).not.toContain("Still being set up");
    expect(world.usher.stderr).not.toContain("quarantined");
  });
});
