import { expect, it } from "vitest";
import { WHO } from "../../../test/harness/bridges/bridgeRooms.ts";
import { KillWorld } from "../../../test/harness/bridges/killWorld.ts";
import { ScriptedBridgev2 } from "../../../test/harness/bridges/scriptedBridgev2.ts";
import { ScriptedHeisenbridge } from "../../../test/harness/bridges/scriptedHeisenbridge.ts";
import { sentenceOf } from "../../../test/harness/sentenceOf.ts";
import type { UsherError } from "../../kernel/errors.ts";
import type { EventId } from "../../kernel/ids.ts";
import { bridgesStatus } from "./findings.ts";
import { bridgeItems } from "./items.ts";

/** What `status` says of the room's bridges, and `show` of the link. */
async function shownIn({ bridges, room, id }: KillWorld): Promise<string> {
  const up = { is: "up" } as const;
  const well = {
    entryOf: (one: string) => bridges.entryOf(one),
    health: () => Promise.resolve(up),
  };
  const status = await bridgesStatus(well, await bridges.list(room));
  return [status, await bridgeItems(bridges).show(room, id)]
    .map((one) => sentenceOf(one))
    .join("\n");
}

/** A link that its bridge has refused to take away. */
async function refused(): Promise<KillWorld> {
  const world = new KillWorld((hands, owner) => new ScriptedHeisenbridge(hands, owner));
  await world.say("add");
  world.bridge.deaf.add("UNPLUMB");
  await world.say("remove");
  return world;
}

it("a link that its bridge does not take away is half done: it is shown with what failed and both ways out", async () => {
  const world = await refused();
  expect(world.lastTold).toBe("error/setup-stays");
  for (const words of [await shownIn(world), world.lastWords]) {
    expect(words).toContain("Unknown command");
    expect(words).toMatch(/`!usher remove irc-\w+`/);
    expect(words).toMatch(/`!usher resume irc-\w+`/);
  }
  expect(world.lastWords).toContain(
    "where somebody who may removes (kicks) `@heisenbridge:example.org`, the link goes by itself",
  );
});

it("a kick of the bot does end such a link, and what is left of it can be removed", async () => {
  const world = await refused();
  world.kicksBot();
  expect(world.bridge.linked(world.room)).toBe(false);
  await world.say("remove");
  expect(await world.stands()).toBe("undone");
});

it("a link whose bridge the catalogue has no more is not taken away, and it is said who can help", async () => {
  const world = new KillWorld((hands) => new ScriptedBridgev2(hands));
  await world.say("add");
  const { bridges, queue, room, id } = world;
  bridges.entryOf = () => undefined;
  let words = "";
  const by = { person: WHO.ann, cause: "$remove" as EventId };
  await world.does(async () => {
    const removed = queue.inTurn(room, () => bridges.remove(room, id, by));
    await removed.catch((error: unknown) => (words = sentenceOf(error as UsherError)));
  });
  expect(words).toMatch(/taken the bridge `telegram` out of my catalogue[^]*put it back/);
});

it("status names a link whose bot has been put out", async () => {
  const world = new KillWorld((hands) => new ScriptedBridgev2(hands));
  await world.say("add");
  expect(await shownIn(world)).toContain("bridges: 1\n");
  world.kicksBot();
  const shown = await shownIn(world);
  expect(shown).toContain("channel:1 links nothing, for its bot is not here any more");
  expect(shown).not.toContain("the link goes by itself");
  await world.say("remove");
  expect(await world.stands()).toBe("undone");
});

it("that a kick ends the link is shown where it is true", async () => {
  const world = new KillWorld((hands, owner) => new ScriptedHeisenbridge(hands, owner));
  await world.say("add");
  expect(await shownIn(world)).toContain("Where its bot is removed (kicked) from this room");
});

it("a set-up that fails, and cannot be taken back, says both reasons", async () => {
  const world = new KillWorld((hands) => new ScriptedBridgev2(hands));
  world.bridge.deaf.add("bridge");
  world.refused.add("kick");
  await world.say("add");
  expect(world.lastTold).toBe("error/setup-stopped");
  expect(world.lastWords).toMatch(/stopped at this step: linking/);
  expect(world.lastWords).toMatch(/could not take back, from this step on: inviting/);
});

it("a half-done link stands in the list with both ways out", () => {
  const state = { template: "bridge-state/half-done", view: { id: "irc-aaaaa" } };
  expect(sentenceOf(state)).toBe(
    "half set up, `!usher resume irc-aaaaa` goes on and `!usher remove irc-aaaaa` takes it back",
  );
});
