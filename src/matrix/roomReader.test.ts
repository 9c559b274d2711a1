import { expect, it } from "vitest";
import { member } from "../../test/harness/rawEvents.ts";
import { ManualClock } from "../kernel/clock.ts";
import type { RoomId } from "../kernel/ids.ts";
import { HomeserverError } from "./errors.ts";
import { RoomReader } from "./roomReader.ts";
import { readSyncAnswer } from "./syncAnswer.ts";

const room = "!room:example.org" as RoomId;
const [ada, bob, eve] = ["@ada:example.org", "@bob:example.org", "@eve:example.org"];

it("who is in a room follows from what is heard: the list is fetched once, and again where that cannot be told", async () => {
  let fetched = 0;
  let fail = false;
  const rooms = new RoomReader(() => {
    fetched += 1;
    if (fail) return Promise.reject(new HomeserverError({ kind: "network" }));
    return Promise.resolve({ chunk: [member(ada, "join"), member(bob, "invite")] });
  }, new ManualClock());
  const note = (user: string, membership: string | undefined): void => {
    rooms.note(room, "m.room.member", user, { membership });
  };
  const now = async (): Promise<string> => {
    const { joined, invited } = await rooms.members(room);
    return `${[...joined].join()} | ${[...invited].join()}`;
  };
  note(eve, "join");
  expect(await now()).toBe(`${ada} | ${bob}`);
  note(bob, "join");
  note(eve, "invite");
  note(ada, "join");
  expect(await now()).toBe(`${bob},${ada} | ${eve}`);
  note(ada, "ban");
  note("no user", "join");
  expect([await now(), fetched]).toEqual([`${bob} | ${eve}`, 1]);
  note(bob, undefined);
  fail = true;
  const failing = rooms.members(room);
  note(eve, "join");
  await expect(failing).rejects.toThrow();
  fail = false;
  expect([await now(), fetched]).toEqual([`${ada} | ${bob}`, 3]);
});

it("one member is asked for anew, and nobody else with them", async () => {
  const asked: string[] = [];
  const rooms = new RoomReader((_, path) => {
    asked.push(path.slice(path.lastIndexOf("/")));
    return Promise.resolve({ chunk: [], membership: "join" });
  }, new ManualClock());
  for (let time = 0; time < 2; time += 1) {
    await rooms.members(room);
    rooms.reread(room, "m.room.member", ada);
    await rooms.state(room, "m.room.member", ada);
  }
  expect(asked).toEqual(["/members", "/%40ada%3Aexample.org", "/%40ada%3Aexample.org"]);
});

it.each([
  [
    { "m.joined_member_count": 2, "m.invited_member_count": 0 },
    { joined: 2, invited: 0 },
  ],
  [{ "m.joined_member_count": 2 }, undefined],
  [{ "m.joined_member_count": "2", "m.invited_member_count": 0 }, undefined],
  ["odd", undefined],
  [undefined, undefined],
])("of a summary %j both counts are taken, or none", (summary, people) => {
  const answer = readSyncAnswer({ next_batch: "s", rooms: { join: { [room]: { summary } } } });
  expect(answer?.joined.get(room)?.people).toEqual(people);
});
