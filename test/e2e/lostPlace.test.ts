import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accountDocument } from "../../src/store/account.ts";
import { ask, answerTo, bodyOf, messageFrom } from "../harness/expect.ts";
import type { Person } from "../harness/person.ts";
import { withDocuments } from "../harness/stored.ts";
import { TALKS, World } from "../harness/world.ts";

describe.each(TALKS)("the place in the stream, %s", (_, talk) => {
  let world: World;
  let alice: Person;

  beforeAll(async () => {
    ({ world, alice } = await World.of(talk, ["alice"]));
  });
  afterAll(() => world.end());

  it("that the homeserver does not know: Usher begins anew, answers what it missed, and nothing twice", async () => {
    const room = await world.room(alice);
    await ask(alice, room, "!usher add widget https://pad.example.org/ --yes");
    await ask(alice, room, "!usher list");
    const lost = await world.room(alice, { name: "Lost" });
    const before = alice.messagesFrom(world.usher.userId, room).length;
    await world.usher.stop({ keep: true });
    await withDocuments(world.usher, (documents) =>
      documents.update(accountDocument, "self", (account) => ({
        ...account,
        syncToken: "of-another-database",
      })),
    );
    await alice.kick(lost, world.usher.userId);
    const missed = await alice.say(room, "!usher status");
    await world.usher.start();
    await alice.waitFor(answerTo(missed), { what: "an answer to what was missed" });
    expect(bodyOf(await ask(alice, room, "!usher list"))).toContain("pad.example.org");
    expect(alice.messagesFrom(world.usher.userId, room)).toHaveLength(before + 2);
    expect(world.usher.stderr.match(/sync\.begun-anew/g)).toHaveLength(1);
    // What happened to rooms meanwhile is noticed too: invited again, it greets again.
    const from = alice.mark();
    await alice.invite(lost, world.usher.userId);
    await alice.waitFor(messageFrom(world.usher.userId, lost), { from, what: "a second greeting" });
  });
});
