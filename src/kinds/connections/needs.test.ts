import { expect, it } from "vitest";
import { ROOM, WHO } from "../../../test/harness/connections/connectionRooms.ts";
import { ConnectionWorld } from "../../../test/harness/connections/connectionWorld.ts";
import { permit } from "../../chat/permit.ts";
import { connectionNeeds, removalNeeds } from "./needs.ts";
import { FEED } from "./sorts.ts";

const { ann, bob, bot, usher } = WHO;
const LEVELS = "m.room.power_levels";

/** What is refused where Usher has this power, and its bot is in the room already or not. */
async function refused(power: number, users: object, isHere = false): Promise<unknown> {
  const { connections, rooms } = new ConnectionWorld();
  const { homeserver } = rooms;
  const content = { users: { [ann]: 100, [usher]: power, ...users }, events: { [LEVELS]: 50 } };
  homeserver.put(ROOM, LEVELS, "", content, ann);
  if (isHere) homeserver.put(ROOM, "m.room.member", bot, { membership: "join" }, bot);
  const needs = await connectionNeeds(connections, ROOM, { bot, sort: FEED });
  const deed = { deed: "add-connection" as const, needs };
  return permit(deed, await homeserver.power(ROOM), ann, usher)?.view["needed"];
}

it("Usher must stand above what it makes of hookshot's bot, so that it can take it out again", async () => {
  expect(await refused(50, {})).toBe(51);
  expect(await refused(51, {})).toBeUndefined();
  expect(await refused(60, { [bot]: 60 })).toBe(61);
});

it("where its bot is here with what it needs, it stays, and may stand as high as it likes", async () => {
  expect(await refused(50, { [bot]: 100 }, true)).toBeUndefined();
  expect(await refused(50, {}, true)).toBe(51);
});

it("whoever may end it by hand may have Usher end it, though its bot stands as high as they do", async () => {
  const world = new ConnectionWorld();
  await world.say("add");
  const { connections, rooms, id } = world;
  const { homeserver } = rooms;
  const users = { [ann]: 100, [bob]: 50, [usher]: 100, [bot]: 50 };
  homeserver.put(ROOM, LEVELS, "", { users }, ann);
  const needs = await removalNeeds(connections, ROOM, FEED, await connections.record(ROOM, id));
  const deed = { deed: "remove-connection" as const, needs };
  const power = await homeserver.power(ROOM);
  expect(permit(deed, power, bob, usher)).toBeUndefined();
  homeserver.put(ROOM, LEVELS, "", { users: { ...users, [bob]: 49, [usher]: 50 } }, ann);
  const less = await homeserver.power(ROOM);
  expect(permit(deed, less, bob, usher)?.code).toBe("power-person");
  expect(permit(deed, less, ann, usher)?.view["needed"]).toBe(51);
});
