import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { memoryDocuments } from "../../../test/harness/memoryDocuments.ts";
import { NOBODY } from "../../../test/harness/sentenceOf.ts";
import { readCsv, sha256, unzip } from "../../../test/harness/unzip.ts";
import { createRenderer } from "../../chat/render.ts";
import { loadTemplates } from "../../chat/templates.ts";
import { ManualClock } from "../../kernel/clock.ts";
import type { EventId, RoomId, UserId } from "../../kernel/ids.ts";
import { widgetPart } from "../../kinds/widgets/records.ts";
import type { FilePath } from "../../privacy/declared.ts";
import { SETTINGS } from "../../privacy/records/operators.ts";
import { recordAudit } from "../../store/audit.ts";
import type { Documents } from "../../store/documents.ts";
import { roomDocument } from "../../store/room.ts";
import type { Looked } from "../holdings/holding.ts";
import { StoredDocuments } from "../holdings/storedDocuments.ts";
import { exportedData, type ExportedData, exportManifest } from "./format.ts";
import { makeExport, type MadeExport } from "./makeExport.ts";
// Kinds have their parts in rooms' documents.
import "../../kinds/index.ts";

const ANN = "@ann:example.org" as UserId;
const BOB = "@bob:example.org" as UserId;
const ROOM = "!room:example.org" as RoomId;
const AT = Date.UTC(2026, 10, 29, 6, 45);

const BYTE_ORDER_MARK = Buffer.from("\ufeff");
const renderer = createRenderer(loadTemplates());
const about = {
  ...NOBODY,
  usher: "@usher:example.org",
  dpo: "dpo@example.org",
  calledAs: "!usher",
};
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "usher-export-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** All files of the export for a person. */
async function exported(
  person: UserId,
  ...holdings: readonly Looked[]
): Promise<ReadonlyMap<string, Buffer>> {
  const place = mkdtempSync(join(folder, "one-"));
  const making = makeExport(
    {
      person,
      usher: "@usher:example.org" as UserId,
      controller: {
        name: "Example",
        dataProtection: "dpo@example.org",
        support: null,
        notice: null,
      },
      holdings,
      render: (answer) => renderer.render(answer, about),
      madeAt: AT,
      pathOf: (name) => join(place, name) as FilePath,
    },
    Infinity,
  );
  const { value } = await making.next();
  const { path, size } = value as MadeExport;
  const bytes = readFileSync(path);
  expect(size).toBe(bytes.length);
  const files = await unzip(path);
  const { categories } = dataOf(files);
  for (const { count, things } of categories) expect(count ?? 0).toBe(things.length);
  expect((await making.next()).done).toBe(true);
  return files;
}

function text(files: ReadonlyMap<string, Buffer>, name: string): string {
  return files.get(name)?.toString() ?? `no file ${name}`;
}

function dataOf(files: ReadonlyMap<string, Buffer>): ExportedData {
  return exportedData.parse(JSON.parse(text(files, "data.json")));
}

/** Something that somebody did, by where it is kept. */
const DEEDS = ["journal", "pending", "widget", "audit"] as const;
interface Deed {
  readonly who: UserId;
  readonly how: (typeof DEEDS)[number];
  /** In their words, and in nothing else. */
  readonly needle: string;
}

/** Words that begin as a formula, end as markup, or turn lines and quotation marks against whoever reads them. */
const deeds = fc
  .array(
    fc.record({
      ann: fc.boolean(),
      how: fc.constantFrom(...DEEDS),
      before: fc.constantFrom("", "=", '"', "<", "\n", "\u2028"),
    }),
    { minLength: 10, maxLength: 40 },
  )
  .map((all) =>
    all.map(({ ann, how, before }, index): Deed => {
      const who = ann ? ANN : BOB;
      return { who, how, needle: `${before}needle-${ann ? "ann" : "bob"}-${String(index)}-` };
    }),
  );

/** Without what may be escaped. */
function bare(needle: string): string {
  return needle.slice(needle.indexOf("needle"));
}

async function stored(all: readonly Deed[]): Promise<Documents> {
  const documents = memoryDocuments();
  for (const [index, { who, how, needle }] of all.entries()) {
    const event = `$event${String(index)}` as EventId;
    const asked = { event, person: who, calledAs: "!usher", line: needle, at: AT };
    if (how === "audit")
      await recordAudit(documents, new ManualClock(AT), {
        ...{ who, event, what: "admin leave", targets: [needle] },
      });
    else
      await documents.update(roomDocument, ROOM, (document) => {
        if (how === "journal")
          return { ...document, journal: [...document.journal, { ...asked, replyTo: event }] };
        if (how === "pending") {
          const waiting = { ...asked, preview: event, expiresAt: AT };
          return { ...document, pending: [...document.pending, waiting] };
        }
        return widgetPart.in(document, [
          ...widgetPart.of(document),
          { id: "a", url: needle, name: needle, addedBy: who, addedAt: AT, cause: event },
        ]);
      });
  }
  return documents;
}

describe("R31 R38 an export of what is kept about a person", () => {
  it("R34 has everything of theirs and no byte of another's, whatever the two did in the same rooms", async () => {
    await fc.assert(
      fc.asyncProperty(deeds, async (all) => {
        const files = await exported(ANN, new StoredDocuments(await stored(all)));
        const everything = Buffer.concat([...files.values()]).toString();
        expect(everything).not.toContain("needle-bob-");
        expect(everything).not.toContain(BOB);
        const mine = all.filter(({ who }) => who === ANN).map(({ needle }) => needle);
        const found = JSON.stringify(dataOf(files).categories.map(({ things }) => things));
        for (const needle of mine) {
          expect(found).toContain(JSON.stringify(needle).slice(1, -1));
          expect(text(files, "index.html")).toContain(bare(needle));
        }
        const tables = [...files].filter(([name]) => name.endsWith(".csv"));
        const rows = tables.map(([, bytes]) => bytes.subarray(BYTE_ORDER_MARK.length));
        const cells = (await readCsv(Buffer.concat(rows))).flat();
        for (const needle of mine)
          expect(cells.some((cell) => cell.includes(bare(needle)))).toBe(true);
        expect(cells.filter((cell) => /^[=+@\n-]/.test(cell))).toEqual([]);
      }),
      // Each takes a Python or two.
      { numRuns: 3 },
    );
  });

  it("is as the published schemas say, and each file as the manifest says, which comes last", async () => {
    const all = [{ who: ANN, how: "widget", needle: "x" }] as const;
    const files = await exported(ANN, new StoredDocuments(await stored(all)));
    for (const [name, schema] of [
      ["data.json", "export.schema.json"],
      ["manifest.json", "export-manifest.schema.json"],
    ] as const) {
      const path = new URL(`../../../docs/${schema}`, import.meta.url);
      const ajv = new Ajv2020({ formats: { "date-time": true } });
      const check = ajv.compile(JSON.parse(readFileSync(path, "utf8")) as object);
      check(JSON.parse(text(files, name)));
      expect(check.errors).toBeNull();
      expect(check({ format: "usher-export" })).toBe(false);
    }
    const names = [...files.keys()];
    expect([names[0], names[1], names.at(-1)]).toEqual([
      "index.html",
      "data.json",
      "manifest.json",
    ]);
    const manifest = exportManifest.parse(JSON.parse(text(files, "manifest.json")));
    expect(manifest.files).toEqual(
      names.slice(0, -1).map((name) => {
        const bytes = files.get(name) ?? Buffer.of();
        return { name, size: bytes.length, sha256: sha256(bytes) };
      }),
    );
  });

  it("R34 says of each kind of data why, how long and who sees it, and lists what there is nothing of", async () => {
    const files = await exported(ANN, new StoredDocuments(memoryDocuments()));
    const { categories, ...head } = dataOf(files);
    expect(head).toMatchObject({ person: ANN, madeAt: "2026-11-29T06:45:00.000Z" });
    const changes = categories.find(({ id }) => id === "D7-undo");
    expect(changes).toMatchObject({
      count: 0,
      csv: "D7-undo.csv",
      things: [],
      purpose: "undo the last change",
      kept: "30 days, or until Usher has left the room",
      seenBy: "the people in the room, where they ask",
    });
    // Nobody can tell of which lines of the log are about whom.
    expect(categories.find(({ id }) => id === "D13")).toMatchObject({ count: null, csv: null });
    const index = text(files, "index.html");
    expect(index).toContain("What Usher keeps about @ann:example.org");
    expect(index).toContain("I keep nothing about you");
    expect(index).toContain("How long: 30 days, or until Usher has left the room");
    expect(index).toContain("About you there is none");
    expect(index).toContain("dpo@example.org");
    for (const { id, csv } of categories) {
      expect(index).toContain(`<h2 id="${id}">`);
      expect(files.has(`${id}.csv`)).toBe(csv !== null);
    }
  });

  it("R38 opens what is inside of a thing into columns of its table, unless these would be very many", async () => {
    const holdingOf = (things: readonly object[]): Looked => ({
      records: () => new Set([SETTINGS]),
      async *about() {
        for (const handedOut of things)
          yield await Promise.resolve({ record: SETTINGS, room: undefined, handedOut });
      },
    });
    const rowsOf = async (things: readonly object[]): Promise<readonly string[]> => {
      const table = text(await exported(ANN, holdingOf(things)), `${SETTINGS.id}.csv`);
      return table.slice(1).split("\r\n");
    };
    expect(await rowsOf([{ facts: { at: 1_764_398_700_000, list: [1], none: {} } }])).toEqual([
      '"kept with the room","facts.at","facts.list","facts.none"',
      '"","2025-11-29T06:45:00.000Z","[1]","{}"',
      "",
    ]);
    const names = Array.from({ length: 101 }, (_, index) => [`@n${String(index)}:e.org`, 50]);
    const [head, row] = await rowsOf([{ users: Object.fromEntries(names) as object }]);
    expect(head).toBe('"kept with the room","users"');
    expect(row).toContain('""@n100:e.org"":50');
  });

  it("agrees with itself: what is done while it is made is in all of its files or in none", async () => {
    const seen: string[] = [];
    const holding: Looked = {
      records: () => new Set([SETTINGS]),
      async *about() {
        seen.push("looked");
        const handedOut = { operator: `look ${String(seen.length)}` };
        yield await Promise.resolve({ record: SETTINGS, room: undefined, handedOut });
      },
    };
    const files = await exported(ANN, holding);
    expect(seen).toEqual(["looked"]);
    for (const name of ["index.html", "data.json", `${SETTINGS.id}.csv`])
      expect(text(files, name)).toContain("look 1");
  });
});
