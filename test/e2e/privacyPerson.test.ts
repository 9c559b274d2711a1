import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectEncrypted, type EncryptedPerson } from "../harness/encryptedPerson.ts";
import { theSynapse } from "../harness/e2eSetup.ts";
import { ask, bodyOf } from "../harness/expect.ts";
import { eventually } from "../harness/patience.ts";
import type { Person } from "../harness/person.ts";
import { ENCRYPTED, World } from "../harness/world.ts";

let world: World;
let olga: Person;
let office: string;
let alice: EncryptedPerson;
let room: string;
let direct: string;

beforeAll(async () => {
  ({ world, olga, office } = await World.withOffice(ENCRYPTED));
  alice = await connectEncrypted(theSynapse(), await theSynapse().register("alice-person"));
  room = await world.room(alice);
  direct = await world.direct(alice);
});
afterAll(async () => {
  await alice.stop();
  await world.end();
});

const told = async (line: string): Promise<string> => bodyOf(await ask(alice, direct, line));

describe("R34 R36 whose identity has changed", () => {
  it("gets nothing that is older, not even with a signed device, until an operator has made sure", async () => {
    await ask(alice, room, "!usher add widget https://board.example.org/of-alice --yes");
    // Who she is by her identity is looked up after she has been answered.
    await eventually(async () => {
      await alice.renewIdentity();
      expect(await told("privacy data")).toContain("Your account has another identity");
    });
    for (const line of ["privacy export", "privacy erase all"])
      expect(await told(line)).toContain("Your account has another identity");
    const preview = bodyOf(await ask(olga, office, `!usher admin identity ${alice.userId}`));
    expect(preview).toContain("Make sure by another way than this chat");
    expect(bodyOf(await ask(olga, office, "yes"))).toContain("They can ask for their data again");
    expect(await told("privacy data")).toContain("things about you");
  });
});

describe("R35 privacy correct", () => {
  it("lists what she can correct, and corrects it in the room and in what is kept", async () => {
    const listed = await told("privacy correct");
    expect(listed).toContain("privacy human");
    const id = /`([\w-]+)` in `!/.exec(listed)?.[1] ?? "none";
    const preview = await told(`privacy correct ${id} name="Right board"`);
    expect(preview).toContain(room);
    expect(await told("yes")).toContain("Corrected in");
    expect(await alice.state(room, "im.vector.modular.widgets", id)).toMatchObject({
      name: "Right board",
    });
    expect(await told("privacy correct")).toContain('`name="Right board"`');
  });
});

describe("R37 privacy restrict", () => {
  it("has nothing done for her but her rights, also after a restart", async () => {
    expect(await told("privacy restrict")).toContain("I keep what I have about you");
    const refusal = "`!usher privacy resume` ends that";
    for (const line of ["!usher list", "!usher add widget https://pad.example.org/p/x --yes"])
      expect(bodyOf(await ask(alice, room, line))).toContain(refusal);
    expect(await told("privacy data")).toContain("that you restricted or object");
    await world.usher.restart();
    expect(bodyOf(await ask(alice, room, "!usher list"))).toContain(refusal);
    expect(await told("privacy status")).toContain("I do nothing for you: `privacy resume`");
    expect(await told("privacy resume")).toContain("I work for you again");
    expect(bodyOf(await ask(alice, room, "!usher list"))).toContain("board.example.org");
  });
});

describe("R39 privacy object", () => {
  it("stops one kind of thing until operators have decided, with a reason", async () => {
    const said = await told("privacy object widgets They load pages from elsewhere");
    const id = /case `([0-9a-f]{16})`/.exec(said)?.[1] ?? "none";
    const add = "!usher add widget https://pad.example.org/p/x --yes";
    expect(bodyOf(await ask(alice, room, add))).toContain("You objected to this");
    const from = alice.mark();
    const refuse = `!usher admin case ${id} refuse The others in the room use them.`;
    await ask(olga, office, refuse);
    // In whichever room of the two Usher finds.
    await alice.waitFor(
      (event) =>
        event.sender === world.usher.userId &&
        bodyOf(event).includes("The others in the room use them."),
      { from, what: "the operators' reason" },
    );
    expect(bodyOf(await ask(alice, room, add))).toContain("pad.example.org");
  });
});
