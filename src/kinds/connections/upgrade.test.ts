import { expect, it } from "vitest";
import { NEXT, ROOM, WHO } from "../../../test/harness/connections/connectionRooms.ts";
import { ConnectionWorld } from "../../../test/harness/connections/connectionWorld.ts";

const { ann, bob } = WHO;

/** What becomes of a webhook of Ann's in a room that is replaced: who is in the new room beside, and whether she has been put out of the old one. */
async function carried(how: { readonly kicked: boolean; readonly follows: boolean }) {
  const world = new ConnectionWorld({ sort: "webhook" });
  await world.say("add");
  const { rooms } = world;
  if (how.kicked) rooms.put(ROOM, "m.room.member", ann, { membership: "leave" }, bob);
  rooms.replace();
  if (!how.follows) rooms.put(NEXT, "m.room.member", ann, {}, bob);
  await world.say("carry");
  return { told: world.told, letters: world.letters.length };
}

it("a webhook's new secret in a room that replaces another goes to who is there, or is still to come", async () => {
  expect(await carried({ kicked: false, follows: true })).toEqual({ told: "carried", letters: 2 });
  expect(await carried({ kicked: false, follows: false })).toEqual({ told: "carried", letters: 2 });
});

it("and to nobody who has been put out before", async () => {
  expect(await carried({ kicked: true, follows: false })).toEqual({ told: "refused", letters: 1 });
});
