import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  ANN,
  asked,
  EVENT,
  ExportWorld,
  filesIn,
  ROOM,
} from "../../../test/harness/exportWorld.ts";
import { sentenceOf } from "../../../test/harness/sentenceOf.ts";
import { sha256 } from "../../../test/harness/unzip.ts";
import { UsherError } from "../../kernel/errors.ts";
import { SETTINGS } from "../../privacy/records/operators.ts";
import { openEnvelope } from "../../store/envelope.ts";
import type { Looked } from "../holdings/holding.ts";
import { exportDocument } from "../../store/exports.ts";
import { exportedData, exportManifest, type ExportedData } from "./format.ts";

const HOUR = 3_600_000;
/** What a file without anything takes, and some of these things. */
const LIMIT = 60_000;
const passing = new UsherError("room-unreachable", { status: 502 });
const stop = new UsherError("room-unreachable", { status: undefined, code: "aborted" });
let world: ExportWorld;

beforeEach(() => {
  world = new ExportWorld();
});
afterEach(() => {
  world.end();
});

/** Bytes that no ZIP makes smaller, the same each time. */
function noise(seed: string, bytes: number): string {
  let text = "";
  for (let index = 0; text.length < bytes; index += 1)
    text += createHash("sha512")
      .update(`${seed} ${String(index)}`)
      .digest("base64url");
  return text.slice(0, bytes);
}

/** Something that holds so many things about anybody, of so many bytes each. */
function things(...sizes: readonly number[]): Looked {
  return {
    records: () => new Set([SETTINGS]),
    async *about() {
      for (const [index, size] of sizes.entries()) {
        const handedOut = { operator: `thing ${String(index)} ${noise(String(index), size)}` };
        yield await Promise.resolve({ record: SETTINGS, room: undefined, handedOut });
      }
    },
  };
}

const twelve = things(...Array<number>(12).fill(8_000));

const dataOf = (files: ReadonlyMap<string, Buffer> | undefined): ExportedData =>
  exportedData.parse(JSON.parse(String(files?.get("data.json"))));

/** The numbers of the things in the files that were sent. */
async function numbersSent(): Promise<readonly number[]> {
  const all = await Promise.all(world.sent.map(filesIn));
  const category = all.flatMap((files) =>
    dataOf(files).categories.filter(({ id }) => id === SETTINGS.id),
  );
  return category.flatMap(({ things: those }) =>
    those.map(({ data }) =>
      Number(/thing (\d+)/.exec((data as { operator: string }).operator)?.[1]),
    ),
  );
}

describe("R31 R38 an export that is too large for one file", () => {
  it("is several, each whole by itself and no larger than the homeserver takes, and each thing is in one of them", async () => {
    world.most = LIMIT;
    const result = await world.exports(twelve).send(asked, { room: ROOM });
    const count = world.sent.length;
    expect(count).toBeGreaterThan(1);
    expect(result).toMatchObject({ files: count, leftOut: 0 });
    expect(result.name).toBe(`usher-data-2026-11-29-part-1-of-${String(count)}.zip`);
    expect(await numbersSent()).toEqual(Array.from({ length: 12 }, (_, index) => index));
    const schema = new URL("../../../docs/export.schema.json", import.meta.url);
    const check = new Ajv2020({ formats: { "date-time": true } }).compile(
      JSON.parse(readFileSync(schema, "utf8")) as object,
    );
    for (const [index, sent] of world.sent.entries()) {
      const { file, once } = sent;
      const files = await filesIn(sent);
      const number = String(index + 1);
      expect(file.bytes.size).toBeLessThanOrEqual(LIMIT);
      expect(file.name).toBe(`usher-data-2026-11-29-part-${number}-of-${String(count)}.zip`);
      expect(once).toEqual({ cause: EVENT, step: index === 0 ? "export" : `export ${number}` });
      const part = { number: index + 1, of: count };
      const manifest = exportManifest.parse(JSON.parse(String(files.get("manifest.json"))));
      expect(manifest.part).toEqual(part);
      expect(manifest.files).toEqual(
        [...files]
          .slice(0, -1)
          .map(([name, bytes]) => ({ name, size: bytes.length, sha256: sha256(bytes) })),
      );
      const data = dataOf(files);
      expect(data.part).toEqual(part);
      check(data);
      expect(check.errors).toBeNull();
      const settings = data.categories.find(({ id }) => id === SETTINGS.id);
      expect(settings?.count).toBe(12);
      const page = String(files.get("index.html"));
      expect(page).toContain(`It is file ${number} of ${String(count)}`);
      expect(page).toContain(`of which <strong>${String(settings?.things.length)}</strong> in`);
      const tables = data.categories.flatMap(({ csv }) => csv ?? []);
      expect([...files.keys()].slice(2, -1)).toEqual(tables);
    }
    expect(world.left()).toEqual([]);
  });

  it("leaves out only what is too large by itself, and says so where it is looked for", async () => {
    world.most = LIMIT;
    const sent = await world.exports(things(100, 90_000, 100)).send(asked, { room: ROOM });
    expect(sent.leftOut).toBe(1);
    expect(await numbersSent()).toEqual([0, 2]);
    for (const one of world.sent) {
      const files = await filesIn(one);
      const settings = dataOf(files).categories.find(({ id }) => id === SETTINGS.id);
      expect(settings).toMatchObject({ count: 3, leftOut: 1 });
      expect(String(files.get("index.html"))).toContain(
        "I left out <strong>1</strong>: it is larger than what my homeserver takes",
      );
    }
    expect(await world.stored()).toMatchObject({ leftOut: 1 });
  });

  it("is cut smaller where a proxy takes less than the homeserver says, and no file that came before that stays", async () => {
    world.takes = LIMIT;
    await world.exports(twelve).send(asked, { room: ROOM });
    expect(await numbersSent()).toHaveLength(12);
    for (const { file } of world.sent) expect(file.bytes.size).toBeLessThanOrEqual(LIMIT);
    // What lies there and has no message was taken away again.
    expect(new Set(world.deleted).size).toBe(world.placed.length - world.sent.length);
  });

  it("is refused with both sizes where not even an empty file is small enough", async () => {
    world.most = 2000;
    const refusal: unknown = await world
      .exports(twelve)
      .send(asked, { room: ROOM })
      .catch((error: unknown) => error);
    expect(sentenceOf(refusal)).toMatch(
      /^What I keep about you has \d+ KiB, and the homeserver takes no more than 0 KiB/,
    );
    expect([world.sent, world.left(), await world.stored()]).toEqual([[], [], undefined]);
    expect(world.told).toEqual([[ANN, "export-too-large"]]);
  });

  it("is taken away as one when its time is over, and at an erasure", async () => {
    world.most = LIMIT;
    for (const end of ["sweep", "forget"] as const) {
      world.redacted.splice(0);
      world.deleted.splice(0);
      const exports = world.exports(twelve);
      const before = world.sent.length;
      await exports.send(asked, { room: ROOM });
      const count = world.sent.length - before;
      world.clock.advance(72 * HOUR);
      await (end === "sweep" ? exports.sweep() : exports.forget(ANN));
      expect(world.redacted).toHaveLength(count);
      expect(new Set(world.redacted.map(([, , { step }]) => step)).size).toBe(count);
      expect(world.deleted).toHaveLength(count);
      expect(await world.stored()).toBeUndefined();
    }
  });

  it("is one set of files, whichever message a kill came after", async () => {
    world.most = LIMIT;
    world.faultAfter = stop;
    await expect(world.exports(twelve).send(asked, { room: ROOM })).rejects.toBe(stop);
    const placed = world.placed.length;
    for (world.faultFrom = 1; world.faultFrom < placed; world.faultFrom += 1)
      await expect(world.exports(twelve).send(asked, { room: ROOM })).rejects.toBe(stop);
    world.faultAfter = undefined;
    // What has come about her meanwhile is no part of it.
    await world.exports(things(1)).send(asked, { room: ROOM });
    expect(world.placed).toHaveLength(placed);
    expect(world.sent).toHaveLength(placed);
    expect(await numbersSent()).toEqual(Array.from({ length: 12 }, (_, index) => index));
    expect(world.told).toEqual([[ANN, "sent"]]);
  });
});

describe("R31 a file that lies on the homeserver, and whose message cannot be sent", () => {
  it("is tried again each hour and not made again, and its words are said when it went", async () => {
    world.faultAfter = passing;
    const exports = world.exports();
    const refusal: unknown = await exports
      .send(asked, { room: ROOM })
      .catch((error: unknown) => error);
    expect(sentenceOf(refusal)).toContain("I try again each hour, until 2026-11-30 06:45 UTC");
    await exports.sweep();
    expect([world.sent, world.late, world.told]).toEqual([[], [], []]);
    world.faultAfter = undefined;
    // As after a restart: it is stored that it waits.
    const later = world.exports();
    await later.sweep();
    await later.sweep();
    expect(world.placed).toHaveLength(1);
    expect(world.sent).toHaveLength(1);
    expect(world.late).toMatchObject([{ files: 1 }]);
    expect(world.told).toEqual([[ANN, "sent"]]);
    expect(await world.stored()).toMatchObject({ messages: ["$file"] });
  });

  it("is tried again also where the disk does not take that it was sent", async () => {
    const exports = world.exports();
    const { update } = world.documents;
    let full = false;
    world.documents.update = (type, id, change) =>
      full && type.kind === "export"
        ? Promise.reject(Object.assign(new Error("full"), { code: "ENOSPC" }))
        : (update.call(world.documents, type, id, (before) => {
            const after = change(before as never);
            full = "placed" in after;
            return after;
          }) as never);
    await expect(exports.send(asked, { room: ROOM })).rejects.toThrow();
    world.documents.update = update;
    await exports.sweep();
    expect(await world.stored()).toMatchObject({ messages: ["$file2"] });
    expect(world.late).toHaveLength(1);
  });

  it("is given up after a day, and that is told, also to operators; nothing of it stays", async () => {
    world.faultAfter = passing;
    const exports = world.exports();
    await expect(exports.send(asked, { room: ROOM })).rejects.toThrow();
    world.clock.advance(24 * HOUR - 1);
    await exports.sweep();
    expect(world.late).toEqual([]);
    world.clock.advance(1);
    await exports.sweep();
    expect(world.late).toEqual([undefined]);
    expect(world.told).toEqual([[ANN, "room-unreachable"]]);
    expect([world.deleted, await world.stored()]).toEqual([world.placed, undefined]);
  });

  it.each([
    ["its messages were being sent", true],
    ["it was being made", false],
  ])(
    "was cut off while %s, and is not heard again: it comes after an hour, or is a case",
    async (_, placed) => {
      if (placed) world.faultAfter = stop;
      else world.fault = stop;
      await expect(world.exports().send(asked, { room: ROOM })).rejects.toThrow();
      [world.fault, world.faultAfter] = [undefined, undefined];
      const next = world.exports();
      world.clock.advance(HOUR - 1);
      await next.sweep();
      expect([world.sent, world.late, world.told]).toEqual([[], [], []]);
      world.clock.advance(1);
      await next.sweep();
      expect(world.sent).toHaveLength(placed ? 1 : 0);
      expect(world.late).toMatchObject([placed ? { files: 1 } : undefined]);
      expect(world.told).toEqual([[ANN, placed ? "sent" : "unexpected"]]);
    },
  );

  it("gets no message where the room was encrypted meanwhile: it lies there as it is", async () => {
    world.sealedSince = true;
    await expect(world.exports().send(asked, { room: ROOM })).rejects.toMatchObject({
      code: "room-not-private",
    });
    expect([world.sent, world.deleted]).toEqual([[], world.placed]);
    expect(await world.stored()).toBeUndefined();
  });

  it("goes on after a stop, which is no failure", async () => {
    world.faultAfter = stop;
    await expect(world.exports().send(asked, { room: ROOM })).rejects.toBe(stop);
    world.faultAfter = undefined;
    expect([world.told, world.deleted]).toEqual([[], []]);
    await world.exports().send(asked, { room: ROOM });
    expect([world.placed.length, world.sent.length]).toEqual([1, 1]);
  });
});

describe("the document of an export", () => {
  it.each([
    [{ message: "$file" }, ["$file"]],
    [{}, []],
  ])("of the version before (%o) is opened", (more, messages) => {
    const before = { person: ANN, room: ROOM, at: 1, ...more };
    const envelope = { version: 1, id: EVENT, document: before };
    expect(openEnvelope(exportDocument, envelope)).toMatchObject({
      ok: true,
      document: { person: ANN, room: ROOM, at: 1, messages, leftOut: 0 },
    });
  });
});
