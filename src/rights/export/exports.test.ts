import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  ANN,
  asked,
  BOB,
  COPY,
  EVENT,
  ExportWorld,
  filesIn,
  ROOM,
} from "../../../test/harness/exportWorld.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { EventId, UserId } from "../../kernel/ids.ts";
import { SETTINGS } from "../../privacy/records/operators.ts";
import { countsAbout } from "../holdings/counts.ts";
import type { Looked } from "../holdings/holding.ts";
import { StoredDocuments } from "../holdings/storedDocuments.ts";
import { exportDocument, exportFileDocument } from "../../store/exports.ts";
import { removeLeftExports } from "./folder.ts";

const HOUR = 3_600_000;
const HOURS_72 = 72 * HOUR;
/** A document of something begun. */
const begun = { room: ROOM, at: 1, messages: [], leftOut: 0 };
let world: ExportWorld;

beforeEach(() => {
  world = new ExportWorld();
});
afterEach(() => {
  world.end();
});

describe("R31 R38 a file with what is kept about a person", () => {
  it("is sent to them alone, and nothing of it stays on the disk", async () => {
    const exports = world.exports();
    const replyTo = EVENT;
    expect(await exports.send(asked, { room: ROOM, replyTo })).toEqual({
      name: "usher-data-2026-11-29.zip",
      files: 1,
      leftOut: 0,
      until: world.clock.now() + HOURS_72,
      deletes: true,
    });
    expect(world.sent).toMatchObject([
      {
        file: {
          name: "usher-data-2026-11-29.zip",
          mimetype: "application/zip",
          onlyFor: ANN,
          replyTo,
        },
        once: { cause: EVENT, step: "export" },
      },
    ]);
    const files = await Promise.all(world.sent.map(filesIn));
    expect([...(files[0]?.keys() ?? [])].slice(0, 2)).toEqual(["index.html", "data.json"]);
    expect(world.left()).toEqual([]);
  });

  it("is itself among what is kept about them, and about nobody else", async () => {
    await world.exports().send(asked, { room: ROOM });
    const counts = async (person: UserId): Promise<number> => {
      const all = await countsAbout(person, [new StoredDocuments(world.documents)]);
      return [...all].find(([{ id }]) => id === "D26")?.[1] ?? -1;
    };
    expect([await counts(ANN), await counts(BOB)]).toEqual([1, 0]);
  });

  it("is made once an hour and three times a day for one person, however they ask, and they are told when the next may be; for others too", async () => {
    const exports = world.exports();
    const ask = (event: string, person = ANN) =>
      exports.send({ person, event: event as EventId }, { room: ROOM });
    const enough = (after: string) => ({ code: "export-enough", view: { after } });
    await ask("$1");
    await expect(ask("$2")).rejects.toMatchObject(enough("2026-11-29 07:45"));
    // Heard again, it is no other file.
    await ask("$1");
    await ask("$3", BOB);
    world.clock.advance(HOUR - 1);
    await expect(ask("$2")).rejects.toMatchObject(enough("2026-11-29 07:45"));
    world.clock.advance(1);
    await ask("$2");
    world.clock.advance(HOUR);
    await ask("$4");
    world.clock.advance(HOUR);
    await expect(ask("$5")).rejects.toMatchObject(enough("2026-11-30 06:45"));
    world.clock.advance(21 * HOUR);
    await ask("$5");
    expect(world.sent).toHaveLength(5);
  });

  it("is not counted where it could not be sent, nor that somebody has had enough as a failure", async () => {
    const exports = world.exports();
    world.fault = new UsherError("room-unreachable", { status: 500 });
    for (const event of ["$1", "$2"] as EventId[])
      await expect(exports.send({ person: ANN, event }, { room: ROOM })).rejects.toThrow();
    world.fault = undefined;
    await exports.send(asked, { room: ROOM });
    const event = "$3" as EventId;
    await expect(exports.send({ person: ANN, event }, { room: ROOM })).rejects.toThrow();
    expect(world.told.map(([, code]) => code)).toEqual([
      "room-unreachable",
      "room-unreachable",
      "sent",
    ]);
  });

  it("is tried five times a day where it fails by no fault of the person's", async () => {
    const exports = world.exports();
    world.fault = new UsherError("room-unreachable", { status: 500 });
    const ask = (event: string) =>
      exports.send({ person: ANN, event: event as EventId }, { room: ROOM });
    for (let count = 0; count < 5; count += 1)
      await expect(ask(`$${String(count)}`)).rejects.toMatchObject({ code: "room-unreachable" });
    world.fault = undefined;
    await expect(ask("$6")).rejects.toMatchObject({
      code: "export-enough",
      view: { after: "2026-11-30 06:45", failed: true },
    });
    expect(world.sent).toEqual([]);
    world.clock.advance(24 * HOUR);
    await ask("$6");
    expect(world.sent).toHaveLength(1);
  });

  it("counts where somebody else was let in meanwhile: it took the same work", async () => {
    const exports = world.exports();
    world.fault = new UsherError("room-not-private");
    await expect(exports.send(asked, { room: ROOM })).rejects.toMatchObject({
      code: "room-not-private",
    });
    world.fault = undefined;
    const event = "$2" as EventId;
    await expect(exports.send({ person: ANN, event }, { room: ROOM })).rejects.toMatchObject({
      code: "export-enough",
      view: { failed: false },
    });
  });

  it("R66 is told where it failed, so that operators learn of it, unless somebody else came in", async () => {
    const cases = [
      [new UsherError("file-too-large", { kibibytes: 7 }), "export-too-large"],
      [Object.assign(new Error("full"), { code: "ENOSPC" }), "export-disk-full"],
      [new Error("odd"), "unexpected"],
      [new UsherError("room-not-private"), undefined],
    ] as const;
    for (const [error, code] of cases) {
      world.told = [];
      world.fault = error;
      await expect(world.exports().send(asked, { room: ROOM })).rejects.toThrow();
      expect(world.told).toEqual(code === undefined ? [] : [[ANN, code]]);
    }
  });

  it("is taken away when its time is over, also where something failed right after it was sent", async () => {
    const exports = world.exports();
    world.faultThen = new Error("disk");
    await expect(exports.send(asked, { room: ROOM })).rejects.toBe(world.faultThen);
    expect([await world.stored(), world.told]).toMatchObject([
      { messages: ["$file"] },
      [[ANN, "sent"]],
    ]);
    world.clock.advance(HOURS_72);
    await exports.sweep();
    expect(world.redacted.map(([room, message]) => [room, message])).toEqual([[ROOM, "$file"]]);
  });

  it("is not made again where the event that asked is heard again after it was sent", async () => {
    const first = await world.exports().send(asked, { room: ROOM });
    world.clock.advance(1000);
    expect(await world.exports().send(asked, { room: ROOM })).toEqual(first);
    expect(world.sent).toHaveLength(1);
  });

  it("is made anew under the same name of its sending where a crash came before it was known to be sent", async () => {
    await world.documents.update(exportDocument, EVENT, () => ({ ...begun, person: ANN }));
    await world.exports().send(asked, { room: ROOM });
    expect(world.sent.map(({ once }) => once)).toEqual([{ cause: EVENT, step: "export" }]);
    expect(await world.stored()).toMatchObject({ at: world.clock.now(), messages: ["$file"] });
  });

  it("is one at a time for each person, and can be asked for again when that is over", async () => {
    const exports = world.exports();
    const { promise, resolve } = Promise.withResolvers<string>();
    const first = exports.oneAtATime(ANN, () => promise);
    await expect(exports.oneAtATime(ANN, () => promise)).rejects.toMatchObject({
      code: "export-running",
    });
    expect(await exports.oneAtATime(BOB, () => Promise.resolve("his"))).toBe("his");
    resolve("hers");
    expect(await first).toBe("hers");
    await expect(
      exports.oneAtATime(ANN, () => Promise.reject(new Error("broken"))),
    ).rejects.toThrow("broken");
    expect(await exports.oneAtATime(ANN, () => promise)).toBe("hers");
  });

  it.each([
    [
      "is too large for the homeserver",
      new UsherError("file-too-large", { name: "a", kibibytes: 7, most: 5 }),
      { code: "export-too-large" },
    ],
    [
      "has no room on the disk",
      Object.assign(new Error(), { code: "ENOSPC" }),
      { code: "export-disk-full" },
    ],
    [
      "must not go where others are",
      new UsherError("room-not-private", { fault: "members" }),
      { code: "room-not-private" },
    ],
    ["meets what nobody foresaw", new Error("what"), { message: "what" }],
  ])("that %s leaves nothing, and can be asked for again", async (_, thrown, expected) => {
    world.fault = thrown;
    await expect(world.exports().send(asked, { room: ROOM })).rejects.toMatchObject(expected);
    expect([world.left(), await world.stored()]).toEqual([[], undefined]);
    world.fault = undefined;
    await world.exports().send(asked, { room: ROOM });
    expect(world.sent).toHaveLength(1);
  });

  it("leaves nothing where what is kept cannot be read", async () => {
    const broken: Looked = {
      records: () => new Set([SETTINGS]),
      // eslint-disable-next-line require-yield -- it comes to nothing
      async *about() {
        await Promise.resolve();
        throw new Error("unreadable");
      },
    };
    await expect(world.exports(broken).send(asked, { room: ROOM })).rejects.toThrow("unreadable");
    expect([world.left(), await world.stored(), world.sent]).toEqual([[], undefined, []]);
  });

  it("that a killed process was making is removed", async () => {
    const stopped: Looked = {
      records: () => new Set([SETTINGS]),
      async *about() {
        expect(world.left()).toHaveLength(1);
        await removeLeftExports(world.dataDir);
        yield { record: SETTINGS, room: undefined, handedOut: {} };
      },
    };
    await expect(world.exports(stopped).send(asked, { room: ROOM })).rejects.toThrow("ENOENT");
    await removeLeftExports(world.dataDir);
    expect(world.left()).toEqual([]);
  });
});

describe("R36 a file of somebody who is being erased", () => {
  it("is taken away at once, and what others were sent stays", async () => {
    const exports = world.exports();
    await exports.send(asked, { room: ROOM });
    const other = "$other" as EventId;
    await world.documents.update(exportDocument, other, () => ({ ...begun, person: BOB }));
    await exports.forget(ANN);
    expect(world.redacted).toMatchObject([[ROOM, "$file", {}]]);
    expect([await world.stored(), await world.documents.get(exportDocument, other)]).toMatchObject([
      undefined,
      { person: BOB },
    ]);
  });

  it("is waited for where it is being made", async () => {
    const exports = world.exports();
    const { promise, resolve } = Promise.withResolvers<void>();
    const making = exports.oneAtATime(ANN, async () => {
      await promise;
      return exports.send(asked, { room: ROOM });
    });
    const forgetting = exports.forget(ANN);
    resolve();
    await Promise.all([making, forgetting]);
    expect(world.sent).toHaveLength(1);
    expect(world.redacted).toMatchObject([[ROOM, "$file", {}]]);
  });

  it("that cannot be taken away now is not forgotten", async () => {
    const exports = world.exports();
    await exports.send(asked, { room: ROOM });
    world.fault = new UsherError("room-limited", { action: "redact" });
    await expect(exports.forget(ANN)).rejects.toBe(world.fault);
    expect(await world.stored()).toMatchObject({ messages: ["$file"] });
  });
});

describe("R31 a file whose time is over", () => {
  const passing = new UsherError("room-unreachable", { action: "redact", status: 502 });
  const refused = new UsherError("room-unreachable", { action: "redact", status: 403 });

  it("is taken away after 72 hours, and not before", async () => {
    const exports = world.exports();
    await exports.send(asked, { room: ROOM });
    world.clock.advance(HOURS_72 - 1);
    await exports.sweep();
    expect(world.redacted).toEqual([]);
    world.clock.advance(1);
    await exports.sweep();
    expect(world.redacted).toEqual([[ROOM, "$file", { cause: EVENT, step: "export over" }]]);
    expect(await world.stored()).toBeUndefined();
  });

  it("is taken away later where the homeserver cannot do it now", async () => {
    const exports = world.exports();
    await exports.send(asked, { room: ROOM });
    world.clock.advance(HOURS_72);
    world.fault = passing;
    await expect(exports.sweep()).rejects.toBe(passing);
    world.fault = undefined;
    await exports.sweep();
    expect(world.redacted).toHaveLength(1);
  });

  it("is let go, and that is logged without anybody's id, where Usher may not take it away", async () => {
    const exports = world.exports();
    await exports.send(asked, { room: ROOM });
    world.clock.advance(HOURS_72);
    world.fault = refused;
    await exports.sweep();
    expect(await world.stored()).toBeUndefined();
    expect(world.logged).toContain('"what":"export.not-taken-away"');
    expect(world.logged).not.toContain(ROOM);
  });

  it("is forgotten where it was never sent", async () => {
    await world.documents.update(exportDocument, EVENT, () => ({ ...begun, person: ANN }));
    await world.exports().sweep();
    expect([world.redacted, await world.stored()]).toEqual([[], undefined]);
  });
});

describe("R31 the copy of a file on the homeserver", () => {
  const noted = (): Promise<unknown> => world.documents.get(exportFileDocument, COPY);

  it("is deleted with its message where Usher may, and that is said beforehand", async () => {
    const exports = world.exports();
    expect(await exports.send(asked, { room: ROOM })).toMatchObject({ deletes: true });
    world.clock.advance(HOURS_72 - 1);
    await exports.sweep();
    expect(world.deleted).toEqual([]);
    world.clock.advance(1);
    await exports.sweep();
    expect(world.deleted).toEqual([COPY]);
    expect(world.redacted).toHaveLength(1);
    expect(await noted()).toBeUndefined();
  });

  it("is not noted where Usher may not, and that is said", async () => {
    world.mayDelete = false;
    const sent = await world.exports().send(asked, { room: ROOM });
    expect(sent).toMatchObject({ deletes: false });
    expect(await noted()).toBeUndefined();
  });

  it("that cannot be deleted now is not promised; it is tried again, also after its message went and when its person was erased", async () => {
    world.deletionFault = new UsherError("room-unreachable", { status: 403 });
    const exports = world.exports();
    expect(await exports.send(asked, { room: ROOM })).toMatchObject({ deletes: false });
    await exports.forget(ANN);
    expect(world.redacted).toHaveLength(1);
    expect(await world.stored()).toBeUndefined();
    expect(JSON.stringify(await noted())).not.toContain(ANN);
    const files = world.files();
    expect(await files.late()).toBe(0);
    world.clock.advance(3 * HOUR);
    await exports.sweep();
    expect(await files.late()).toBe(1);
    expect(world.logged).toContain("export.file-stays");
    world.deletionFault = undefined;
    await exports.sweep();
    expect([world.deleted, await files.late(), await noted()]).toEqual([[COPY], 0, undefined]);
  });

  it("is deleted at once where its message could not be sent", async () => {
    world.faultAfter = new UsherError("room-unreachable", { status: 403 });
    await expect(world.exports().send(asked, { room: ROOM })).rejects.toThrow();
    expect(world.deleted).toEqual([COPY]);
    expect(await noted()).toBeUndefined();
  });

  it("of another person stays", async () => {
    const exports = world.exports();
    await exports.send(asked, { room: ROOM });
    await exports.forget(BOB);
    expect(world.deleted).toEqual([]);
  });
});
