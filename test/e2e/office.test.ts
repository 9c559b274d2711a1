import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, bodyOf, membership, messageFrom } from "../harness/expect.ts";
import type { Person } from "../harness/person.ts";
import { TALKS, World } from "../harness/world.ts";

describe.each(TALKS)("the operators' room, %s", (_, talk) => {
  let world: World;
  let olga: Person;
  let mallory: Person;
  let alice: Person;
  let office: string;

  beforeAll(async () => {
    ({ world, olga, office } = await World.withOffice(talk));
    mallory = await world.person("mallory");
    alice = await world.person("alice");
  });
  afterAll(() => world.end());

  it("is greeted as such, whatever its size, and told of a start and a stop", async () => {
    expect(bodyOf(await world.greeted(olga, office))).toContain("this is the operators' room");
    const from = olga.mark();
    await world.usher.restart();
    const says = (words: string) =>
      olga.waitFor(
        (event) => messageFrom(world.usher.userId, office)(event) && bodyOf(event).includes(words),
        { from },
      );
    await says("I am stopping");
    await says("I have started");
  });

  it("makes nobody an operator who merely got in, and one of whoever may change it", async () => {
    await world.bring(olga, office, mallory);
    const room = await world.room(alice, { name: "Lounge" });
    expect(bodyOf(await ask(mallory, office, `!usher admin leave ${room} --yes`))).toContain(
      "is for the people who run me",
    );
    expect(bodyOf(await ask(mallory, office, "!usher help"))).not.toContain("admin");
    expect(bodyOf(await ask(mallory, office, "!usher admin"))).not.toContain("admin status");
    expect(await alice.state(room, "m.room.member", world.usher.userId)).toMatchObject({
      membership: "join",
    });
    const version = (await olga.state(office, "m.room.create"))?.["room_version"];
    await olga.setLevel(office, mallory.userId, version === "12" ? 100 : 50);
    expect(bodyOf(await ask(mallory, office, "!usher admin status"))).toContain("Rooms I am in");
    await olga.setLevel(office, mallory.userId, 0);
  });

  it("is named to an operator who asks in a shared room", async () => {
    const room = await world.room(alice, { name: "Kitchen" });
    await world.bring(alice, room, olga);
    expect(bodyOf(await ask(olga, room, "!usher admin status"))).toContain(
      "in the operators' room, or in a direct chat with me",
    );
    expect(bodyOf(await ask(alice, room, "!usher admin status"))).toContain(
      "is for the people who run me",
    );
  });

  it("that is open to others is told of at the start, and by the doctor", async () => {
    await olga.setState(office, "m.room.join_rules", { join_rule: "public" });
    const from = olga.mark();
    await world.usher.restart();
    const told = await olga.waitFor(
      (event) =>
        messageFrom(world.usher.userId, office)(event) && bodyOf(event).includes("I have started"),
      {
        from,
      },
    );
    expect(bodyOf(told)).toContain("come in without an invitation");
    expect(bodyOf(await ask(olga, office, "!usher admin doctor"))).toContain(
      "come in without an invitation",
    );
    await olga.setState(office, "m.room.join_rules", { join_rule: "invite" });
  });

  it("leaving: Usher goes for whoever may remove it, and for nobody else", async () => {
    const room = await world.room(alice, { name: "Cellar" });
    await world.bring(alice, room, mallory);
    expect(bodyOf(await ask(mallory, room, "!usher leave --yes"))).toMatch(/you need power \d+/);
    await ask(alice, room, `!usher add widget https://pad.example.org/p/team --yes`);
    expect(bodyOf(await ask(alice, room, "!usher leave"))).toContain(
      "The one thing that I added stays",
    );
    const from = alice.mark();
    await alice.say(room, "yes");
    await alice.waitFor(
      (event) => messageFrom(world.usher.userId, room)(event) && bodyOf(event).includes("Goodbye"),
      { from },
    );
    await alice.waitFor(membership(room, world.usher.userId, "leave"), { from });
    const chat = await world.direct(mallory);
    await ask(mallory, chat, "leave --yes");
    await mallory.waitFor(membership(chat, world.usher.userId, "leave"));
  });
});
