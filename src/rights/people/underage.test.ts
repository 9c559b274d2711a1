import { beforeEach, describe, expect, it } from "vitest";
import { ANN, BOB, ErasureWorld, ROOM } from "../../../test/harness/erasureWorld.ts";
import { commandGuard } from "../../commands/guard.ts";
import { defineCommand } from "../../chat/command.ts";
import { DAY_MS } from "../../kernel/days.ts";
import type { EventId } from "../../kernel/ids.ts";
import { roomDocument } from "../../store/room.ts";
import { sweepUnderage, underageDocument } from "../../store/underage.ts";
import { Underage } from "./underage.ts";
// The kinds have their parts in rooms' documents.
import "../../kinds/index.ts";

let world: ErasureWorld;
let underage: Underage;
beforeEach(() => {
  world = new ErasureWorld();
  underage = new Underage({
    documents: world.stored,
    clock: world.clock,
    hashOfPerson: (person) => `hash of ${String(person.length)}${person.charAt(1)}`,
    erasures: world.erasures,
  });
});

const command = (words: string, changes: boolean) => ({ ...adding, words, changes }) as never;
const adding = defineCommand({
  ...{ words: "add widget", parameters: {}, example: "", changes: true, needs: () => [] },
  plan: () => Promise.resolve({ unseen: true }),
  perform: () => Promise.resolve({ template: "thanks", view: {} }),
});

describe("R65 somebody who is known to be younger than the minimum age", () => {
  it("has all about them erased, and no age or name of theirs is kept", async () => {
    await world.stored.update(roomDocument, ROOM, (one) => ({ ...one, inviter: ANN }));
    await underage.report(ANN);
    expect((await world.stored.get(roomDocument, ROOM))?.inviter).not.toBe(ANN);
    const kept = JSON.stringify(await world.stored.get(underageDocument, "self"));
    expect(kept).not.toContain("ann:");
    await underage.report(ANN);
    expect((await world.stored.get(underageDocument, "self"))?.reported).toHaveLength(1);
  });

  it("has nothing set up from then on, keeps their rights, and nobody else is meant", async () => {
    await underage.report(ANN);
    const guard = commandGuard({
      ...{ matrix: world.server, documents: world.stored, restrictions: world.restrictions },
      ...{ kinds: [], underage, minimumAge: 16 },
    });
    const asker = { person: ANN, room: ROOM, event: "$e" as EventId } as never;
    expect(await guard(command("add widget", true), asker)).toMatchObject({
      code: "underage",
      view: { minimumAge: 16 },
    });
    expect(await guard(command("list", false), asker)).toBeUndefined();
    expect(await guard(command("privacy erase", true), asker)).toBeUndefined();
    const other = { person: BOB, room: ROOM, event: "$e" as EventId } as never;
    expect(await guard(command("add widget", true), other)).toBeUndefined();
  });

  it("is forgotten after three years", async () => {
    await underage.report(ANN);
    world.clock.advance(3 * 365 * DAY_MS);
    await sweepUnderage(world.stored, world.clock);
    expect(await underage.isReported(ANN)).toBe(true);
    world.clock.advance(2 * DAY_MS);
    await sweepUnderage(world.stored, world.clock);
    expect(await underage.isReported(ANN)).toBe(false);
  });
});
