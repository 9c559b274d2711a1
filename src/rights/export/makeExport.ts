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
import { dataFile } from "./dataFile.ts";
import { encoded } from "./encoded.ts";
import type { Category, ExportedData } from "./format.ts";
import { page, type PageWords } from "./page.ts";
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

/** A ZIP on disk. */
export interface MadeExport {
  readonly path: FilePath;
  /** Bytes. */
  readonly size: number;
  /** How many things are in it. */
  readonly count: number;
}

/**
 * Makes the file with all that is kept about a person (R31, R34, R38): first everything is written down as it is now, then the ZIP is made of that.
 * However much there is, little of it is in memory. Rejects as the system does where the disk takes no more.
 */
export async function makeExport(parts: ExportParts): Promise<MadeExport> {
  const { person, usher, controller, holdings, madeAt, pathOf } = parts;
  const spool = new Spool((category) => pathOf(`${category}.jsonl`));
  const categories = await gathered(person, holdings, spool);
  const head = {
    format: "usher-export",
    version: 1,
    madeAt: new Date(madeAt).toISOString(),
    person,
    usher,
    controller,
  } as const;
  const entries: readonly ZipEntry[] = [
    {
      name: "index.html",
      bytes: () => encoded(page(wordsOf(parts, categories), categories, spool)),
    },
    { name: "data.json", bytes: () => encoded(dataFile(head, categories, spool)) },
    ...categories.flatMap(({ id, csv }) =>
      csv === null ? [] : [{ name: csv, bytes: () => encoded(table(id, spool)) }],
    ),
  ];
  const path = pathOf("export.zip");
  await writeAll(path, zip(entries, madeAt));
  return { path, size: await sizeOfFile(path), count: countOf(categories) };
}

/** Spools all that there is, and says of every kind of personal data what it is and how much there is of it. */
async function gathered(
  person: UserId,
  holdings: readonly Looked[],
  spool: Spool,
): Promise<readonly Category[]> {
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
      csv: isCounted ? `${id}.csv` : null,
    };
  });
}

function countOf(categories: readonly Category[]): number {
  return categories.reduce((sum, { count }) => sum + (count ?? 0), 0);
}

function wordsOf(
  { person, madeAt, render }: ExportParts,
  categories: readonly Category[],
): PageWords {
  const made = minuteOf(madeAt);
  const total = countOf(categories);
  const text = (template: string, view: Answer["view"]): string => render({ template, view }).body;
  const html = (template: string, view: Answer["view"]): string => render({ template, view }).html;
  return {
    title: text("privacy/export-title", { person }),
    intro: html("privacy/export-intro", { made, total }),
    category: ({ purpose, necessity, legalBasis, kept, seenBy, inExport, csv, count }) =>
      html("privacy/export-category", {
        ...{ purpose, necessity, legalBasis, kept, seenBy, inExport, csv },
        count: count ?? 0,
      }),
    more: ({ csv }, left) => html("privacy/export-more", { csv, left }),
    rightsTitle: text("privacy/export-rights-title", {}),
    rights: html("privacy/export-rights", {}),
  };
}
