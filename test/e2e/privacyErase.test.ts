import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BotPeer } from "../harness/botPeer.ts";
import { ask, bodyOf, messageFrom, widgetUrls } from "../harness/expect.ts";
import { filesWith } from "../harness/filesIn.ts";
import type { Predicate } from "../harness/observed.ts";
import type { Person } from "../harness/person.ts";
import { ENCRYPTED, World } from "../harness/world.ts";

const BOARD = "https://board.example.org/of-alice";
const PAD = "https://pad.example.org/of-bob";

describe("R27 R29 R36 privacy erase", () => {
  let world: World;
  let alice: Person;
  let bob: Person;
  let echo: BotPeer;
  let room: string;
  let direct: string;

  beforeAll(async () => {
    echo = await BotPeer.begin(ENCRYPTED, "echo", "comes");
    ({ world, alice, bob } = await World.of(ENCRYPTED, ["alice", "bob"]));
    room = await world.room(alice, {
      usherPower: 100,
      powerLevels: { users: { [bob.userId]: 50 } },
    });
    await world.bring(alice, room, bob);
    direct = await world.direct(alice);
  });
  afterAll(async () => {
    await world.end();
    await echo.stop();
  });

  /** Asks for it, and gives the word that confirms it. */
  async function asked(line: string): Promise<{ readonly said: string; readonly word: string }> {
    const said = bodyOf(await ask(alice, direct, line));
    return { said, word: /confirm ([a-z]+)/.exec(said)?.[1] ?? "" };
  }

  /** The message that ends it. */
  async function ended(from: number): Promise<string> {
    const isFrom = messageFrom(world.usher.userId, direct);
    const isEnd: Predicate = (event) => isFrom(event) && bodyOf(event).includes("privacy receipt ");
    return bodyOf(await alice.waitFor(isEnd, { from, what: "the receipt" }));
  }

  it("shows what would go, erases nothing by a wrong word, a yes or free text, and can be called off", async () => {
    await ask(alice, room, `!usher add widget ${BOARD} --yes`);
    await ask(bob, room, `!usher add widget ${PAD} --yes`);
    await ask(alice, room, `!usher add bot ${echo.userId} --yes`);
    // A question of hers that waits.
    await ask(alice, room, "!usher add widget https://other.example.org/");
    const { said, word } = await asked("privacy erase all");
    expect(said).toMatch(/Erased:[^]*of: what it takes to undo[^]*Left without your name/);
    expect(bodyOf(await ask(alice, direct, "confirm wrong"))).toContain("4 tries left");
    expect(bodyOf(await ask(alice, direct, "yes"))).not.toContain("I erase");
    expect(bodyOf(await ask(alice, direct, "delete everything about me"))).not.toContain("I erase");
    expect(bodyOf(await ask(alice, direct, `confirm ${word}`))).toContain("privacy cancel");
    expect(bodyOf(await ask(alice, direct, "privacy status"))).toContain("from 20");
    const from = alice.mark();
    await ask(alice, room, "!usher add widget https://late.example.org/of-alice --yes");
    const isFrom = messageFrom(world.usher.userId, direct);
    await alice.waitFor((event) => isFrom(event) && bodyOf(event).includes("goes, too"), {
      from,
      what: "that what is added now goes, too",
    });
    expect(bodyOf(await ask(alice, direct, "privacy cancel"))).toContain("called it off");
    expect(bodyOf(await ask(alice, direct, "privacy status"))).toContain(
      "Nothing of yours waits to be erased",
    );
    expect(bodyOf(await ask(alice, room, "!usher list"))).toContain(BOARD);
  });

  it("leaves no byte of the person in what Usher keeps, though it is killed meanwhile, and a receipt for whoever holds its secret", async () => {
    expect(await filesWith(world.usher.dataDir, alice.userId)).not.toEqual([]);
    // What others asked in the room may name her as well.
    await ask(bob, room, "!usher list");
    const named = alice.seen.filter(
      ({ sender, roomId, content }) =>
        [sender, roomId].join() === [world.usher.userId, room].join() &&
        JSON.stringify(content).includes(alice.userId),
    );
    expect(named.length).toBeGreaterThan(1);
    const from = alice.mark();
    const { word } = await asked("privacy erase all now");
    expect(bodyOf(await ask(alice, direct, `confirm ${word}`))).toContain("I erase");
    await world.usher.kill();
    await world.usher.start();
    const end = await ended(from);
    expect(end).toContain("nothing is left but what this says");
    expect(end).toMatch(/Kept, and why:[^]*these are public keys/);
    const takenAway = alice.seen.flatMap(({ type, content }) =>
      type === "m.room.redaction" ? [content["redacts"]] : [],
    );
    expect(takenAway).toEqual(expect.arrayContaining(named.map(({ eventId }) => eventId)));
    expect(end).toMatch(/Erased:[^]*of: what I say/);
    await world.usher.restart();
    // The request itself goes after its end has been told; where the stop came between, at the next start.
    await expect
      .poll(() => filesWith(world.usher.dataDir, alice.userId), { timeout: 60_000 })
      .toEqual([]);
    const receipts = alice.seen.filter(
      (event) => event.roomId === direct && bodyOf(event).includes("privacy receipt "),
    );
    expect(receipts).toHaveLength(1);
    const [line = ""] = /privacy receipt [0-9a-f]+ [0-9a-f]+/.exec(end) ?? [];
    expect(bodyOf(await ask(bob, room, `!usher ${line}`))).toMatch(
      /nothing was found afterwards[^]*of: what it takes to undo/,
    );
    expect(bodyOf(await ask(bob, room, `!usher ${line.slice(0, -1)}`))).toContain("no receipt");
  });

  it("leaves the other what is theirs, and in the room what was added, of nobody", async () => {
    const list = bodyOf(await ask(bob, room, "!usher list"));
    expect(list).toMatch(/board[^]*somebody who asked to be forgotten/);
    expect(list).toMatch(/echo[^]*somebody who asked to be forgotten asked for it/i);
    expect(list).toContain(PAD);
    expect(list).not.toContain(alice.userId);
    expect(bodyOf(await ask(bob, room, "!usher set pad.example.org name=Ours --yes"))).toContain(
      "Ours",
    );
    expect(bodyOf(await ask(bob, room, "!usher undo --yes"))).toContain("Taken back");
    expect(await widgetUrls(bob, room)).toEqual(expect.arrayContaining([BOARD, PAD]));
    // She is in the room still, and can ask for things anew.
    expect(bodyOf(await ask(alice, room, "!usher list"))).toContain(PAD);
  });

  it("R28 is of one thing by its id, confirmed by the device that asked, and told in the person's other room", async () => {
    const from = bob.mark();
    expect(bodyOf(await ask(bob, room, "!usher privacy data"))).toContain("direct message");
    const { roomId: other } = await bob.waitFor(
      ({ type, stateKey, content }) =>
        type === "m.room.member" && stateKey === bob.userId && content["membership"] === "invite",
      { from, what: "the invitation" },
    );
    await bob.join(other);
    const own = await world.direct(bob);
    const listed = bodyOf(await ask(bob, own, "privacy erase nothing"));
    const id = /- `([^`]+)`.*, in `/.exec(listed)?.[1] ?? `no id in: ${listed}`;
    const said = bodyOf(await ask(bob, own, `privacy erase ${id}`));
    expect(said).toContain("counts only from the device on which you asked");
    const word = /confirm ([a-z]+)/.exec(said)?.[1] ?? "";
    expect(bodyOf(await ask(bob, own, `confirm ${word}`))).toContain("privacy cancel");
    const isFrom = messageFrom(world.usher.userId, other);
    const isNotice: Predicate = (event) => isFrom(event) && bodyOf(event).includes("not you");
    await bob.waitFor(isNotice, { from, what: "the notice" });
    expect(bodyOf(await ask(bob, other, "privacy cancel"))).toContain("called it off");
  });
});
