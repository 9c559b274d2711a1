import { describe, expect, it } from "vitest";
import { NEXT, ROOM, WHO } from "../harness/connections/connectionRooms.ts";
import { connectionUpgradeHandler } from "../../src/kinds/connections/upgrade.ts";
import { FEED, GITHUB } from "../harness/peers/hookshotThings.ts";
import { ConnectionWorld } from "../harness/connections/connectionWorld.ts";

type Words = "add" | "remove" | "carry";
type Trouble = (world: ConnectionWorld) => void;

const none: Trouble = () => undefined;

describe.each([
  ["feed", "by its API", true],
  ["feed", "by commands", false],
  ["webhook", "by its API", true],
  ["webhook", "by commands", false],
  ["outbound", "by its API", true],
  ["outbound", "by commands", false],
] as const)("a %s of hookshot's, %s, whose Usher is killed", (sort, _, byApi) => {
  async function begun(words: Words): Promise<ConnectionWorld> {
    const world = new ConnectionWorld({ byApi, sort });
    if (words !== "add") await world.say("add");
    if (words === "carry") world.rooms.replace();
    return world;
  }

  /** Dies once at each place, before and after each effect, and gives what came of it where that is not as wanted. */
  async function ends(
    words: Words,
    trouble: Trouble,
    wanted: (world: ConnectionWorld) => Promise<string | undefined>,
  ): Promise<readonly string[]> {
    const first = await begun(words);
    trouble(first);
    const before = first.effects.length;
    await first.say(words);
    const faults = [await wanted(first)];
    const effects = first.effects.slice(before);
    expect(effects.length).toBeGreaterThan(5);
    for (const [at, name] of effects.entries())
      for (const when of ["before", "after"] as const) {
        const world = await begun(words);
        trouble(world);
        world.dies({ at, when });
        await world.say(words);
        const fault = await wanted(world);
        if (fault !== undefined) faults.push(`${when} ${name} (${String(at)}): ${fault}`);
      }
    return faults.filter((fault) => fault !== undefined);
  }

  const stands =
    (how: "set up" | "undone") =>
    async (world: ConnectionWorld): Promise<string | undefined> => {
      const now = await world.stands();
      return now === how ? undefined : `${now}; told ${world.told}`;
    };

  it("at any step of a set-up, is fully set up, and once, and whoever asked has what works", async () => {
    const faults = await ends("add", none, async (world) => {
      if (world.told === "waiting") await world.waitsInVain();
      // What hookshot's bot has told Usher alone is kept nowhere, so it is gone with Usher: then nobody could use it.
      const isLost = sort !== "feed" && !byApi && world.lives > 1;
      const now = await world.stands();
      if (isLost && now === "undone") return untold(world);
      const often = world.peer.connected(ROOM).length;
      if (often !== 1) return `${String(often)} times`;
      return now === "set up" ? worksFor(world, sort) : `${now}; told ${world.told}`;
    });
    expect(faults).toEqual([]);
  });

  it("at any step of a removal, has it fully removed", async () => {
    const faults = await ends("remove", none, async (world) => {
      const [letter] = world.letters;
      const works = letter && world.peer.delivered(letter.secret) !== 404;
      return works === true ? "it works all the same" : stands("undone")(world);
    });
    expect(faults).toEqual([]);
  });

  it("at any step of bringing it into the room that replaces another, has it there alone", async () => {
    const faults = await ends("carry", none, async (world) => {
      const now = `${await world.stands(ROOM)}, ${await world.stands(NEXT)}`;
      if (now === "undone, set up") return undefined;
      // A secret that is gone with Usher: it stays where it works.
      const isLost = sort !== "feed" && !byApi && world.lives > 1;
      return isLost && now === "set up, undone" ? untold(world, "refused") : now;
    });
    expect(faults).toEqual([]);
  });

  it("at any step of a set-up that hookshot refuses, has it fully undone, and says why", async () => {
    const broken: Trouble = ({ peer }) =>
      peer.broken.add("https://news.example.org/feed.xml").add("builds").add("archive");
    const faults = await ends("add", broken, async (world) => {
      // Of what its bot said while nobody listened, only the time tells.
      if (world.told === "waiting") await world.waitsInVain();
      else if (!/^error\/(?:hookshot-\w+|setup-undone)$/.test(world.told)) return world.told;
      return stands("undone")(world);
    });
    expect(faults).toEqual([]);
  });

  it("at any step of a set-up that nothing comes of, has it undone when the time is over", async () => {
    const deaf: Trouble = ({ peer }) => peer.deaf.add("make").add("words");
    const faults = await ends("add", deaf, async (world) => {
      if (world.told === "waiting") await world.waitsInVain();
      return stands("undone")(world);
    });
    expect(faults).toEqual([]);
  });
});

describe.each([
  ["by its API", true],
  ["by state", false],
])("a repository of GitHub that somebody must connect themselves, %s", (_, byApi) => {
  const TYPED = "!hookshot github repo https://github.com/example/project";

  async function begun(): Promise<ConnectionWorld> {
    const world = new ConnectionWorld({ byApi, sort: "github" });
    world.peer.managers.add(WHO.ann);
    world.peer.loggedIn.add(WHO.ann);
    return Promise.resolve(world);
  }

  it("is there when they have typed it, at whatever step Usher is killed", async () => {
    const first = await begun();
    await first.say("add");
    expect(first.told).toBe("waiting");
    await first.types(WHO.ann, TYPED);
    expect([first.told, await first.stands()]).toEqual(["connection-added/github", "set up"]);
    const faults: string[] = [];
    for (const [at, name] of first.effects.entries())
      for (const when of ["before", "after"] as const) {
        const world = await begun();
        world.dies({ at, when });
        await world.say("add");
        await world.types(WHO.ann, TYPED);
        const now = `${await world.stands()}, ${String(world.peer.connected(ROOM).length)}`;
        if (now !== "set up, 1") faults.push(`${when} ${name} (${String(at)}): ${now}`);
      }
    expect(faults).toEqual([]);
  });

  it("waits for them while they are not logged in, and is undone when a day is over", async () => {
    const world = await begun();
    world.peer.loggedIn.clear();
    await world.say("add");
    await world.types(WHO.ann, TYPED);
    expect(world.peer.connected(ROOM)).toEqual([]);
    world.peer.loggedIn.add(WHO.ann);
    await world.types(WHO.ann, TYPED);
    expect(await world.stands()).toBe("set up");
    await world.say("remove");
    expect(await world.stands()).toBe("undone");
    await world.say("add");
    for (let hour = 0; hour < 25; hour += 1) await world.waitsInVain();
    expect([world.told, await world.stands()]).toEqual(["error/setup-undone", "undone"]);
  });

  it("is not there by what somebody else has written into the room's state", async () => {
    const world = await begun();
    await world.say("add");
    const content = { org: "Example", repo: "project" };
    world.rooms.put(ROOM, GITHUB, "mine", content, WHO.bob);
    await world.settled();
    await world.types(WHO.bob, "look");
    expect(world.told).toBe("waiting");
  });

  it("is taken along by hookshot alone", async () => {
    const world = await begun();
    await world.say("add");
    await world.types(WHO.ann, TYPED);
    world.rooms.replace();
    await world.say("carry");
    expect(world.told).toBe("refused");
    expect([await world.stands(ROOM), await world.stands(NEXT)]).toEqual(["set up", "levels"]);
  });
});

/** Whoever asked has one secret, which works, and nobody else has any; it lies in nothing that is stored. */
function worksFor({ letters, peer, stored }: ConnectionWorld, sort: string): string | undefined {
  if (sort === "feed") return letters.length === 0 ? undefined : "told something in secret";
  const secrets = new Set(letters.map(({ secret }) => secret));
  const [secret = ""] = secrets;
  if (secrets.size !== 1) return `${String(secrets.size)} secrets`;
  if (letters.some(({ person }) => person !== WHO.ann)) return "told somebody else";
  if (peer.delivered(secret) !== 202) return "dead";
  return stored.some((document) => document.includes(secret)) ? "stored" : undefined;
}

/** Where it was taken back, whoever asked has been told. */
function untold({ told, letters, peer }: ConnectionWorld, as = "error/"): string | undefined {
  const [last] = letters.slice(-1);
  const works = last !== undefined && peer.delivered(last.secret) === 202;
  if (works && as === "error/") return "works, and is said to be gone";
  return told.startsWith(as) ? undefined : `told ${told}`;
}

describe("hookshot that misbehaves", () => {
  it("keeps what it was to take away: that is said, and the removal works later", async () => {
    const world = new ConnectionWorld();
    await world.say("add");
    world.peer.deaf.add("unmake");
    await world.say("remove");
    expect(["removed", "error/hookshot-stays"]).toContain(world.told);
    world.peer.heal();
    await world.say("remove");
    expect(await world.stands()).toBe("undone");
  });

  it("does not answer while it is to remove: nothing is forgotten", async () => {
    const world = new ConnectionWorld();
    await world.say("add");
    world.rooms.silent = true;
    await world.say("remove");
    expect(world.told).toBe("error/hookshot-silent");
    expect(await world.stands()).toBe("set up");
    world.rooms.silent = false;
    await world.say("remove");
    expect(await world.stands()).toBe("undone");
  });

  it.each([
    ["by its API", true],
    ["by commands", false],
  ])(
    "has its bot and its power taken, %s, where somebody takes the feed out by hand",
    async (_, byApi) => {
      const world = new ConnectionWorld({ byApi });
      await world.say("add");
      world.rooms.put(ROOM, FEED, "https://news.example.org/feed.xml", {}, WHO.bob);
      await world.settled();
      // Without its leave that ends nothing at hookshot.
      expect(world.peer.connected(ROOM)).toHaveLength(1);
      const { bot } = WHO;
      const handler = connectionUpgradeHandler(world.connections, {
        ...{ documents: world.documents, bot },
      });
      const event = { type: FEED, stateKey: "https://news.example.org/feed.xml", content: {} };
      const id = handler.removal({ ...event, roomId: ROOM, sender: WHO.bob } as never);
      expect(id).toBe(world.id);
      await world.inTurn(
        () => handler.forgetting?.(ROOM, new Set([world.id])) ?? Promise.resolve(),
      );
      await world.settled();
      expect([await world.stands(), world.peer.connected(ROOM)]).toEqual(["record", []]);
      await world.say("remove");
      expect(await world.stands()).toBe("undone");
    },
  );

  it("lets Usher do nothing: its bot leaves at once, and all is as before", async () => {
    const world = new ConnectionWorld();
    world.peer.managers.clear();
    await world.say("add");
    expect(world.told).toMatch(/^error\//);
    expect(await world.stands()).toBe("undone");
  });
});
