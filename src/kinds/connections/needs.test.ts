import { expect, it } from "vitest";
import { ROOM, WHO } from "../../../test/harness/connections/connectionRooms.ts";
import { ConnectionWorld } from "../../../test/harness/connections/connectionWorld.ts";
import { permit } from "../../chat/permit.ts";
import { connectionNeeds } from "./needs.ts";
import { FEED } from "./sorts.ts";

const { ann, bot, usher } = WHO;
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
