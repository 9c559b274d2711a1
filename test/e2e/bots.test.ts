import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { botId } from "../../src/kinds/bots/presence.ts";
import type { UserId } from "../../src/kernel/ids.ts";
import { BotPeer } from "../harness/botPeer.ts";
import { ask, bodyOf, membership, messageFrom } from "../harness/expect.ts";
import type { Person } from "../harness/person.ts";
import { TALKS, versionsOf, World } from "../harness/world.ts";

const LEVELS = "m.room.power_levels";

/** Seconds that Usher waits for a bot here: few, for some never come, and enough for those that do come on a busy machine. */
const PATIENCE = 10;

describe.each(TALKS)("bots, %s", (_, talk) => {
  let world: World;
  let alice: Person;
  let bob: Person;
  let echo: BotPeer;
  let polite: BotPeer;
  let absent: BotPeer;
  let shy: BotPeer;

  beforeAll(async () => {
    [echo, polite, absent, shy] = await Promise.all([
      BotPeer.begin(talk, "echo", "comes"),
      BotPeer.begin(talk, "polite", "comes"),
      BotPeer.begin(talk, "absent", "stays away"),
      BotPeer.begin(talk, "shy", "declines"),
    ]);
    const entry = { description: "Says everything again.", price: "free" };
    const host = {
      by: "third-party",
      who: "Echo Limited",
      policy: "https://echo.example.org/privacy",
    };
    const catalogue = [
      {
        ...entry,
        id: "polite",
        name: "Polite echo",
        user: polite.userId,
        host,
        service: "the Echo Cloud",
        level: 50,
        firstWords: "!echo hello",
        leaveWords: "!echo leave",
      },
      {
        ...entry,
        id: "absent",
        name: "Absent bot",
        user: absent.userId,
        host: { by: "operator" },
        level: 20,
        firstWords: "!echo late",
      },
      {
        ...entry,
        id: "off",
        name: "Old bot",
        user: "@old:example.org",
        host: { by: "operator" },
        enabled: false,
      },
    ];
    const config = { bots: { joinSeconds: PATIENCE, catalogue } };
    ({ world, alice, bob } = await World.of(talk, ["alice", "bob"], { config }));
  });
  afterAll(async () => {
    await world.end();
    await Promise.all([echo, polite, absent, shy].map((bot) => bot.stop()));
  });

  function idOf(bot: BotPeer): string {
    return botId(bot.userId as UserId);
  }

  async function levels(room: string): Promise<Record<string, unknown>> {
    return ((await alice.state(room, LEVELS))?.["users"] ?? {}) as Record<string, unknown>;
  }

  async function membershipOf(room: string, bot: BotPeer): Promise<unknown> {
    return (await alice.state(room, "m.room.member", bot.userId))?.["membership"];
  }

  /** How many events of a type alice's client got. */
  function sent(room: string, type: string): number {
    return alice.seen.filter((event) => event.roomId === room && event.type === type).length;
  }

  async function outcome(person: Person, room: string, line: string): Promise<string> {
    return bodyOf(await ask(person, room, line));
  }

  describe.each(versionsOf(talk))("in a room of version %s", (version) => {
    it("R13, R17, R54, R57, R62: are previewed with what they see, cost and who runs them, then come, get their power and their first words", async () => {
      const room = await world.room(alice, { version, usherPower: 100 });
      await world.bring(alice, room, bob);
      const info = bodyOf(await ask(alice, room, "!usher info polite"));
      expect(info).toContain("Says everything again. It costs nothing.");
      expect(info).toContain("As a member it, and whoever runs it, can read what is written");
      const preview = bodyOf(await ask(alice, room, "!usher add bot polite"));
      expect(preview).toContain(polite.userId);
      // Nobody can give it the keys to what was written before.
      const seen = talk.encrypted ? "from then on" : ", old messages too";
      expect(preview).toMatch(
        new RegExp(`It and whoever runs it can read everything here ?${seen}\\.`),
      );
      expect(preview).toContain("give it power 50");
      expect(preview).toContain("!echo hello");
      expect(preview).toContain("It costs nothing.");
      expect(preview).toMatch(/Echo Limited.*https:\/\/echo\.example\.org\/privacy/);
      expect(preview).toContain("the Echo Cloud");
      expect(await membershipOf(room, polite)).toBeUndefined();

      const before = await levels(room);
      const added = await outcome(alice, room, "yes");
      expect(added).toContain(`id \`${idOf(polite)}\``);
      expect(added).toContain("I have given it power 50");
      expect(await membershipOf(room, polite)).toBe("join");
      expect(await levels(room)).toEqual({ ...before, [polite.userId]: 50 });
      await bob.waitFor(
        (event) =>
          event.roomId === room &&
          event.sender === polite.userId &&
          bodyOf(event) === "echo: hello",
      );
      expect(bodyOf(await ask(bob, room, "!usher status"))).toContain("bots: 1");
    });

    it("are shown and changed and removed by their id; their power goes with them, and others' stays", async () => {
      const room = await world.room(alice, { version, usherPower: 100 });
      await world.bring(alice, room, bob);
      await outcome(alice, room, "!usher add bot polite --yes");
      const list = bodyOf(await ask(bob, room, "!usher list"));
      expect(list).toMatch(
        new RegExp(
          `Polite echo.*${idOf(polite)}.*here, with power 50; ${alice.userId} asked for it`,
        ),
      );
      const id = idOf(polite);
      expect(bodyOf(await ask(bob, room, `!usher show ${id}`))).toMatch(
        /here, with power 50[^]*Echo Limited/,
      );
      expect(bodyOf(await ask(alice, room, `!usher set ${id} level=30`))).toContain(
        "power 30 in this room; it has 50 now",
      );
      expect(await outcome(alice, room, "yes")).toContain("has power 30 now");
      expect((await levels(room))[polite.userId]).toBe(30);
      const events = sent(room, LEVELS);
      expect(bodyOf(await ask(alice, room, `!usher set ${id} level=30`))).toContain(
        "has power 30 already",
      );
      expect(sent(room, LEVELS)).toBe(events);
      const unknown = bodyOf(await ask(alice, room, `!usher set ${id} levle=30`));
      expect(unknown).toContain(`Did you mean \`!usher set ${id} level=30\`?`);
      expect(unknown).toContain(
        `set ${id} levle=30\n${" ".repeat(`set ${id} `.length)}${"^".repeat("levle=30".length)}`,
      );

      const others = { ...(await levels(room)) };
      delete others[polite.userId];
      expect(bodyOf(await ask(alice, room, `!usher remove ${id}`))).toContain("!echo leave");
      expect(await outcome(alice, room, "yes")).toContain("it left when I asked it to");
      expect(await membershipOf(room, polite)).toBe("leave");
      expect(await levels(room)).toEqual(others);
      expect(bodyOf(await ask(bob, room, "!usher list"))).not.toContain(polite.userId);
    });

    it("that are members already are taken on, get their power, and are removed like others", async () => {
      const room = await world.room(alice, { version, usherPower: 100 });
      await alice.invite(room, polite.userId);
      await alice.waitFor(membership(room, polite.userId, "join"));
      const preview = bodyOf(await ask(alice, room, "!usher add bot polite"));
      expect(preview).toContain("is in this room already");
      expect(preview).toContain("give it power 50");
      expect(await outcome(alice, room, "yes")).toMatch(
        /is on my list now[^]*I have given it power 50/,
      );
      expect((await levels(room))[polite.userId]).toBe(50);
      expect(bodyOf(await ask(alice, room, "!usher list"))).toMatch(
        new RegExp(`${idOf(polite)}.*here, with power 50`),
      );
      expect(bodyOf(await ask(alice, room, "!usher add bot polite"))).toContain(
        "in this room already, id",
      );
      expect(await outcome(alice, room, "!usher remove Polite echo --yes")).toContain(
        "it left when I asked it to",
      );
    });

    it("that no server knows are told of before; a refusal says the homeserver's reason", async () => {
      const room = await world.room(alice, { version });
      const server = alice.userId.slice(alice.userId.indexOf(":") + 1);
      expect(bodyOf(await ask(alice, room, `!usher add bot @nobody-at-all:${server}`))).toContain(
        "knows no account",
      );
      await ask(alice, room, "no");
      const refused = await outcome(alice, room, "!usher add bot @bot:unreachable.invalid --yes");
      expect(refused).toContain("@bot:unreachable.invalid was not invited");
      expect(refused).toContain("Federation denied");
      expect(bodyOf(await ask(alice, room, "!usher list"))).not.toContain("unreachable.invalid");
    });

    it("of no catalogue come by their Matrix ID, with a warning, and are kicked", async () => {
      const room = await world.room(alice, { version });
      const preview = bodyOf(await ask(alice, room, `!usher add bot ${echo.userId}`));
      expect(preview).toContain("It is not in my catalogue");
      expect(await outcome(alice, room, "yes")).toContain("is in the room now");
      expect(await levels(room)).not.toHaveProperty(echo.userId);
      expect(await outcome(alice, room, `!usher remove ${idOf(echo)} --yes`)).toContain(
        "I have kicked it",
      );
      expect(await membershipOf(room, echo)).toBe("leave");
      expect(bodyOf(await ask(alice, room, `!usher remove ${echo.userId} --yes`))).toMatch(
        /no bot|gone already/,
      );
    });

    it("that are here already are shown, and nothing is sent", async () => {
      const room = await world.room(alice, { version });
      await outcome(alice, room, `!usher add bot ${echo.userId} --yes`);
      const events = sent(room, "m.room.member");
      const again = bodyOf(await ask(alice, room, `!usher add bot ${echo.userId} --yes`));
      expect(again).toContain("I have changed nothing");
      expect(again).toContain(idOf(echo));
      expect(sent(room, "m.room.member")).toBe(events);
    });

    it("that do not come are told as still invited, and are finished when they come later", async () => {
      const room = await world.room(alice, { version, usherPower: 100 });
      await world.bring(alice, room, bob);
      expect(await outcome(alice, room, "!usher add bot absent level=20 --yes")).toContain(
        `in ${String(PATIENCE)} seconds it has not come`,
      );
      expect(await membershipOf(room, absent)).toBe("invite");
      expect(bodyOf(await ask(alice, room, "!usher list"))).toContain("invited, and not here yet");
      expect(bodyOf(await ask(alice, room, "!usher add bot absent --yes"))).toContain(
        "is invited already",
      );
      const from = alice.mark();
      await absent.person.join(room);
      const late = await alice.waitFor(messageFrom(world.usher.userId, room), {
        from,
        what: "the late answer",
      });
      expect(bodyOf(late)).toContain("!echo late");
      const told = await alice.waitFor(
        (event) =>
          event.sender === world.usher.userId && bodyOf(event).includes("is in the room now"),
        {
          from,
        },
      );
      expect(bodyOf(told)).toContain("I have given it power 20");
      expect((await levels(room))[absent.userId]).toBe(20);
    });

    it("that came while Usher was stopped are finished at its next start", async () => {
      const room = await world.room(alice, { version, usherPower: 100 });
      await world.bring(alice, room, bob);
      expect(await outcome(alice, room, "!usher add bot absent --yes")).toContain(
        "it has not come",
      );
      await world.usher.stop({ keep: true });
      const from = alice.mark();
      await absent.person.join(room);
      await world.usher.start();
      await alice.waitFor(
        (event) => event.roomId === room && bodyOf(event).includes("I have given it power 20"),
        { from },
      );
      expect((await levels(room))[absent.userId]).toBe(20);
    });

    it("that decline are told so, and struck off on request", async () => {
      const room = await world.room(alice, { version });
      expect(await outcome(alice, room, `!usher add bot ${shy.userId} --yes`)).toContain(
        "declined the invitation",
      );
      expect(bodyOf(await ask(alice, room, "!usher list"))).toContain(
        "it left or declined by itself",
      );
      expect(await outcome(alice, room, `!usher remove ${idOf(shy)}`)).toContain("gone already");
      expect(bodyOf(await ask(alice, room, "!usher list"))).not.toContain(shy.userId);
    });

    it("that left, were kicked or banned, are told as that, with by whom", async () => {
      const room = await world.room(alice, { version });
      await world.bring(alice, room, bob);
      await outcome(alice, room, `!usher add bot ${echo.userId} --yes`);
      await echo.person.leave(room);
      expect(bodyOf(await ask(bob, room, "!usher list"))).toContain(
        "it left or declined by itself",
      );
      expect(await outcome(alice, room, `!usher add bot ${echo.userId} --yes`)).toContain(
        "is in the room now",
      );
      await alice.kick(room, echo.userId);
      expect(bodyOf(await ask(bob, room, "!usher list"))).toContain(`${alice.userId} removed it`);
      await alice.ban(room, echo.userId);
      expect(bodyOf(await ask(bob, room, "!usher list"))).toContain(`${alice.userId} banned it`);
      expect(bodyOf(await ask(alice, room, `!usher add bot ${echo.userId}`))).toContain(
        "is banned from this room",
      );
      expect(await membershipOf(room, echo)).toBe("ban");
    });

    it("are not lent Usher's power: nobody gives more than they have", async () => {
      const room = await world.room(alice, {
        version,
        usherPower: 100,
        powerLevels: { events: { [LEVELS]: 10 } },
      });
      await world.bring(alice, room, bob);
      await alice.setLevel(room, bob.userId, 20);
      expect(
        bodyOf(await ask(bob, room, `!usher add bot ${echo.userId} level=50 --yes`)),
      ).toContain("need power 50 (Moderator); you have 20");
      expect(await membershipOf(room, echo)).toBeUndefined();
      expect(await outcome(bob, room, `!usher add bot ${echo.userId} level=20 --yes`)).toContain(
        "I have given it power 20",
      );
      expect(bodyOf(await ask(bob, room, `!usher set ${idOf(echo)} level=0 --yes`))).toContain(
        "need power 21; you have 20",
      );
      expect((await levels(room))[echo.userId]).toBe(20);
    });
  });

  it("bots that others brought are the room's: those of the catalogue are listed as theirs", async () => {
    const room = await world.room(alice);
    await alice.invite(room, polite.userId);
    await alice.waitFor(membership(room, polite.userId, "join"));
    expect(bodyOf(await ask(alice, room, "!usher list"))).toMatch(/not on my list:[^]*Polite echo/);
    expect(bodyOf(await ask(alice, room, `!usher remove ${bob.userId} --yes`))).toContain(
      "I know no bot",
    );
    expect(bodyOf(await ask(alice, room, "!usher add bot polite level=0"))).toContain(
      "in this room already",
    );
  });

  it("unknown names are answered with the near one, disabled entries with where to look", async () => {
    const room = await world.room(alice);
    expect(bodyOf(await ask(alice, room, "!usher add bot polit"))).toContain("add bot polite");
    expect(bodyOf(await ask(alice, room, "!usher add bot off"))).toContain("switched off");
    expect(bodyOf(await ask(alice, room, `!usher add bot ${world.usher.userId}`))).toContain(
      "That is me",
    );
    expect(bodyOf(await ask(alice, room, "!usher add bot @nobody"))).toContain("add bot <bot>");
  });
});
