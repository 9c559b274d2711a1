import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ALL_KEPT } from "../../test/harness/allKept.ts";
import { ID, LIMIT_MS, ROOM, SetUpWorld, type Fault } from "../../test/harness/setUpWorld.ts";
import { refusalOf, sentenceOf } from "../../test/harness/sentenceOf.ts";
import type { Request } from "../chat/command.ts";
import { resume } from "../commands/resume.ts";
import { UsherError } from "../kernel/errors.ts";
import type { EventId, UserId } from "../kernel/ids.ts";
import { roomDocument } from "../store/room.ts";
import { SetUpRecords } from "./setUpRecords.ts";

const ANN = "@ann:x" as UserId;
const ALL = ["first", "second", "third"];

async function add(world: SetUpWorld): Promise<string | undefined> {
  return world.told.get(`${await world.say("add")} answer`);
}

describe("a set-up of several steps", () => {
  it("is done step by step, and leaves no record", async () => {
    const world = new SetUpWorld();
    world.come = true;
    expect(await add(world)).toBe("done");
    expect([...world.effects]).toEqual(ALL);
    expect(await world.record()).toBeUndefined();
  });

  it("tells whoever waits what is being done, step by step, and what is taken back", async () => {
    const world = new SetUpWorld();
    world.faults = [{ is: "fails", step: "third" }];
    world.come = true;
    const event = await world.say("add");
    const steps = ["first", "second", "guest", "third"];
    const back = ["third", "second", "first"].map((step) => `setup/taking-back ${step}`);
    expect(world.progress).toEqual([...steps, ...back].map((step) => `${event} ${step}`));
  });

  it("tells nothing of what goes on by itself", async () => {
    const world = new SetUpWorld();
    await world.say("add");
    const before = world.progress.length;
    world.come = true;
    await world.hear();
    expect(world.progress).toHaveLength(before);
  });

  it("waits as long as a command does, then goes on by itself, and says so once", async () => {
    const world = new SetUpWorld();
    const event = await world.say("add");
    expect([...world.told.values()]).toEqual(["waiting"]);
    expect(await world.record()).toMatchObject({ step: "guest", state: "doing" });
    await world.hear();
    expect([...world.effects]).toEqual(["first", "second"]);
    world.come = true;
    await world.hear();
    await world.hear();
    expect(world.told.get(`${event} late`)).toBe("done");
    expect(await world.record()).toBeUndefined();
  });

  it("R37 stands still as long as nothing is done for its person, over a restart, and goes on after", async () => {
    const world = new SetUpWorld();
    const event = await world.say("add");
    world.come = true;
    world.frozen = true;
    await world.hear();
    await world.restart();
    await world.round();
    expect([...world.effects]).toEqual(["first", "second"]);
    world.frozen = false;
    await world.does(() => {
      world.setUps.thaw(ANN);
      return Promise.resolve();
    });
    expect(world.told.get(`${event} late`)).toBe("done");
    expect([...world.effects]).toEqual(ALL);
  });

  it("R37 is taken back all the same while it stands still, and stands still from its first step on", async () => {
    const world = new SetUpWorld();
    world.frozen = true;
    expect(await add(world)).toBe("waiting");
    expect(world.effects.size).toBe(0);
    world.frozen = false;
    await world.restart();
    expect([...world.effects]).toEqual(["first", "second"]);
    world.frozen = true;
    await world.say("remove");
    expect([world.effects.size, await world.record()]).toEqual([0, undefined]);
  });

  it("waits no longer than it may, over restarts, and is taken back then", async () => {
    const world = new SetUpWorld();
    const event = await world.say("add");
    world.clock.advance(LIMIT_MS / 2);
    await world.restart();
    await world.round();
    expect([...world.effects]).toEqual(["first", "second"]);
    world.clock.advance(LIMIT_MS / 2);
    await world.round();
    await world.round();
    expect(world.told.get(`${event} late`)).toBe("error setup-undone");
    expect([world.effects.size, await world.record()]).toEqual([0, undefined]);
  });

  it("stops where it has waited too long and cannot be taken back; who has it go on waits anew", async () => {
    const world = new SetUpWorld(["first"]);
    const event = await world.say("add");
    world.clock.advance(LIMIT_MS);
    await world.round();
    expect(world.told.get(`${event} late`)).toBe("error setup-stopped");
    expect(await world.record()).toMatchObject({
      state: "stopped",
      failure: { step: "guest", code: "setup-wait-over" },
    });
    const resumed = await world.say("resume");
    expect(world.told.get(`${resumed} answer`)).toBe("waiting");
    await world.round();
    expect(await world.record()).toMatchObject({ state: "doing", step: "guest" });
  });

  it("R55 is not begun while old ones cannot be deleted, and one that was begun before goes on", async () => {
    const world = new SetUpWorld();
    const event = await world.say("add");
    world.stops = true;
    world.come = true;
    await world.hear();
    expect(world.told.get(`${event} late`)).toBe("done");
    const next = new SetUpWorld();
    next.stops = true;
    expect(await add(next)).toBe("error setup-not-kept");
    expect([next.effects.size, await next.record()]).toEqual([0, undefined]);
    expect(sentenceOf(new UsherError("setup-not-kept"))).toContain("I changed nothing.");
    next.stops = false;
    expect(await add(next)).toBe("waiting");
  });

  it.each([true, false])(
    "R55 what would undo it goes with its end where none of that is kept (%s)",
    async (stops) => {
      const world = new SetUpWorld();
      const event = await world.say("add");
      const change = {
        cause: event,
        person: ANN,
        at: 0,
        deed: "patch",
        id: "patch",
        name: "Patch",
      };
      await world.documents.update(roomDocument, ROOM, (room) => ({ ...room, changes: [change] }));
      world.stops = stops;
      world.come = true;
      await world.hear();
      expect(world.told.get(`${event} late`)).toBe("done");
      const { changes } = (await world.documents.get(roomDocument, ROOM)) ?? {};
      expect(changes).toEqual(stops ? [] : [change]);
    },
  );

  it("that came in time is done, however late that is seen", async () => {
    const world = new SetUpWorld();
    const event = await world.say("add");
    world.come = true;
    world.clock.advance(2 * LIMIT_MS);
    await world.round();
    expect(world.told.get(`${event} late`)).toBe("done");
  });

  it("writes nothing of a room that Usher has lost meanwhile", async () => {
    const world = new SetUpWorld();
    await world.say("add");
    const setUp = await world.record();
    if (setUp === undefined) throw new TypeError("nothing is half done");
    await world.documents.delete(roomDocument, ROOM);
    await new SetUpRecords({ documents: world.documents, retention: ALL_KEPT }).save(ROOM, {
      ...setUp,
      step: "third",
    });
    expect(await world.documents.get(roomDocument, ROOM)).toBeUndefined();
  });

  const moments = [...ALL, "tell"].flatMap((step) =>
    (["dies before", "dies after"] as const).map((is): Fault => ({ is, step })),
  );
  it.each(moments)("goes on where Usher $is its step $step", async (fault) => {
    const world = new SetUpWorld();
    world.come = true;
    world.faults = [fault];
    expect(await add(world)).toBe("done");
    expect([...world.effects]).toEqual(ALL);
    expect([await world.record(), world.journal]).toEqual([undefined, []]);
  });

  it("tells the failure itself where nothing had been done before it", async () => {
    const world = new SetUpWorld();
    world.faults = [{ is: "fails", step: "first" }];
    expect(await add(world)).toBe("error room-unreachable");
    expect([world.effects.size, await world.record()]).toEqual([0, undefined]);
  });

  it.each(["second", "guest", "third"])(
    "is taken back where its step %s fails, and that is told",
    async (step) => {
      const world = new SetUpWorld();
      world.come = true;
      world.faults = [{ is: "fails", step }];
      expect(await add(world)).toBe("error setup-undone");
      expect([world.effects.size, await world.record()]).toEqual([0, undefined]);
    },
  );

  it("stops where a step before cannot be taken back, and is gone on with or removed on request", async () => {
    const world = new SetUpWorld(["second"]);
    world.come = true;
    world.faults = [{ is: "fails", step: "third" }];
    expect(await add(world)).toBe("error setup-stopped");
    expect([...world.effects]).toEqual(["first", "second"]);
    expect(await world.record()).toMatchObject({ step: "third", state: "stopped" });
    await world.restart();
    expect(world.told.size).toBe(1);
    world.faults = [];
    const resumed = await world.say("resume");
    expect(world.told.get(`${resumed} answer`)).toBe("done");
    expect([...world.effects]).toEqual(ALL);
  });

  it("stops where it cannot be taken back on request, and another request tries again", async () => {
    const world = new SetUpWorld();
    await world.say("add");
    world.faults = [{ is: "fails back", step: "first" }];
    const removed = await world.say("remove");
    expect(world.told.get(`${removed} answer`)).toBe("error setup-stays");
    expect([...world.effects]).toEqual(["first"]);
    expect(await world.record()).toMatchObject({ step: "first", state: "stopped" });
    world.faults = [];
    const again = await world.say("remove");
    expect(world.told.get(`${again} answer`)).toBe("gone");
    expect([world.effects.size, await world.record()]).toEqual([0, undefined]);
  });

  it("stops where taking it back fails too, and says what stands", async () => {
    const world = new SetUpWorld();
    world.come = true;
    world.faults = [
      { is: "fails", step: "third" },
      { is: "fails back", step: "second" },
    ];
    expect(await add(world)).toBe("error setup-stopped");
    expect([...world.effects]).toEqual(["first", "second"]);
    expect(await world.record()).toMatchObject({
      step: "second",
      state: "stopped",
      failure: { step: "third", code: "room-unreachable" },
    });
    world.faults = [];
    await world.say("resume");
    expect([...world.effects]).toEqual(ALL);
  });

  it("leaves behind, when it is removed, only what cannot be taken back", async () => {
    const world = new SetUpWorld(["first"]);
    await world.say("add");
    await world.say("remove");
    expect([...world.effects]).toEqual(["first"]);
    expect(await world.record()).toBeUndefined();
  });

  it("is one at a time for one thing", async () => {
    const world = new SetUpWorld();
    await world.say("add");
    expect(await add(world)).toBe("error setup-exists");
    expect(world.told.size).toBe(2);
    const again = { cause: "$again" as EventId, person: ANN, at: 0, deed: "set-up-thing" };
    const other = world.setUps.run(ROOM, { ...again, id: ID, name: "Thing" });
    expect(await refusalOf(other)).toContain(
      "is being set up already. How far it is: `!usher show thing-1`",
    );
    await expect(world.setUps.resume(ROOM, "other", "$x" as EventId)).rejects.toMatchObject({
      code: "setup-none",
    });
  });

  it("is forgotten 30 days after it stopped, and not while it waits", async () => {
    const day = 24 * 3_600_000;
    const world = new SetUpWorld(["second"]);
    await world.say("add");
    const sweep = async (): Promise<void> => {
      const document = await world.documents.get(roomDocument, ROOM);
      await world.setUps.sweepRoom(document ?? roomDocument.empty(ROOM));
    };
    world.clock.advance(40 * day);
    await sweep();
    expect(await world.record()).toMatchObject({ id: ID, state: "doing" });
    world.come = true;
    world.faults = [{ is: "fails", step: "third" }];
    await world.hear();
    expect(await world.record()).toMatchObject({ state: "stopped", failure: { told: true } });
    world.clock.advance(29 * day);
    await sweep();
    expect(await world.record()).toBeDefined();
    world.clock.advance(day);
    await sweep();
    expect(await world.record()).toBeUndefined();
  });
});

type Act = "add" | "resume" | "remove" | "restart" | "hear" | "come" | "mend" | Fault;

const step = fc.constantFrom(...ALL, "guest", "tell");
const fault = fc.record({
  is: fc.constantFrom("fails", "fails back", "dies before", "dies after"),
  step,
});
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.constantFrom("add", "resume", "remove", "restart", "hear", "come", "mend"),
  fault,
);

/** Every state in which nothing runs: what stands is recorded, or all of it is there. */
async function consistent(world: SetUpWorld, lasting: readonly string[]): Promise<void> {
  expect(world.twice).toEqual([]);
  expect(world.journal).toEqual([]);
  const record = await world.record();
  if (record !== undefined) {
    // A record in a state that only a running Usher has would be one that nobody goes on with.
    expect(["doing", "stopped"]).toContain(record.state);
    if (record.state === "doing") expect(record.step).toBe("guest");
    else expect(record.failure?.told).toBe(true);
  } else if (world.effects.size < ALL.length) {
    expect([...world.effects].every((effect) => lasting.includes(effect))).toBe(true);
  }
}

it("one that is over is told so to whoever would go on with it, and one at work is left alone", async () => {
  const world = new SetUpWorld();
  const command = resume(world.setUps);
  if (!command.changes) throw new TypeError("resume changes nothing");
  const request = { room: ROOM, event: "$resume" as EventId } as Request;
  const answer = await command.perform({ id: ID } as never, request);
  expect(sentenceOf(answer)).toContain(
    "is not being set up any more: it is done, or was taken back",
  );
  const order = { cause: "$add" as EventId, person: ANN, at: 0, deed: "set-up-thing" };
  const working = world.setUps.run(ROOM, { ...order, id: ID, name: "Thing" });
  while (world.clock.waiting === 0) await new Promise((resolve) => setImmediate(resolve));
  expect(await refusalOf(command.perform({ id: ID } as never, request))).toContain(
    "is being set up right now. Wait for the answer, or take it back: `!usher remove thing-1`",
  );
  world.clock.advance(1000);
  await working;
});

describe("whatever happens to it", () => {
  it("ends finished, taken back or told; nothing stands without a record, and nothing is said twice", async () => {
    const scenario = async (lasting: readonly string[], acts: readonly Act[]): Promise<void> => {
      const world = new SetUpWorld(lasting);
      for (const one of acts) {
        if (typeof one === "object") world.faults.push(one);
        else if (one === "mend") world.faults = [];
        else if (one === "come") world.come = true;
        else if (one === "restart") await world.restart();
        else if (one === "hear") await world.hear();
        else await world.say(one);
        await consistent(world, lasting);
      }
      // Nothing fails any more: somebody has it go on, and it is done.
      world.faults = [];
      world.come = true;
      await world.restart();
      await world.hear();
      if ((await world.record()) !== undefined) await world.say("resume");
      expect(await world.record()).toBeUndefined();
      await consistent(world, lasting);
    };
    await fc.assert(
      fc.asyncProperty(fc.subarray(ALL), fc.array(act, { minLength: 1, maxLength: 12 }), scenario),
      { numRuns: 400 },
    );
  });
});
