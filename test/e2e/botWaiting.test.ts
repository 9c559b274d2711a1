import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BotPeer } from "../harness/botPeer.ts";
import { ask, bodyOf, finalAnswerTo, membership } from "../harness/expect.ts";
import type { Person } from "../harness/person.ts";
import { TALKS, World } from "../harness/world.ts";

describe.each(TALKS)("while Usher waits for a bot, %s", (_, talk) => {
  let world: World;
  let alice: Person;
  let bob: Person;
  let late: BotPeer;

  beforeAll(async () => {
    late = await BotPeer.begin(talk, "late", "stays away");
    // Longer than any test: what does not wait for the bot does not wait for the time either.
    ({ world, alice, bob } = await World.of(talk, ["alice", "bob"], {
      config: { bots: { joinSeconds: 300 } },
    }));
  });
  afterAll(async () => {
    await world.end();
    await late.stop();
  });

  /** A room where Alice has asked for the bot, and Usher waits for it to come. */
  async function waiting(): Promise<{ room: string; asked: string; from: number }> {
    const room = await world.room(alice, { usherPower: 100 });
    await world.bring(alice, room, bob);
    const from = alice.mark();
    const asked = await alice.say(room, `!usher add bot ${late.userId} --yes`);
    await alice.waitFor(membership(room, late.userId, "invite"), { from });
    return { room, asked, from };
  }

  /** Everything Usher said in answer to that, each message once, as it reads in the end. */
  function said(room: string, asked: string): number {
    return alice
      .messagesFrom(world.usher.userId, room)
      .filter((event) => finalAnswerTo(asked, alice)(event)).length;
  }

  it("the room's other commands go on, and its coming is told once", async () => {
    const { room, asked, from } = await waiting();
    expect(bodyOf(await ask(bob, room, "!usher status"))).toContain("Usher");
    expect(
      bodyOf(await ask(alice, room, "!usher add widget https://pad.example.org/ --yes")),
    ).toContain("Added");
    expect(bodyOf(await ask(bob, room, "!usher list"))).toContain("invited, and not here yet");
    expect(said(room, asked)).toBe(0);
    await late.person.join(room);
    expect(bodyOf(await alice.waitFor(finalAnswerTo(asked, alice), { from }))).toContain(
      "is in the room now",
    );
    await ask(alice, room, "!usher list");
    expect(said(room, asked)).toBe(1);
  });

  it("another command can take the invitation back, and the waiting ends with that", async () => {
    const { room, asked, from } = await waiting();
    expect(bodyOf(await ask(alice, room, `!usher remove ${late.userId} --yes`))).toContain(
      "out of this room",
    );
    expect(bodyOf(await alice.waitFor(finalAnswerTo(asked, alice), { from }))).toContain(
      "declined the invitation",
    );
    expect(bodyOf(await ask(alice, room, "!usher list"))).not.toContain(late.userId);
  });

  it("may be killed: at the next start the waiting goes on, holds nothing up, and is answered once", async () => {
    const { room, asked, from } = await waiting();
    expect(bodyOf(await ask(bob, room, "!usher list"))).toContain(late.userId);
    await world.usher.kill();
    await world.usher.start();
    expect(bodyOf(await ask(bob, room, "!usher status"))).toContain("Usher");
    await late.person.join(room);
    expect(bodyOf(await alice.waitFor(finalAnswerTo(asked, alice), { from }))).toContain(
      "is in the room now",
    );
    await ask(alice, room, "!usher list");
    expect(said(room, asked)).toBe(1);
    expect(alice.seen.filter(membership(room, late.userId, "invite"))).toHaveLength(1);
  });
});
