import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { theSynapse } from "../harness/e2eSetup.ts";
import { ask, bodyOf, membership, messageFrom } from "../harness/expect.ts";
import { connectPerson, type Person } from "../harness/person.ts";
import type { UsherProcess } from "../harness/usherProcess.ts";
import { UNENCRYPTED, personIn, TALKS, World } from "../harness/world.ts";
import { eventually } from "../harness/patience.ts";

describe.each(TALKS)("Usher's coming and going, %s", (_, talk) => {
  let world: World;
  let alice: Person;
  let bob: Person;

  beforeAll(async () => {
    ({ world, alice, bob } = await World.of(talk, ["alice", "bob"]));
  });
  afterAll(() => world.end());

  it("R54 R16 R17 R65 says once, on joining, what it is, what it sees, for whom it is not, where the notice is, and how to be rid of it", async () => {
    const room = await world.room(alice, { invite: [bob.userId] });
    const greeting = bodyOf(await world.greeted(alice, room));
    expect(greeting).toMatch(/I am Usher, a bot/);
    expect(greeting).toMatch(
      talk.encrypted
        ? /encrypted.*all messages here.*visible to me/
        : /All unencrypted messages.*visible to me/,
    );
    expect(greeting).toContain("under 16");
    expect(greeting).toContain("privacy");
    expect(greeting).toMatch(/remove|leave/);
    await world.usher.restart();
    await ask(alice, room, "!usher status");
    const messages = alice.messagesFrom(world.usher.userId, room).map(bodyOf);
    expect(messages.filter((body) => body.startsWith("Hello"))).toHaveLength(1);
  });

  it("does not greet a second time after a crash in the middle of joining", async () => {
    const rooms = await Promise.all(
      [0, 1, 2, 3, 4, 5].map(() => alice.createRoom({ invite: [world.usher.userId] })),
    );
    await Promise.race(
      rooms.map((room) => alice.waitFor(membership(room, world.usher.userId, "join"))),
    );
    await world.usher.kill();
    await world.usher.start();
    for (const room of rooms) {
      await world.greeted(alice, room);
      await ask(alice, room, "!usher status");
      const greetings = alice
        .messagesFrom(world.usher.userId, room)
        .filter((event) => bodyOf(event).startsWith("Hello"));
      expect(greetings).toHaveLength(1);
    }
  });

  it.each(["11", "12"])(
    "kicked from a room of version %s, stays away until it is invited again, and then greets again",
    async (version) => {
      const room = await world.room(alice, { version });
      await alice.kick(room, world.usher.userId);
      await alice.waitFor(membership(room, world.usher.userId, "leave"));
      await alice.say(room, "!usher status");
      const other = await world.room(alice);
      await ask(alice, other, "!usher status");
      await world.usher.restart();
      await ask(alice, other, "!usher status");
      expect(await alice.state(room, "m.room.member", world.usher.userId)).toMatchObject({
        membership: "leave",
      });
      const from = alice.mark();
      await alice.invite(room, world.usher.userId);
      await world.greeted(alice, room, from);
      // What was said while it was out is not its business.
      await ask(alice, room, "!usher help");
      const answers = alice.seen
        .slice(from)
        .filter(messageFrom(world.usher.userId, room))
        .map(bodyOf);
      expect(answers.filter((body) => body.startsWith("I am well"))).toEqual([]);
    },
  );

  it("brought in by an administrator, without an invitation, says what it is all the same", async () => {
    const admin = await connectPerson(theSynapse(), "admin", { admin: true });
    try {
      const room = await admin.createRoom();
      const answer = await fetch(
        `${theSynapse().url}/_synapse/admin/v1/join/${encodeURIComponent(room)}`,
        {
          method: "POST",
          headers: { authorization: `Bearer ${admin.account.accessToken}` },
          body: JSON.stringify({ user_id: world.usher.userId }),
        },
      );
      expect(answer.status).toBe(200);
      expect(bodyOf(await world.greeted(admin, room))).toContain("I am Usher, a bot");
    } finally {
      await admin.stop();
    }
  });

  it("banned, stays away, and goes on serving others", async () => {
    const room = await world.room(alice);
    await alice.ban(room, world.usher.userId);
    await alice.waitFor(membership(room, world.usher.userId, "ban"));
    expect(bodyOf(await ask(alice, await world.room(alice), "!usher status"))).toContain(
      "I am well",
    );
  });
});

describe.each(TALKS)("who may invite Usher, %s", (_, talk) => {
  let world: World;
  let alice: Person;
  let bob: Person;

  beforeEach(async () => {
    [alice, bob] = await Promise.all([personIn(talk, "alice"), personIn(talk, "bob")]);
  });
  afterEach(() => world.end());

  async function usherWith(config: Record<string, unknown>): Promise<UsherProcess> {
    world = await World.begin(talk, { people: [alice, bob], config });
    return world.usher;
  }

  it("is decided before joining: others are refused with a reason, and see no message", async () => {
    const usher = await usherWith({ access: { inviters: { allow: [alice.userId] } } });
    const refused = await bob.createRoom({ invite: [usher.userId] });
    const left = await bob.waitFor(membership(refused, usher.userId, "leave"));
    expect(String(left.content["reason"])).toContain("not allowed");
    expect(bob.seen.some((event) => membership(refused, usher.userId, "join")(event))).toBe(false);
    await world.room(alice);
  });

  it("is limited per sender and in total", async () => {
    const usher = await usherWith({ access: { inviters: { perSenderPerHour: 1, perHour: 2 } } });
    await world.room(alice);
    const second = await alice.createRoom({ invite: [usher.userId] });
    expect(
      String((await alice.waitFor(membership(second, usher.userId, "leave"))).content["reason"]),
    ).toContain("invitations");
    await world.room(bob);
    const fourth = await bob.createRoom({ invite: [usher.userId] });
    await bob.waitFor(membership(fourth, usher.userId, "leave"));
  });

  it("does not matter for what an invitation claims: a hostile is_direct makes no room private", async () => {
    await usherWith({});
    const room = await world.room(alice, { direct: true, invite: [bob.userId] });
    await bob.join(room);
    await alice.waitFor(membership(room, bob.userId, "join"));
    const from = alice.mark();
    const unaddressed = await alice.say(room, "privacy");
    await ask(alice, room, "!usher status");
    expect(
      alice.seen.slice(from).filter((event) => JSON.stringify(event.content).includes(unaddressed)),
    ).toEqual([]);
  });

  it("alone in a room, Usher leaves after a while", async () => {
    const usher = await usherWith({ limits: { leaveWhenAloneMinutes: 0.001 } });
    const room = await world.room(alice);
    await alice.leave(room);
    // Nobody is left who could see it go, so its own account is asked.
    const gone = async (): Promise<boolean> => {
      const answer = await fetch(`${theSynapse().url}/_matrix/client/v3/joined_rooms`, {
        headers: { authorization: `Bearer ${usher.accessToken}` },
      });
      return !((await answer.json()) as { joined_rooms: string[] }).joined_rooms.includes(room);
    };
    await eventually(async () => {
      expect(await gone()).toBe(true);
    });
  });
});

it("without encryption, Usher refuses an encrypted room and says why, and writes nothing into it unencrypted", async () => {
  const { world, alice } = await World.of(UNENCRYPTED, ["alice"], {
    config: { crypto: { engine: "off" } },
  });
  try {
    const room = await alice.createRoom({ encrypted: true, invite: [world.usher.userId] });
    const left = await alice.waitFor(membership(room, world.usher.userId, "leave"));
    expect(String(left.content["reason"])).toContain("encrypted");
    expect(alice.messagesFrom(world.usher.userId, room)).toEqual([]);
  } finally {
    await world.end();
  }
});
