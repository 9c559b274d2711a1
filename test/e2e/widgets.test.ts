import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answerTo, ask, bodyOf, messageFrom } from "../harness/expect.ts";
import type { Person } from "../harness/person.ts";
import { TALKS, versionsOf, World } from "../harness/world.ts";

const WIDGET = "im.vector.modular.widgets";

/** The ids of the widgets that the room's state holds and shows. */
async function shown(person: Person, room: string): Promise<string[]> {
  const state = await person.allState(room);
  return state
    .filter((event) => event.type === WIDGET && Object.keys(event.content).length > 0)
    .map((event) => event.state_key);
}

/** How many events a client got for a type. */
function sent(person: Person, room: string, type: string): number {
  return person.seen.filter((event) => event.roomId === room && event.type === type).length;
}

describe.each(TALKS)("widgets, %s", (_, talk) => {
  let world: World;
  let alice: Person;
  let bob: Person;

  beforeAll(async () => {
    ({ world, alice, bob } = await World.of(talk, ["alice", "bob"]));
  });
  afterAll(() => world.end());

  describe.each(versionsOf(talk))("in a room of version %s", (version) => {
    it("are previewed, added after a yes, listed, and removed after another, and everybody sees it", async () => {
      const room = await world.room(alice, { version });
      await world.bring(alice, room, bob);
      const preview = await ask(
        alice,
        room,
        '!usher add widget https://pad.example.org/p/team name="Team pad"',
      );
      expect(preview.content["msgtype"]).toBe("m.notice");
      expect(bodyOf(preview)).toContain("Everybody in this room will see");
      expect(bodyOf(preview)).toContain("https://pad.example.org/p/team");
      expect(await shown(alice, room)).toEqual([]);

      const added = await ask(alice, room, "yes");
      expect(bodyOf(added)).toContain("https://pad.example.org/p/team");
      const [id = ""] = await shown(alice, room);
      expect(bodyOf(added)).toContain(id);
      const event = await bob.waitFor((one) => one.roomId === room && one.type === WIDGET);
      expect(event.content).toEqual({
        type: "m.custom",
        url: "https://pad.example.org/p/team",
        name: "Team pad",
        id,
        creatorUserId: world.usher.userId,
        waitForIframeLoad: true,
        data: { title: "Team pad" },
      });

      expect(bodyOf(await ask(bob, room, "!im list"))).toMatch(
        new RegExp(`Team pad.*${id}.*${alice.userId}.*https://pad\\.example\\.org/p/team`),
      );
      expect(bodyOf(await ask(alice, room, `!usher remove ${id}`))).toContain("Team pad");
      expect(bodyOf(await ask(alice, room, "!usher yes"))).toContain("Removed");
      expect(await alice.state(room, WIDGET, id)).toEqual({});
      expect(bodyOf(await ask(alice, room, "!usher list"))).toContain("no widgets");
    });

    it("whose key is somebody's Matrix ID are theirs alone: said before any preview, to everybody", async () => {
      const room = await world.room(alice, { version });
      await world.bring(alice, room, bob);
      await alice.setLevel(room, bob.userId, 50);
      const content = {
        type: "m.custom",
        url: "https://bob.example.org/",
        name: "Bob's own",
        id: bob.userId,
      };
      await bob.setState(room, WIDGET, content, bob.userId);
      const only = `by the rules of every room nobody but ${bob.userId} can change it`;
      for (const line of [
        `!usher remove ${bob.userId}`,
        `!usher set ${bob.userId} name="Mine now"`,
      ]) {
        const refused = bodyOf(await ask(alice, room, line));
        expect(refused).toContain(only);
        expect(refused).toContain("Ask them");
        expect(bodyOf(await ask(bob, room, line))).toContain("That is you");
      }
      expect(bodyOf(await ask(alice, room, "!usher yes"))).toContain("Nothing here waits");
      expect(await alice.state(room, WIDGET, bob.userId)).toEqual(content);
    });

    it("are confirmed by a reaction of the person who asked, on Usher's own message, and by nobody else's", async () => {
      const room = await world.room(alice, { version });
      await world.bring(alice, room, bob);
      const preview = await ask(alice, room, "!usher add widget https://a.example.org/");
      await bob.react(room, preview.eventId, "✅");
      await bob.say(room, "yes");
      await alice.react(room, (await alice.waitFor(messageFrom(alice.userId, room))).eventId, "✅");
      // What Usher answers now it answers after all of the above.
      await ask(bob, room, "!usher status");
      expect(await shown(alice, room)).toEqual([]);
      await alice.react(room, preview.eventId, "✅");
      await alice.waitFor((event) => event.roomId === room && event.type === WIDGET);
      expect(await shown(alice, room)).toHaveLength(1);
    });

    it("are left alone after a no, in words or as a reaction, and the answer is not asked for twice", async () => {
      const room = await world.room(alice, { version });
      await ask(alice, room, "!usher add widget https://a.example.org/");
      expect(bodyOf(await ask(alice, room, "no"))).toContain("changed nothing");
      expect(bodyOf(await ask(alice, room, "!usher yes"))).toContain("Nothing here waits");
      const asked = await alice.say(room, "!usher add widget https://b.example.org/");
      const preview = await alice.waitFor(answerTo(asked));
      const from = alice.mark();
      await alice.react(room, preview.eventId, "❌");
      expect(bodyOf(await alice.waitFor(answerTo(asked), { from }))).toContain("changed nothing");
      expect(await shown(alice, room)).toEqual([]);
    });

    it("are added without a preview with --yes; the same address again shows the one that is there and writes nothing", async () => {
      const room = await world.room(alice, { version });
      expect(
        bodyOf(await ask(alice, room, "!usher add widget https://a.example.org/ --yes")),
      ).toContain("Added");
      const [id = ""] = await shown(alice, room);
      const before = sent(alice, room, WIDGET);
      expect(
        bodyOf(await ask(alice, room, "!usher add widget https://a.example.org/ --yes")),
      ).toContain(id);
      expect(await shown(alice, room)).toEqual([id]);
      expect(sent(alice, room, WIDGET)).toBe(before);
    });

    it("of others are shown as theirs, and go only when they are named and confirmed", async () => {
      const room = await world.room(alice, { version });
      await alice.setState(
        room,
        WIDGET,
        { type: "m.custom", url: "https://theirs.example.org/", name: "Theirs" },
        "theirs-1",
      );
      await ask(alice, room, "!usher add widget https://ours.example.org/ --yes");
      const list = bodyOf(await ask(alice, room, "!usher list"));
      expect(list).toMatch(/others added[^]*Theirs.*theirs-1.*by @alice/);
      expect(bodyOf(await ask(alice, room, "!usher remove theirs-1"))).toContain(
        "not added through me",
      );
      await ask(alice, room, "yes");
      expect(await alice.state(room, WIDGET, "theirs-1")).toEqual({});
      expect(await shown(alice, room)).toHaveLength(1);
    });

    it("that somebody else removed are told as gone", async () => {
      const room = await world.room(alice, { version });
      await ask(alice, room, "!usher add widget https://a.example.org/ --yes");
      const [id = ""] = await shown(alice, room);
      await alice.setState(room, WIDGET, {}, id);
      expect(bodyOf(await ask(alice, room, "!usher list"))).toMatch(
        new RegExp(`somebody has removed[^]*${id}`),
      );
      expect(bodyOf(await ask(alice, room, `!usher remove ${id}`))).toContain("gone already");
      expect(bodyOf(await ask(alice, room, "!usher list"))).toContain("no widgets");
    });

    it("are refused to people without the power, and where Usher has none, with both numbers and the way out", async () => {
      const room = await world.room(alice, { version, usherPower: 0 });
      await world.bring(alice, room, bob);
      expect(bodyOf(await ask(bob, room, "!usher add widget https://a.example.org/"))).toMatch(
        /^To add a widget here you need power 50 \(Moderator\); you have 0\. /,
      );
      expect(bodyOf(await ask(alice, room, "!usher add widget https://a.example.org/"))).toMatch(
        /^I need power 50 \(Moderator\) to add a widget here; I have 0\. (?:Ask an admin to|You can) give me/,
      );
      await alice.setLevel(room, world.usher.userId, 50);
      expect(
        bodyOf(await ask(alice, room, "!usher add widget https://a.example.org/ --yes")),
      ).toContain("Added");
    });

    it("ask for the power of the exact event, not of state in general", async () => {
      const room = await world.room(alice, {
        version,
        usherPower: 100,
        powerLevels: { events: { [WIDGET]: 75 } },
      });
      await world.bring(alice, room, bob);
      await alice.setLevel(room, bob.userId, 50);
      expect(
        bodyOf(await ask(bob, room, "!usher add widget https://a.example.org/ --yes")),
      ).toContain("need power 75; you have 50");
      expect(await shown(alice, room)).toEqual([]);
    });

    it("are not added when the power is gone between the preview and the yes", async () => {
      const room = await world.room(alice, { version });
      await world.bring(alice, room, bob);
      await alice.setLevel(room, bob.userId, 50);
      await ask(bob, room, "!usher add widget https://a.example.org/");
      await alice.setLevel(room, bob.userId, 0);
      expect(bodyOf(await ask(bob, room, "yes"))).toContain(
        "you need power 50 (Moderator); you have 0",
      );
      expect(await shown(alice, room)).toEqual([]);
    });
  });

  it.each([
    ["http://a.example.org/", "https://a.example.org/"],
    ["javascript:alert(1)", "https://"],
    ["data:text/html,x", "https://"],
    ["a.example.org/x", "https://a.example.org/x"],
  ])(
    "are not made of %s, and the answer says what is wrong with it, with a mark under it",
    async (url, said) => {
      const room = await world.room(alice);
      const answer = bodyOf(await ask(alice, room, `!usher add widget ${url}`));
      expect(answer).toContain(said);
      expect(answer).toContain(`add widget ${url}\n           ${"^".repeat(url.length)}`);
      expect(answer).toContain("!usher add widget <entry or url>");
      expect(await shown(alice, room)).toEqual([]);
    },
  );

  it("are not made of an address with a password in it, and the answer does not repeat that", async () => {
    const room = await world.room(alice);
    const answer = bodyOf(
      await ask(alice, room, "!usher add widget https://user:hunter22@a.example.org/"),
    );
    expect(answer).toContain("name or password");
    expect(answer).not.toContain("hunter22");
    expect(await shown(alice, room)).toEqual([]);
  });

  it("hand over what their address names, and the preview says so", async () => {
    const room = await world.room(alice);
    const preview = bodyOf(
      await ask(alice, room, "!usher add widget https://a.example.org/?u=$matrix_user_id&c=$5"),
    );
    expect(preview).toContain("Matrix ID");
    await ask(alice, room, "yes");
    const [id = ""] = await shown(alice, room);
    expect((await alice.state(room, WIDGET, id))?.["url"]).toBe(
      "https://a.example.org/?u=$matrix_user_id&c=%245",
    );
  });
});
