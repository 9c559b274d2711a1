import { describe, expect, it } from "vitest";
import { NEXT, ROOM, WHO } from "../harness/connections/connectionRooms.ts";
import { ConnectionWorld } from "../harness/connections/connectionWorld.ts";

type Words = "add" | "remove" | "carry";
type Trouble = (world: ConnectionWorld) => void;

const none: Trouble = () => undefined;

describe.each([
  ["feed", "by its API", true],
  ["feed", "by commands", false],
  ["webhook", "by its API", true],
  ["webhook", "by commands", false],
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
      const isLost = sort === "webhook" && !byApi && world.lives > 1;
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
      const isLost = sort === "webhook" && !byApi && world.lives > 1;
      return isLost && now === "set up, undone" ? untold(world, "refused") : now;
    });
    expect(faults).toEqual([]);
  });

  it("at any step of a set-up that hookshot refuses, has it fully undone, and says why", async () => {
    const broken: Trouble = ({ peer }) =>
      peer.broken.add("https://news.example.org/feed.xml").add("builds");
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

  it("lets Usher do nothing: its bot leaves at once, and all is as before", async () => {
    const world = new ConnectionWorld();
    world.peer.managers.clear();
    await world.say("add");
    expect(world.told).toMatch(/^error\//);
    expect(await world.stands()).toBe("undone");
  });
});
