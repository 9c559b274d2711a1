import { beforeAll, describe, expect, it } from "vitest";
import { answerTo, ask, bodyOf, messageFrom } from "../harness/expect.ts";
import type { Predicate } from "../harness/observed.ts";
import type { Person } from "../harness/person.ts";
import { ENCRYPTED, UNENCRYPTED, World, type Talk } from "../harness/world.ts";

const ELSEWHERE = "I sent you a direct message.";

/** Alice has put a widget into a room, and Bob has done nothing there. */
async function twoOf(
  talk: Talk,
): Promise<{ world: World; alice: Person; bob: Person; room: string }> {
  const { world, alice, bob } = await World.of(talk, ["alice", "bob"]);
  const room = await world.room(alice);
  await world.bring(alice, room, bob);
  await ask(alice, room, "!usher add widget https://board.example.org/of-alice --yes");
  return { world, alice, bob, room };
}

describe("R34 privacy data, encrypted", () => {
  let world: World;
  let alice: Person;
  let bob: Person;
  let room: string;
  beforeAll(async () => {
    ({ world, alice, bob, room } = await twoOf(ENCRYPTED));
  });

  /** Asks in the room, and gives what comes by direct message. */
  async function told(person: Person): Promise<{ readonly direct: string; readonly body: string }> {
    const from = person.mark();
    expect(bodyOf(await ask(person, room, "!usher privacy data"))).toBe(ELSEWHERE);
    const { roomId: direct } = await person.waitFor(
      ({ type, stateKey, content }) =>
        type === "m.room.member" &&
        stateKey === person.userId &&
        content["membership"] === "invite",
      { from, what: "the invitation" },
    );
    await person.join(direct);
    const isFrom = messageFrom(world.usher.userId, direct);
    const isData: Predicate = (event) => isFrom(event) && bodyOf(event).includes("about you:");
    const message = await person.waitFor(isData, { from });
    expect(message.encryption).toBe("decrypted");
    return { direct, body: bodyOf(message) };
  }

  it("goes by direct message to who asks, and counts what is theirs", async () => {
    const { direct, body } = await told(alice);
    // Who invited Usher, the widget, what it takes to undo that, the room of the two, and herself.
    expect(body).toContain("I keep 5 things about you:");
    expect(body).toContain("\n- 0 of: ");
    expect(bodyOf(await ask(alice, direct, "privacy data"))).toContain(
      "I keep 5 things about you:",
    );
    const mine = alice.seen.filter(({ roomId }) => roomId === direct);
    expect(mine.some(({ stateKey }) => stateKey === bob.userId)).toBe(false);
  });

  it("counts nothing of one for another", async () => {
    const { body } = await told(bob);
    expect(body).toContain("I keep 1 thing about you:");
  });

  it("is withheld where somebody insists on a room that others read", async () => {
    const answer = await ask(bob, room, "!usher privacy data here");
    expect(bodyOf(answer)).toContain("only where nobody but you and I can read it");
  });
});

describe("R34 privacy data, unencrypted", () => {
  it("is said in an unencrypted chat of the two to who insists, and to nobody who does not", async () => {
    const { world, alice } = await twoOf(UNENCRYPTED);
    const two = await world.room(alice);
    expect(bodyOf(await ask(alice, two, "privacy data"))).toContain(
      "say the same again with `here` at the end",
    );
    const asked = await alice.say(two, "privacy data here");
    const answer = await alice.waitFor(answerTo(asked));
    expect(answer.roomId).toBe(two);
    expect(bodyOf(answer)).toMatch(/I keep \d things about you:/);
  });
});
