import { beforeEach, describe, expect, it } from "vitest";
import { ANN, BOB, ErasureWorld, ROOM } from "../../../test/harness/erasureWorld.ts";
import { sentenceOf } from "../../../test/harness/sentenceOf.ts";
import { reportedAnswer } from "../../commands/admin/underage.ts";
import { commandGuard } from "../../commands/guard.ts";
import { defineCommand } from "../../chat/command.ts";
import { DAY_MS } from "../../kernel/days.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { EventId, RoomId } from "../../kernel/ids.ts";
import { heardBy, LogListeners, silentLog } from "../../kernel/log.ts";
import { roomDocument } from "../../store/room.ts";
import { sweepUnderage, underageDocument } from "../../store/underage.ts";
import { Underage } from "./underage.ts";
// The kinds have their parts in rooms' documents.
import "../../kinds/index.ts";

let world: ErasureWorld;
let underage: Underage;
/** What was said, and where. */
let told: string[];
/** Why nothing can be said to anybody. */
let closed: UsherError | undefined;
let logged: string[];
beforeEach(() => {
  world = new ErasureWorld();
  [told, closed, logged] = [[], undefined, []];
  const listeners = new LogListeners();
  listeners.add(({ what }) => logged.push(what));
  underage = new Underage({
    documents: world.stored,
    clock: world.clock,
    hashOfPerson: (person) => `hash of ${String(person.length)}${person.charAt(1)}`,
    erasures: world.erasures,
    log: heardBy(silentLog, listeners),
    matrix: {
      privateRoom: (person) =>
        closed === undefined ? Promise.resolve(`!of-${person}` as RoomId) : Promise.reject(closed),
    },
    speaker: {
      say: async ({ room, event }, answer, step) => {
        const inviter = (await world.stored.get(roomDocument, ROOM))?.inviter ?? "nobody";
        told.push(`${room} ${event} ${step} (inviter ${inviter}): ${sentenceOf(answer)}`);
        return "$said" as EventId;
      },
    },
    reported: () => reportedAnswer(16),
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
    await underage.report(ANN, "$e" as EventId);
    expect((await world.stored.get(roomDocument, ROOM))?.inviter).not.toBe(ANN);
    const kept = JSON.stringify(await world.stored.get(underageDocument, "self"));
    expect(kept).not.toContain("ann:");
    await underage.report(ANN, "$e" as EventId);
    expect((await world.stored.get(underageDocument, "self"))?.reported).toHaveLength(1);
  });

  it("is told, before anything goes, what is done and how to say that it is wrong", async () => {
    await world.stored.update(roomDocument, ROOM, (one) => ({ ...one, inviter: ANN }));
    expect(await underage.report(ANN, "$e" as EventId)).toBe(true);
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(`!of-${ANN} $e underage (inviter ${ANN}): `);
    expect(told[0]).toContain("you are younger than 16");
    expect(told[0]).toContain("privacy human");
  });

  it("is erased all the same where nothing can be said to them, and it is known that they were not told", async () => {
    await world.stored.update(roomDocument, ROOM, (one) => ({ ...one, inviter: ANN }));
    closed = new UsherError("room-unreachable", { status: 403 });
    expect(await underage.report(ANN, "$e" as EventId)).toBe(false);
    expect((await world.stored.get(roomDocument, ROOM))?.inviter).not.toBe(ANN);
    expect(logged).toContain("underage.untold");
  });

  it("is not erased before they are told, where that can be tried again", async () => {
    await world.stored.update(roomDocument, ROOM, (one) => ({ ...one, inviter: ANN }));
    closed = new UsherError("room-unreachable", { status: 502 });
    await expect(underage.report(ANN, "$e" as EventId)).rejects.toBe(closed);
    expect((await world.stored.get(roomDocument, ROOM))?.inviter).toBe(ANN);
    expect(await underage.isReported(ANN)).toBe(true);
  });

  it("has nothing set up from then on, keeps their rights, and nobody else is meant", async () => {
    await underage.report(ANN, "$e" as EventId);
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
    await underage.report(ANN, "$e" as EventId);
    world.clock.advance(3 * 365 * DAY_MS);
    await sweepUnderage(world.stored, world.clock);
    expect(await underage.isReported(ANN)).toBe(true);
    world.clock.advance(2 * DAY_MS);
    await sweepUnderage(world.stored, world.clock);
    expect(await underage.isReported(ANN)).toBe(false);
  });
});
