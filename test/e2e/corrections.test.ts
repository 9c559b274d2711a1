import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { theSynapse } from "../harness/e2eSetup.ts";
import { connectEncrypted, type EncryptedPerson } from "../harness/encryptedPerson.ts";
import { answerTo, ask, bodyOf, repliesTo, widgetUrls } from "../harness/expect.ts";
import type { Predicate, SeenEvent } from "../harness/observed.ts";
import type { Person } from "../harness/person.ts";
import { ENCRYPTED, TALKS, World } from "../harness/world.ts";
import { eventually } from "../harness/patience.ts";

/** A reaction of this sender to this message. */
function reactionTo(message: string, sender: string): Predicate {
  return ({ type, sender: by, content }) =>
    type === "m.reaction" &&
    by === sender &&
    (content["m.relates_to"] as { event_id?: string } | undefined)?.event_id === message;
}

describe.each(TALKS)("what people take back, correct and type in other ways, %s", (_, talk) => {
  let world: World;
  let alice: Person;
  let bob: Person;
  let room: string;

  beforeAll(async () => {
    ({ world, alice, bob } = await World.of(talk, ["alice", "bob"]));
    room = await world.room(alice, { version: "11" });
    await world.bring(alice, room, bob);
  });
  afterAll(() => world.end());

  async function asked(
    page: string,
  ): Promise<{ readonly command: string; readonly preview: SeenEvent; readonly from: number }> {
    const preview = await ask(alice, room, `!usher add widget https://${page}.example.org/`);
    return { command: repliesTo(preview) ?? "", preview, from: alice.mark() };
  }

  it("a command that is edited while its preview waits is withdrawn, and yes does nothing", async () => {
    const { command, from } = await asked("edited");
    await alice.edit(room, command, "!usher add widget https://other.example.org/");
    expect(bodyOf(await alice.waitFor(answerTo(command), { from }))).toContain(
      "ask me again in a new message",
    );
    expect(bodyOf(await ask(alice, room, "!usher yes"))).toContain("Nothing here waits");
  });

  it("a command that is deleted while its preview waits is withdrawn", async () => {
    const { command, from } = await asked("deleted");
    await alice.redact(room, command);
    expect(bodyOf(await alice.waitFor(answerTo(command), { from }))).toContain("was deleted");
    expect(bodyOf(await ask(alice, room, "!usher yes"))).toContain("Nothing here waits");
  });

  it("the preview of who has left does not count when they are back", async () => {
    await alice.setLevel(room, bob.userId, 50);
    await ask(bob, room, "!usher add widget https://left.example.org/");
    await bob.leave(room);
    await alice.invite(room, bob.userId);
    await bob.join(room);
    expect(bodyOf(await ask(bob, room, "!usher yes"))).toContain("Nothing here waits");
  });

  it("an edit into a command is answered once", async () => {
    const said = await alice.say(room, "!usehr list");
    await alice.edit(room, said, "!usher list");
    expect(bodyOf(await alice.waitFor(answerTo(said)))).toContain("Say it again in a new message");
  });

  it("what nobody sees, full-width signs, quotations and signatures stand in nobody's way", async () => {
    expect(bodyOf(await ask(alice, room, "\u2068！usher\u200b privacy\u2069"))).toContain(
      "All about it (version",
    );
    await asked("signature");
    expect(
      bodyOf(
        await ask(
          alice,
          room,
          `> <${world.usher.userId}> I will\n> add it\n\nyes please\n-- \nAlice`,
        ),
      ),
    ).toContain("Added");
  });

  it("Usher's own yes and no stand beneath a preview, and go when it is answered by a tap", async () => {
    const { preview } = await asked("tapped");
    const usher = world.usher.userId;
    const signs: SeenEvent[] = [];
    for (const key of ["✅", "❌"])
      signs.push(
        await alice.waitFor(
          (event) =>
            reactionTo(preview.eventId, usher)(event) &&
            (event.content["m.relates_to"] as { key?: string }).key === key,
        ),
      );
    await alice.react(room, preview.eventId, "✅");
    await eventually(async () => {
      expect(await widgetUrls(alice, room)).toContain("https://tapped.example.org/");
    });
    for (const { eventId } of signs)
      await alice.waitFor(
        (event) =>
          event.type === "m.room.redaction" &&
          event.sender === usher &&
          event.content["redacts"] === eventId,
      );
  });
});

describe("a session that its owner has not verified", () => {
  let world: World;
  let una: EncryptedPerson;

  beforeAll(async () => {
    world = await World.begin(ENCRYPTED);
    const account = await theSynapse().register(`una-${crypto.randomUUID().slice(0, 8)}`, {
      displayName: "una",
    });
    una = await connectEncrypted(theSynapse(), account, { signed: false });
  });
  afterAll(async () => {
    await una.stop();
    await world.end();
  });

  it("confirms nothing that it could not read, and sees why", async () => {
    const room = await una.createRoom({ encrypted: true, invite: [world.usher.userId] });
    await una.waitFor(
      (event) =>
        event.roomId === room &&
        event.sender === world.usher.userId &&
        event.content["membership"] === "join",
    );
    const command = await una.say(room, "!usher add widget https://unread.example.org/");
    await una.waitFor(reactionTo(command, world.usher.userId));
    const yes = await una.say(room, "yes");
    const sign = await una.waitFor(reactionTo(yes, world.usher.userId));
    expect(sign.content["m.relates_to"]).toMatchObject({
      key: "Not verified: this session cannot read my answers",
    });
    expect(await widgetUrls(una, room)).toEqual([]);
  });
});
