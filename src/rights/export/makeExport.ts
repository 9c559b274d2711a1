import type { Answer } from "../../chat/command.ts";
import type { Rendered } from "../../chat/render.ts";
import { sizeOfFile, writeAll } from "../../files/workFiles.ts";
import { minuteOf } from "../../kernel/days.ts";
import type { UserId } from "../../kernel/ids.ts";
import type { FilePath } from "../../privacy/declared.ts";
import { inExportInWords, keptInWords, seenByInWords } from "../../privacy/inWords.ts";
import type { DataRecord } from "../../privacy/record.ts";
import { allRecords } from "../../privacy/records/index.ts";
import type { Looked } from "../holdings/holding.ts";
import { inWords } from "../holdings/inWords.ts";
import { dataFile } from "./dataFile.ts";
import { divided, MOST_FILES } from "./divide.ts";
import { encoded } from "./encoded.ts";
import type { Category, ExportedData, ExportPart } from "./format.ts";
import { page, type PageWords } from "./page.ts";
import { Portion, type Run } from "./portion.ts";
import { Spool } from "./spool.ts";
import { table } from "./table.ts";
import { zip, type ZipEntry } from "./zip.ts";

/** What an export is made of. */
export interface ExportParts {
  readonly person: UserId;
  readonly usher: UserId;
  readonly controller: ExportedData["controller"];
  readonly holdings: readonly Looked[];
  readonly render: (answer: Answer) => Rendered;
  /** ms since the epoch. */
  readonly madeAt: number;
  /** Where files may be made, by their names; the folder is there. */
  readonly pathOf: (name: string) => FilePath;
}

/** A ZIP on disk, as long as the next is not asked for. */
export interface MadeExport {
  readonly path: FilePath;
  /** Bytes. */
  readonly size: number;
  readonly part: ExportPart;
  /** How many things are in none of the files: each by itself is too large. */
  readonly leftOut: number;
}

/** What is known of each kind of data before it is spread over files. */
type Counted = Omit<Category, "csv" | "leftOut"> & { readonly counted: boolean };

/** What one file is made of. */
interface FileOf {
  readonly run: Run;
  readonly part: ExportPart;
  /** By category. */
  readonly leftOut: ReadonlyMap<string, number>;
}

/** While it is not known how many files there are: as long as the longest. */
const SOME_PART = { number: MOST_FILES, of: MOST_FILES };
/** What a file may grow by when it is known how much is left out; bytes. */
const MARGIN = 1024;

/**
 * Makes the file with all that is kept about a person (R31, R34, R38), or, where it would have more than `most` bytes, several of which each is whole by
 * itself: first everything is written down as it is now, then the ZIPs are made of that, one after another. However much there is, little of it is in memory.
 * Rejects as `divided`, and as the system does where the disk takes no more.
 */
export async function* makeExport(
  parts: ExportParts,
  most: number,
): AsyncGenerator<MadeExport, void> {
  const { person, holdings, pathOf } = parts;
  const spool = new Spool((category) => pathOf(`${category}.jsonl`));
  const categories = await gathered(person, holdings, spool);
  const ids = categories.map(({ id }) => id);
  const path = pathOf("export.zip");
  const make = async (file: FileOf): Promise<number> => {
    const portion = new Portion(spool, ids, file.run);
    await writeAll(path, zip(entriesOf(parts, categories, portion, file), parts.madeAt, file.part));
    return await sizeOfFile(path);
  };
  const things = countOf(categories);
  const none = new Map<string, number>();
  const isAll = ({ from, to }: Run): boolean => from === 0 && to === things;
  const { runs, leftOut } = await divided(things, most - MARGIN, (run) =>
    make({ run, part: isAll(run) ? { number: 1, of: 1 } : SOME_PART, leftOut: none }),
  );
  const missing = new Map<string, number>();
  for (const place of leftOut) {
    const id = categoryAt(place, ids, spool);
    missing.set(id, (missing.get(id) ?? 0) + 1);
  }
  for (const [index, run] of runs.entries()) {
    const part = { number: index + 1, of: runs.length };
    const isMade = isAll(run) && leftOut.length === 0;
    const size = isMade ? await sizeOfFile(path) : await make({ run, part, leftOut: missing });
    yield { path, size, part, leftOut: leftOut.length };
  }
}

function categoryAt(place: number, ids: readonly string[], spool: Spool): string {
  let before = 0;
  return ids.find((id) => (before += spool.count(id)) > place) ?? "";
}

/** The files in one ZIP. */
function entriesOf(
  parts: ExportParts,
  counted: readonly Counted[],
  portion: Portion,
  { part, leftOut }: FileOf,
): readonly ZipEntry[] {
  const { person, usher, controller, madeAt } = parts;
  const categories = counted.map(({ counted: isCounted, ...category }): Category => {
    const { id, count } = category;
    // What there is nothing of has its empty table once.
    const hasTable = portion.count(id) > 0 || (count === 0 && part.number === 1);
    const csv = isCounted && hasTable ? `${id}.csv` : null;
    return { ...category, leftOut: leftOut.get(id) ?? 0, csv };
  });
  const head = {
    format: "usher-export",
    version: 2,
    madeAt: new Date(madeAt).toISOString(),
    part,
    person,
    usher,
    controller,
  } as const;
  const words = wordsOf(parts, categories, portion, part);
  return [
    { name: "index.html", bytes: () => encoded(page(words, categories, portion)) },
    { name: "data.json", bytes: () => encoded(dataFile(head, categories, portion)) },
    ...categories.flatMap(({ id, csv }) =>
      csv === null ? [] : [{ name: csv, bytes: () => encoded(table(id, portion)) }],
    ),
  ];
}

/** Spools all that there is, and says of every kind of personal data what it is and how much there is of it. */
async function gathered(
  person: UserId,
  holdings: readonly Looked[],
  spool: Spool,
): Promise<readonly Counted[]> {
  const counted = new Set<DataRecord>();
  for (const holding of holdings) {
    for (const record of holding.records()) counted.add(record);
    for await (const { record, room, handedOut } of holding.about(person))
      await spool.add(record.id, room, handedOut);
  }
  await spool.end();
  return allRecords().flatMap((record) => {
    const { id, facts } = record;
    if (facts.basis === "no personal data") return [];
    const isCounted = counted.has(record);
    return {
      id,
      title: facts.title,
      purpose: facts.purpose,
      necessity: facts.necessity,
      legalBasis: facts.basis,
      layer: facts.layer,
      kept: keptInWords(record),
      seenBy: seenByInWords(record),
      inExport: inExportInWords(record),
      count: isCounted ? spool.count(id) : null,
      counted: isCounted,
    };
  });
}

function countOf(categories: readonly Pick<Category, "count">[]): number {
  return categories.reduce((sum, { count }) => sum + (count ?? 0), 0);
}

const GROUP_TITLES = {
  there: "privacy/export-there",
  uncounted: "privacy/export-uncounted",
  none: "privacy/export-none",
} as const;

function wordsOf(
  { person, madeAt, render }: ExportParts,
  categories: readonly Category[],
  portion: Portion,
  { number, of }: ExportPart,
): PageWords {
  const made = minuteOf(madeAt);
  const total = countOf(categories);
  const parts = of === 1 ? undefined : of;
  const text = (template: string, view: Answer["view"]): string => render({ template, view }).body;
  const html = (template: string, view: Answer["view"]): string => render({ template, view }).html;
  const titles = new Map(
    allRecords()
      .filter(({ facts }) => facts.told !== undefined)
      .map((record) => [record.id, render(inWords(record)).body]),
  );
  return {
    title: text("privacy/export-title", { person }),
    intro: html("privacy/export-intro", { made, total, number, parts }),
    group: (group) => text(GROUP_TITLES[group], {}),
    categoryTitle: ({ id, title }) => sentenceCase(titles.get(id) ?? title),
    category: ({ id, purpose, necessity, legalBasis, kept, seenBy, inExport, csv, ...more }) =>
      html("privacy/export-category", {
        ...{ purpose, necessity, legalBasis, kept, seenBy, inExport, csv },
        ...{ counted: more.count !== null, count: more.count ?? 0, tooLarge: more.leftOut },
        ...{ parts, here: portion.count(id) },
      }),
    more: ({ csv }, left) => html("privacy/export-more", { csv, left }),
    rightsTitle: text("privacy/export-rights-title", {}),
    rights: html("privacy/export-rights", {}),
  };
}

function sentenceCase(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
