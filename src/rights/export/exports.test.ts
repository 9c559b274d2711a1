import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { memoryDocuments } from "../../../test/harness/memoryDocuments.ts";
import { NOBODY } from "../../../test/harness/sentenceOf.ts";
import { unzip } from "../../../test/harness/unzip.ts";
import { createRenderer } from "../../chat/render.ts";
import { loadTemplates } from "../../chat/templates.ts";
import { ManualClock } from "../../kernel/clock.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { EventId, MxcUri, RoomId, UserId } from "../../kernel/ids.ts";
import { createLog } from "../../kernel/log.ts";
import type { FileContent } from "../../matrix/fileContent.ts";
import type { Once } from "../../matrix/port.ts";
import { SETTINGS } from "../../privacy/records/operators.ts";
import type { Documents } from "../../store/documents.ts";
import { countsAbout } from "../holdings/counts.ts";
import type { Looked } from "../holdings/holding.ts";
import { StoredDocuments } from "../holdings/storedDocuments.ts";
import { exportDocument, exportFileDocument } from "./exportDocument.ts";
import { ExportFiles } from "./exportFiles.ts";
import { Exports } from "./exports.ts";
import { removeLeftExports } from "./folder.ts";
// Kinds have their parts in rooms' documents.
import "../../kinds/index.ts";

const ANN = "@ann:example.org" as UserId;
const BOB = "@bob:example.org" as UserId;
const ROOM = "!two:example.org" as RoomId;
const EVENT = "$asked" as EventId;
const asked = { person: ANN, event: EVENT };
const HOUR = 3_600_000;
const HOURS_72 = 72 * HOUR;
const renderer = createRenderer(loadTemplates());

let dataDir: string;
let clock: ManualClock;
let documents: Documents;
let sent: { readonly file: FileContent; readonly once: Once; readonly names: readonly string[] }[];
let redacted: (readonly [RoomId, EventId, Once])[];
let logged: string;
/** What became of what was asked. */
let told: (readonly [UserId, string])[];
/** What the homeserver's admin API was asked to delete, and what that fails with. */
let deleted: MxcUri[];
let deletionFault: Error | undefined;
/** What sending and redacting fail with. */
let fault: Error | undefined;
/** What sending fails with once the file lies there. */
let faultAfter: Error | undefined;
/** What fails once it was sent. */
let faultThen: Error | undefined;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "usher-exports-"));
  clock = new ManualClock(Date.UTC(2026, 10, 29, 6, 45));
  documents = memoryDocuments();
  [sent, redacted, told, logged, fault] = [[], [], [], "", undefined];
  [deleted, deletionFault, faultAfter, faultThen] = [[], undefined, undefined, undefined];
});
afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

const COPY = "mxc://example.org/copy" as MxcUri;

function filesWith(mayDelete: boolean): ExportFiles {
  const admin = {
    fault: () => Promise.resolve(deletionFault === undefined ? undefined : ("forbidden" as const)),
    deleteMedia: (file: MxcUri) => {
      if (deletionFault !== undefined) return Promise.reject(deletionFault);
      deleted.push(file);
      return Promise.resolve();
    },
  };
  const log = createLog("info", { write: (line) => (logged += line) });
  return new ExportFiles({ admin: mayDelete ? admin : undefined, documents, clock, log });
}

function exportsWith(...holdings: readonly Looked[]): Exports {
  return new Exports({
    files: filesWith(holdings.length === 0),
    matrix: {
      me: "@usher:example.org" as UserId,
      sendFile: async (room, file, once) => {
        expect(room).toBe(ROOM);
        if (fault !== undefined) throw fault;
        const path = join(dataDir, "sent.zip");
        const pieces: Uint8Array[] = [];
        for await (const piece of file.bytes.open()) pieces.push(piece);
        writeFileSync(path, Buffer.concat(pieces));
        expect(Buffer.concat(pieces).length).toBe(file.bytes.size);
        sent.push({ file, once, names: [...(await unzip(path)).keys()] });
        rmSync(path);
        await file.placed?.(COPY);
        if (faultAfter !== undefined) throw faultAfter;
        return "$file" as EventId;
      },
      redact: (room, message, once) => {
        if (fault !== undefined) return Promise.reject(fault);
        redacted.push([room, message, once]);
        return Promise.resolve();
      },
    },
    documents,
    clock,
    log: createLog("info", { write: (line) => (logged += line) }),
    dataDir,
    holdings: [new StoredDocuments(documents), ...holdings],
    failed: (of, code) => {
      told.push([of.person, code]);
      return Promise.resolve();
    },
    sent: (person) => {
      told.push([person, "sent"]);
      return faultThen === undefined ? Promise.resolve() : Promise.reject(faultThen);
    },
    controller: { name: null, dataProtection: null, support: null, notice: null },
    render: (answer) =>
      renderer.render(answer, { ...NOBODY, usher: "@usher:example.org", calledAs: "" }),
  });
}

/** What lies where exports are made. */
function left(): readonly string[] {
  try {
    return readdirSync(join(dataDir, "exports"));
  } catch {
    return [];
  }
}

const stored = (): Promise<unknown> => documents.get(exportDocument, EVENT);

describe("R31 R38 a file with what is kept about a person", () => {
  it("is sent to them alone, and nothing of it stays on the disk", async () => {
    const exports = exportsWith();
    const replyTo = EVENT;
    expect(await exports.send(asked, { room: ROOM, replyTo })).toEqual({
      name: "usher-data-2026-11-29.zip",
      until: clock.now() + HOURS_72,
      deletes: true,
    });
    expect(sent).toMatchObject([
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
    expect(sent[0]?.names.slice(0, 2)).toEqual(["index.html", "data.json"]);
    expect(left()).toEqual([]);
  });

  it("is itself among what is kept about them, and about nobody else", async () => {
    await exportsWith().send(asked, { room: ROOM });
    const counts = async (person: UserId): Promise<number> => {
      const all = await countsAbout(person, [new StoredDocuments(documents)]);
      return [...all].find(([{ id }]) => id === "D26")?.[1] ?? -1;
    };
    expect([await counts(ANN), await counts(BOB)]).toEqual([1, 0]);
  });

  it("is made once an hour and three times a day for one person, however they ask, and they are told when the next may be; for others too", async () => {
    const exports = exportsWith();
    const ask = (event: string, person = ANN) =>
      exports.send({ person, event: event as EventId }, { room: ROOM });
    const enough = (after: string) => ({ code: "export-enough", view: { after } });
    await ask("$1");
    await expect(ask("$2")).rejects.toMatchObject(enough("2026-11-29 07:45"));
    // Heard again, it is no other file.
    await ask("$1");
    await ask("$3", BOB);
    clock.advance(HOUR - 1);
    await expect(ask("$2")).rejects.toMatchObject(enough("2026-11-29 07:45"));
    clock.advance(1);
    await ask("$2");
    clock.advance(HOUR);
    await ask("$4");
    clock.advance(HOUR);
    await expect(ask("$5")).rejects.toMatchObject(enough("2026-11-30 06:45"));
    clock.advance(21 * HOUR);
    await ask("$5");
    expect(sent).toHaveLength(5);
  });

  it("is not counted where it could not be sent, nor that somebody has had enough as a failure", async () => {
    const exports = exportsWith();
    fault = new UsherError("room-unreachable", { status: 500 });
    for (const event of ["$1", "$2"] as EventId[])
      await expect(exports.send({ person: ANN, event }, { room: ROOM })).rejects.toThrow();
    fault = undefined;
    await exports.send(asked, { room: ROOM });
    const event = "$3" as EventId;
    await expect(exports.send({ person: ANN, event }, { room: ROOM })).rejects.toThrow();
    expect(told.map(([, code]) => code)).toEqual(["room-unreachable", "room-unreachable", "sent"]);
  });

  it("R66 is told where it failed, so that operators learn of it, unless somebody else came in", async () => {
    const cases = [
      [new UsherError("file-too-large", { kibibytes: 7 }), "export-too-large"],
      [Object.assign(new Error("full"), { code: "ENOSPC" }), "export-disk-full"],
      [new Error("odd"), "unexpected"],
      [new UsherError("room-not-private"), undefined],
    ] as const;
    for (const [error, code] of cases) {
      told = [];
      fault = error;
      await expect(exportsWith().send(asked, { room: ROOM })).rejects.toThrow();
      expect(told).toEqual(code === undefined ? [] : [[ANN, code]]);
    }
  });

  it("is taken away when its time is over, also where something failed right after it was sent", async () => {
    const exports = exportsWith();
    faultThen = new Error("disk");
    await expect(exports.send(asked, { room: ROOM })).rejects.toBe(faultThen);
    expect([await stored(), told]).toMatchObject([{ message: "$file" }, [[ANN, "sent"]]]);
    clock.advance(HOURS_72);
    await exports.sweep();
    expect(redacted.map(([room, message]) => [room, message])).toEqual([[ROOM, "$file"]]);
  });

  it("is not made again where the event that asked is heard again after it was sent", async () => {
    const first = await exportsWith().send(asked, { room: ROOM });
    clock.advance(1000);
    expect(await exportsWith().send(asked, { room: ROOM })).toEqual(first);
    expect(sent).toHaveLength(1);
  });

  it("is made anew under the same name of its sending where a crash came before it was known to be sent", async () => {
    await documents.update(exportDocument, EVENT, () => ({ person: ANN, room: ROOM, at: 1 }));
    await exportsWith().send(asked, { room: ROOM });
    expect(sent.map(({ once }) => once)).toEqual([{ cause: EVENT, step: "export" }]);
    expect(await stored()).toMatchObject({ at: clock.now(), message: "$file" });
  });

  it("is one at a time for each person, and can be asked for again when that is over", async () => {
    const exports = exportsWith();
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
      { code: "export-too-large", view: { kibibytes: 7, most: 5 } },
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
    fault = thrown;
    await expect(exportsWith().send(asked, { room: ROOM })).rejects.toMatchObject(expected);
    expect([left(), await stored()]).toEqual([[], undefined]);
    fault = undefined;
    await exportsWith().send(asked, { room: ROOM });
    expect(sent).toHaveLength(1);
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
    await expect(exportsWith(broken).send(asked, { room: ROOM })).rejects.toThrow("unreadable");
    expect([left(), await stored(), sent]).toEqual([[], undefined, []]);
  });

  it("that a killed process was making is removed", async () => {
    const stopped: Looked = {
      records: () => new Set([SETTINGS]),
      async *about() {
        expect(left()).toHaveLength(1);
        await removeLeftExports(dataDir);
        yield { record: SETTINGS, room: undefined, handedOut: {} };
      },
    };
    await expect(exportsWith(stopped).send(asked, { room: ROOM })).rejects.toThrow("ENOENT");
    await removeLeftExports(dataDir);
    expect(left()).toEqual([]);
  });
});

describe("R36 a file of somebody who is being erased", () => {
  it("is taken away at once, and what others were sent stays", async () => {
    const exports = exportsWith();
    await exports.send(asked, { room: ROOM });
    const other = "$other" as EventId;
    await documents.update(exportDocument, other, () => ({ person: BOB, room: ROOM, at: 1 }));
    await exports.forget(ANN);
    expect(redacted).toMatchObject([[ROOM, "$file", {}]]);
    expect([await stored(), await documents.get(exportDocument, other)]).toMatchObject([
      undefined,
      { person: BOB },
    ]);
  });

  it("is waited for where it is being made", async () => {
    const exports = exportsWith();
    const { promise, resolve } = Promise.withResolvers<void>();
    const making = exports.oneAtATime(ANN, async () => {
      await promise;
      return exports.send(asked, { room: ROOM });
    });
    const forgetting = exports.forget(ANN);
    resolve();
    await Promise.all([making, forgetting]);
    expect(sent).toHaveLength(1);
    expect(redacted).toMatchObject([[ROOM, "$file", {}]]);
  });

  it("that cannot be taken away now is not forgotten", async () => {
    const exports = exportsWith();
    await exports.send(asked, { room: ROOM });
    fault = new UsherError("room-limited", { action: "redact" });
    await expect(exports.forget(ANN)).rejects.toBe(fault);
    expect(await stored()).toMatchObject({ message: "$file" });
  });
});

describe("R31 a file whose time is over", () => {
  const passing = new UsherError("room-unreachable", { action: "redact", status: 502 });
  const refused = new UsherError("room-unreachable", { action: "redact", status: 403 });

  it("is taken away after 72 hours, and not before", async () => {
    const exports = exportsWith();
    await exports.send(asked, { room: ROOM });
    clock.advance(HOURS_72 - 1);
    await exports.sweep();
    expect(redacted).toEqual([]);
    clock.advance(1);
    await exports.sweep();
    expect(redacted).toEqual([[ROOM, "$file", { cause: EVENT, step: "export over" }]]);
    expect(await stored()).toBeUndefined();
  });

  it("is taken away later where the homeserver cannot do it now", async () => {
    const exports = exportsWith();
    await exports.send(asked, { room: ROOM });
    clock.advance(HOURS_72);
    fault = passing;
    await expect(exports.sweep()).rejects.toBe(passing);
    fault = undefined;
    await exports.sweep();
    expect(redacted).toHaveLength(1);
  });

  it("is let go, and that is logged without anybody's id, where Usher may not take it away", async () => {
    const exports = exportsWith();
    await exports.send(asked, { room: ROOM });
    clock.advance(HOURS_72);
    fault = refused;
    await exports.sweep();
    expect(await stored()).toBeUndefined();
    expect(logged).toContain('"what":"export.not-taken-away"');
    expect(logged).not.toContain(ROOM);
  });

  it("is forgotten where it was never sent", async () => {
    await documents.update(exportDocument, EVENT, () => ({ person: ANN, room: ROOM, at: 1 }));
    await exportsWith().sweep();
    expect([redacted, await stored()]).toEqual([[], undefined]);
  });
});

describe("R31 the copy of a file on the homeserver", () => {
  const noted = (): Promise<unknown> => documents.get(exportFileDocument, COPY);

  it("is deleted with its message where Usher may, and that is said beforehand", async () => {
    const exports = exportsWith();
    expect(await exports.send(asked, { room: ROOM })).toMatchObject({ deletes: true });
    clock.advance(HOURS_72 - 1);
    await exports.sweep();
    expect(deleted).toEqual([]);
    clock.advance(1);
    await exports.sweep();
    expect(deleted).toEqual([COPY]);
    expect(redacted).toHaveLength(1);
    expect(await noted()).toBeUndefined();
  });

  it("is not noted where Usher may not, and that is said", async () => {
    const another: Looked = { records: () => new Set(), about: async function* () {} };
    const sent = await exportsWith(another).send(asked, { room: ROOM });
    expect(sent).toMatchObject({ deletes: false });
    expect(await noted()).toBeUndefined();
  });

  it("that cannot be deleted now is not promised; it is tried again, also after its message went and when its person was erased", async () => {
    deletionFault = new UsherError("room-unreachable", { status: 403 });
    const exports = exportsWith();
    expect(await exports.send(asked, { room: ROOM })).toMatchObject({ deletes: false });
    await exports.forget(ANN);
    expect(redacted).toHaveLength(1);
    expect(await stored()).toBeUndefined();
    expect(JSON.stringify(await noted())).not.toContain(ANN);
    const files = filesWith(true);
    expect(await files.late()).toBe(0);
    clock.advance(3 * HOUR);
    await exports.sweep();
    expect(await files.late()).toBe(1);
    expect(logged).toContain("export.file-stays");
    deletionFault = undefined;
    await exports.sweep();
    expect([deleted, await files.late(), await noted()]).toEqual([[COPY], 0, undefined]);
  });

  it("is deleted at once where its message could not be sent", async () => {
    faultAfter = new UsherError("room-unreachable", { status: 500 });
    await expect(exportsWith().send(asked, { room: ROOM })).rejects.toThrow();
    expect(deleted).toEqual([COPY]);
    expect(await noted()).toBeUndefined();
  });

  it("of another person stays", async () => {
    const exports = exportsWith();
    await exports.send(asked, { room: ROOM });
    await exports.forget(BOB);
    expect(deleted).toEqual([]);
  });
});
