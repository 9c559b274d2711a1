import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { defineCommand } from "../../src/chat/command.ts";
import { OwedWords } from "../../src/chat/owed.ts";
import { undo } from "../../src/commands/undo.ts";
import { logLimits } from "../../src/config/logs.ts";
import { nodeFiles } from "../../src/files/files.ts";
import { withChanges } from "../../src/integrations/changes.ts";
import { History } from "../../src/integrations/history.ts";
import type { UndoHandler } from "../../src/integrations/undoHandler.ts";
import { ManualClock } from "../../src/kernel/clock.ts";
import { DAY_MS, HOUR_MS } from "../../src/kernel/days.ts";
import type { EventId, RoomId } from "../../src/kernel/ids.ts";
import { silentLog } from "../../src/kernel/log.ts";
import { KeyedQueue } from "../../src/kernel/tasks.ts";
import { LogSweep } from "../../src/logs/sweepLogs.ts";
import { CHANGES } from "../../src/privacy/records/commands.ts";
import { OWED_WORDS } from "../../src/privacy/records/rooms.ts";
import { Retention } from "../../src/retention/retention.ts";
import { sweepAll, type Sweepers } from "../../src/start/sweepAll.ts";
import type { Documents } from "../../src/store/documents.ts";
import { roomDocument } from "../../src/store/room.ts";
import { memoryEnd } from "../harness/memoryAudit.ts";
import { ALICE, MemoryConversation, ROOM } from "../harness/memoryConversation.ts";
import { memoryDocuments } from "../harness/memoryDocuments.ts";
import { memorySetUps } from "../harness/memorySetUps.ts";

const STUCK = "!stuck:example.org" as RoomId;
const LIMITS = logLimits({});

/** What the command of this test does can be taken back, and nobody has changed it since. */
const PATCH: UndoHandler<never> = {
  deeds: { patch: "undo/set-up" },
  usual: [],
  thing: () => "patch",
  stands: () => Promise.resolve("after"),
  needs: () => Promise.resolve([]),
  undo: () => Promise.resolve({}),
};

/** A room whose document can be written, beside one whose cannot: what is too old there stays, until that is mended. */
class Scene {
  readonly clock = new ManualClock();
  stuck = false;
  readonly #dataDir: string;
  readonly #stored = memoryDocuments();
  readonly documents: Documents = {
    ...this.#stored,
    update: (type, id, change) =>
      this.stuck && id === STUCK
        ? Promise.reject(Object.assign(new Error("read-only"), { code: "EROFS" }))
        : this.#stored.update(type, id, change),
  };
  readonly retention: Retention;
  readonly owed: OwedWords;
  readonly talk: MemoryConversation;
  readonly #history: History;

  constructor(dataDir: string, before?: Scene) {
    this.#dataDir = dataDir;
    if (before !== undefined) [this.clock, this.documents] = [before.clock, before.documents];
    const { clock, documents } = this;
    const logs = new LogSweep({ dataDir, files: nodeFiles, clock, limits: LIMITS });
    this.retention = new Retention({
      ...{ dataDir, documents, clock, limits: LIMITS, beside: {}, runsEnd: memoryEnd() },
      sweepLogs: () => logs.sweep(),
    });
    const kept = { clock, documents, retention: this.retention };
    this.owed = new OwedWords({
      ...{ ...kept, log: silentLog, queue: new KeyedQueue(() => undefined) },
      matrix: { send: () => Promise.resolve("$said" as EventId) },
      render: ({ template }) => ({ body: template }),
    });
    const setUps = memorySetUps(kept);
    this.#history = new History({ ...kept, setUps, undoHandlers: [PATCH] });
    const patch = defineCommand({
      words: "pin",
      parameters: {},
      example: "pin",
      changes: true,
      needs: () => [],
      plan: () => Promise.resolve({ unseen: true }),
      perform: async (_, { room, person, event: cause }) => {
        const change = {
          cause,
          person,
          at: clock.now(),
          deed: "patch",
          id: "patch",
          name: "Patch",
        };
        await documents.update(roomDocument, room, (one) =>
          withChanges(one, [change], clock.now()),
        );
        return { template: "undo/set-up", view: {} };
      },
    });
    const commands = [patch, undo(this.#history)];
    this.talk = new MemoryConversation({ ...kept, commands, encryption: "none" }, before?.talk);
  }

  /** Usher stops, and starts again. */
  async restarted(): Promise<Scene> {
    const next = new Scene(this.#dataDir, this);
    await next.retention.open();
    return next;
  }

  /** Whether all is gone that should be. */
  async sweep(): Promise<boolean> {
    // The others have nothing to do here.
    const sweepers = { changes: this.#history, "owed-words": this.owed } as unknown as Sweepers;
    const { documents } = this;
    const parts = [this.#history, this.owed];
    const failure = await this.retention.run((pass) =>
      sweepAll({ parts, sweepers, documents }, pass),
    );
    return failure === undefined;
  }

  /** What Usher answers to a change, and how many it could take back here. */
  async change(): Promise<readonly [said: string, kept: number]> {
    await this.talk.say("!usher pin");
    return [this.talk.said.at(-1)?.body ?? "", (await this.changes()).length];
  }

  async changes(): Promise<readonly unknown[]> {
    return (await this.documents.get(roomDocument, ROOM))?.changes ?? [];
  }

  async owe(room: RoomId, step: string): Promise<number> {
    await this.owed.keep(room, { template: "undo/set-up", view: {} }, { cause: "$c", step });
    return ((await this.documents.get(roomDocument, room))?.owed ?? []).length;
  }
}

let dataDir: string;
let scene: Scene;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "usher-late-"));
  scene = new Scene(dataDir);
});
afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

it("R55 while an old change cannot be deleted no new one is kept, from the moment on when it should be gone, over a restart, until it is", async () => {
  const old = {
    cause: "$old" as EventId,
    person: ALICE,
    deed: "patch",
    id: "patch",
    name: "Patch",
  };
  await scene.documents.update(roomDocument, STUCK, (room) => ({
    ...room,
    changes: [{ ...old, at: scene.clock.now() }],
  }));
  scene.stuck = true;
  scene.clock.advance(30 * DAY_MS - HOUR_MS);
  // Nothing is to go yet.
  expect(await scene.sweep()).toBe(true);
  expect((await scene.change())[1]).toBe(1);
  scene.clock.advance(HOUR_MS);
  expect(await scene.sweep()).toBe(false);
  expect(scene.retention.stops(CHANGES)).toBe(false);
  scene.clock.advance(1);
  expect(scene.retention.stops(CHANGES)).toBe(true);
  const [said, kept] = await scene.change();
  expect(said).toContain("This one I cannot take back.");
  expect(kept).toBe(1);

  scene.clock.advance(HOUR_MS);
  expect(await scene.sweep()).toBe(false);
  const next = await scene.restarted();
  expect((await next.change())[1]).toBe(1);
  await next.documents.update(roomDocument, ROOM, (room) => ({ ...room, changes: [] }));
  await next.talk.say("!usher undo");
  expect(next.talk.said.at(-1)?.body).toContain("or have kept nothing to take it back with");

  scene.stuck = false;
  expect(await next.sweep()).toBe(true);
  const after = await next.change();
  expect(after[0]).not.toContain("cannot take back");
  expect(after[1]).toBe(1);
});

it("R55 while old words cannot be deleted no new ones are kept; other records go on", async () => {
  await scene.owe(STUCK, "old");
  scene.stuck = true;
  scene.clock.advance(7 * DAY_MS + HOUR_MS);
  expect(await scene.owe(ROOM, "before the sweep")).toBe(1);
  expect(await scene.sweep()).toBe(false);
  expect([scene.retention.stops(OWED_WORDS), scene.retention.stops(CHANGES)]).toEqual([
    true,
    false,
  ]);
  expect(await scene.owe(ROOM, "after it")).toBe(1);
  expect((await scene.change())[1]).toBe(1);
  scene.stuck = false;
  expect(await scene.sweep()).toBe(true);
  expect(await scene.owe(ROOM, "when it is mended")).toBe(2);
});

it("R55 a sweep that does not come to its end counts as failed", async () => {
  await scene.owe(STUCK, "old");
  expect(await scene.sweep()).toBe(true);
  scene.clock.advance(8 * DAY_MS);
  expect(scene.retention.stops(OWED_WORDS)).toBe(false);
  await expect(scene.retention.run(() => Promise.reject(new Error("EIO")))).rejects.toThrow("EIO");
  expect(scene.retention.stops(OWED_WORDS)).toBe(true);
  expect(await scene.sweep()).toBe(true);
  expect(scene.retention.stops(OWED_WORDS)).toBe(false);
});

it("R55 so does one that hangs for hours, as where a homeserver answers nothing", async () => {
  await scene.owe(STUCK, "old");
  expect(await scene.sweep()).toBe(true);
  scene.clock.advance(8 * DAY_MS);
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const begun = Promise.withResolvers<undefined>();
  const run = scene.retention.run(() => {
    begun.resolve(undefined);
    return promise.then(() => new Map());
  });
  await begun.promise;
  expect(scene.retention.stops(OWED_WORDS)).toBe(false);
  scene.clock.advance(2 * HOUR_MS);
  expect(scene.retention.stops(OWED_WORDS)).toBe(false);
  scene.clock.advance(1);
  expect(scene.retention.stops(OWED_WORDS)).toBe(true);
  resolve(undefined);
  await run;
  await scene.sweep();
  expect(scene.retention.stops(OWED_WORDS)).toBe(false);
});
