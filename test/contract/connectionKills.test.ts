import { describe, expect, it } from "vitest";
import { NEXT, ROOM } from "../harness/connections/connectionRooms.ts";
import { ConnectionWorld } from "../harness/connections/connectionWorld.ts";

type Words = "add" | "remove" | "carry";
type Trouble = (world: ConnectionWorld) => void;

const none: Trouble = () => undefined;

describe.each([
  ["by its API", true],
  ["by commands", false],
])("hookshot %s, whose Usher is killed", (_, byApi) => {
  async function begun(words: Words): Promise<ConnectionWorld> {
    const world = new ConnectionWorld({ byApi });
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

  it("at any step of a set-up, is fully set up, and once", async () => {
    const faults = await ends("add", none, async (world) => {
      const often = world.peer.connected(ROOM).length;
      return often === 1 ? stands("set up")(world) : `${String(often)} times`;
    });
    expect(faults).toEqual([]);
  });

  it("at any step of a removal, has it fully removed", async () => {
    expect(await ends("remove", none, stands("undone"))).toEqual([]);
  });

  it("at any step of bringing it into the room that replaces another, has it there alone", async () => {
    const faults = await ends("carry", none, async (world) => {
      const now = `${await world.stands(ROOM)}, ${await world.stands(NEXT)}`;
      return now === "undone, set up" ? undefined : now;
    });
    expect(faults).toEqual([]);
  });

  it("at any step of a set-up that hookshot refuses, has it fully undone, and says why", async () => {
    const broken: Trouble = ({ peer }) => peer.broken.add("https://news.example.org/feed.xml");
    const faults = await ends("add", broken, async (world) => {
      // Of what its bot said while nobody listened, only the time tells.
      if (world.told === "waiting") await world.waitsInVain();
      else if (!/^error\/(?:hookshot-refused|setup-undone)$/.test(world.told)) return world.told;
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
