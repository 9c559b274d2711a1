import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, bodyOf, membership, messageFrom } from "../harness/expect.ts";
import type { Person } from "../harness/person.ts";
import { TALKS, World } from "../harness/world.ts";

describe.each(TALKS)("what Usher says of itself, %s", (_, talk) => {
  let world: World;
  let alice: Person;
  let bob: Person;

  beforeAll(async () => {
    ({ world, alice, bob } = await World.of(talk, ["alice", "bob"]));
  });
  afterAll(() => world.end());

  it("is a room's greeting in a room of two that has a name, where the bare word is understood all the same", async () => {
    const room = await world.room(alice, { name: "Gardens" });
    const greeting = bodyOf(await world.greeted(alice, room));
    expect(greeting).toContain("into this room");
    expect(greeting).not.toContain("invite me to one");
    expect(bodyOf(await ask(alice, room, "status"))).toContain("I am well");
  });

  it("is a chat's greeting where the invitation says so, and a room's when a third person comes", async () => {
    const room = await world.direct(alice);
    expect(bodyOf(await world.greeted(alice, room))).toContain("invite me to one");
    const from = alice.mark();
    await world.bring(alice, room, bob);
    const later = await alice.waitFor(
      (event) => messageFrom(world.usher.userId, room)(event) && bodyOf(event).startsWith("Hello"),
      {
        from,
      },
    );
    expect(bodyOf(later)).toContain("into this room");
    await ask(alice, room, "!usher status");
    const greetings = alice
      .messagesFrom(world.usher.userId, room)
      .filter((event) => bodyOf(event).startsWith("Hello"));
    expect(greetings).toHaveLength(2);
  });

  it("answers in a direct chat without its name until a third person has come, though they are invited", async () => {
    const room = await world.direct(alice);
    await world.greeted(alice, room);
    await alice.invite(room, bob.userId);
    expect(bodyOf(await ask(alice, room, "status"))).toContain("I am well");
    const from = alice.mark();
    await bob.join(room);
    await world.greeted(alice, room, from);
    const last = await ask(alice, room, "!usher status");
    await alice.say(room, "status");
    const next = await ask(alice, room, "!usher help status");
    const between = alice
      .messagesFrom(world.usher.userId, room)
      .slice(alice.messagesFrom(world.usher.userId, room).indexOf(last) + 1);
    expect(between).toEqual([next]);
  });

  it("says which power it lacks, with the numbers", async () => {
    const room = await world.room(alice, { name: "Beds", usherPower: 0 });
    expect(bodyOf(await world.greeted(alice, room))).toMatch(
      /I have power 0 here and need 50 \(Moderator\) to change widgets/,
    );
  });

  it("is told to the inviter in private where it may not speak, and said in the room when it may", async () => {
    await world.direct(alice);
    const room = await alice.createRoom({ name: "Quiet", powerLevels: { events_default: 50 } });
    const from = alice.mark();
    await alice.invite(room, world.usher.userId);
    await alice.waitFor(membership(room, world.usher.userId, "join"), { from });
    const told = await alice.waitFor(
      (event) => event.sender === world.usher.userId && bodyOf(event).includes("I may not speak"),
      { from },
    );
    expect(bodyOf(told)).toMatch(/Quiet[^]*need power 50 \(Moderator\)/);
    expect(alice.messagesFrom(world.usher.userId, room)).toEqual([]);
    await world.usher.restart();
    await alice.setLevel(room, world.usher.userId, 50);
    expect(bodyOf(await world.greeted(alice, room))).toContain("I am Usher, a bot");
    const tellings = alice.seen.filter(
      (event) => event.sender === world.usher.userId && bodyOf(event).includes("I may not speak"),
    );
    expect(tellings).toHaveLength(1);
  });
});
