import { describe, expect, it } from "vitest";
import { NEXT, ROOM } from "../../../test/harness/bridges/bridgeRooms.ts";
import { KillWorld } from "../../../test/harness/bridges/killWorld.ts";
import { ScriptedAppserviceIrc } from "../../../test/harness/bridges/scriptedAppserviceIrc.ts";
import { ScriptedBridgev2 } from "../../../test/harness/bridges/scriptedBridgev2.ts";

type Mover = ScriptedBridgev2 | ScriptedAppserviceIrc;

const BRIDGES: readonly (readonly [
  name: string,
  make: ConstructorParameters<typeof KillWorld>[0],
  orders: RegExp,
])[] = [
  ["bridgev2", (hands) => new ScriptedBridgev2(hands), /say (bridge|unbridge)/],
  ["matrix-appservice-irc", (hands) => new ScriptedAppserviceIrc(hands), /ask (link|unlink)$/],
];

describe.each(BRIDGES)("a link by %s, where its room is replaced", (_, make, orders) => {
  /** A linked room, and the one that replaces it; `moves`: the bridge takes the link along, soon. */
  async function carried(rule: string, moves: boolean): Promise<readonly string[]> {
    const world = new KillWorld(make);
    await world.say("add");
    world.rooms.replace(rule);
    if (moves)
      setImmediate(() => {
        (world.bridge as Mover).moves(ROOM, NEXT);
      });
    const before = world.effects.length;
    await world.say("carry");
    expect(world.lastTold).toBe("carried");
    expect([await world.stands(ROOM), await world.stands(NEXT)]).toEqual(["undone", "set up"]);
    const done = world.effects.slice(before).filter((effect) => orders.test(effect));
    await world.say("remove next");
    expect([await world.stands(ROOM), await world.stands(NEXT)]).toEqual(["undone", "undone"]);
    return done;
  }

  it("is found there where everybody may join, for the bridge has taken it along: nobody is asked anew", async () => {
    expect(await carried("public", true)).toEqual([]);
  });

  it("is unlinked and linked there where the bridge has not, or cannot come in", async () => {
    expect(await carried("public", false)).toHaveLength(2);
    expect(await carried("invite", false)).toHaveLength(2);
  });
});

it("a link that the bridge does not take away stays in the old room, half done, and harms nothing else", async () => {
  const world = new KillWorld((hands) => new ScriptedBridgev2(hands));
  await world.say("add");
  world.rooms.replace();
  world.bridge.deaf.add("unbridge");
  await world.say("carry");
  expect(world.lastTold).toBe("refused");
  expect(await world.stands(ROOM)).toContain("set-up");
  world.bridge.heal();
  await world.say("remove");
  expect(await world.stands(ROOM)).toBe("undone");
});
