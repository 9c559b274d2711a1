import { expect, it } from "vitest";
import type { UserId } from "../../kernel/ids.ts";
import { PRIVATE_ROOM } from "../../privacy/records/rooms.ts";
import { counter } from "./counts.ts";
import type { Holding } from "./holding.ts";

const ann = "@ann:x" as UserId;
const bob = "@bob:x" as UserId;

it("counts once for whoever asks in many rooms at once, anew when that is done, and apart for others", async () => {
  const looked: UserId[] = [];
  const holding = {
    records: () => new Set([PRIVATE_ROOM]),
    about: async function* (person: UserId) {
      looked.push(person);
      yield await Promise.resolve({ record: PRIVATE_ROOM, room: undefined, handedOut: {} });
    },
  } as unknown as Holding;
  const count = counter([holding]);
  const [one, two, others] = await Promise.all([count(ann), count(ann), count(bob)]);
  expect(looked).toEqual([ann, bob]);
  expect(two).toBe(one);
  expect(others).not.toBe(one);
  expect(one.get(PRIVATE_ROOM)).toBe(1);
  await count(ann);
  expect(looked).toEqual([ann, bob, ann]);
});

it("a failure is not kept", async () => {
  let broken = true;
  const holding = {
    records: () => new Set([PRIVATE_ROOM]),
    about: async function* () {
      await Promise.resolve();
      if (broken) throw new Error("disk");
      yield { record: PRIVATE_ROOM, room: undefined, handedOut: {} };
    },
  } as unknown as Holding;
  const count = counter([holding]);
  await expect(count(ann)).rejects.toThrow("disk");
  broken = false;
  expect((await count(ann)).get(PRIVATE_ROOM)).toBe(1);
});
