import { beforeEach, describe, expect, it } from "vitest";
import { ANN, BOB, DIRECT, ErasureWorld } from "../../../test/harness/erasureWorld.ts";
import { refusalOf } from "../../../test/harness/sentenceOf.ts";
import { wordWaits } from "../../commands/privacy/standing.ts";
import { DAY_MS } from "../../kernel/days.ts";
import type { RoomId } from "../../kernel/ids.ts";
// The kinds have their parts in rooms' documents.
import "../../kinds/index.ts";

let world: ErasureWorld;
beforeEach(() => {
  world = new ErasureWorld();
  world.erasures.begin = () => undefined;
});

const asks = (person = ANN): Promise<string> =>
  world.ask(person, "privacy erase", { what: "widgets", when: "now" });
async function erases(): Promise<void> {
  await world.ask(ANN, "confirm", { word: /confirm ([a-z]+)/.exec(await asks())?.[1] ?? "" });
  await world.erasures.runDue();
}

describe("R36 how often somebody has something erased", () => {
  it("is five times a day; a question that nobody confirms counts for nothing", async () => {
    for (let count = 0; count < 8; count += 1) await asks();
    for (let count = 0; count < 5; count += 1) await erases();
    expect(await refusalOf(asks())).toContain(
      "five erasures for you today, and begin no more before 2026-11-30 00:00 UTC",
    );
    expect(await asks(BOB)).not.toContain("five erasures");
    world.clock.advance(DAY_MS);
    await erases();
  });
});

describe("R36 whether something waits for its word", () => {
  const waits = (person = ANN, room: RoomId = DIRECT): Promise<unknown> =>
    wordWaits({ documents: world.stored, clock: world.clock })(person, room);

  it("is so for whoever asked, in that room, until it is confirmed or its time is over", async () => {
    expect(await waits()).toBeUndefined();
    const said = await asks();
    expect(await waits()).toMatchObject({ code: "erasure-word-waits" });
    expect(await waits(BOB)).toBeUndefined();
    expect(await waits(ANN, "!other:example.org" as RoomId)).toBeUndefined();
    await world.ask(ANN, "confirm", { word: /confirm ([a-z]+)/.exec(said)?.[1] ?? "" });
    expect(await waits()).toBeUndefined();
    await world.erasures.runDue();
    await asks();
    world.clock.advance(600_000);
    expect(await waits()).toBeUndefined();
  });
});
