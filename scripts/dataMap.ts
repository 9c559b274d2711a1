import { allDeclared, DOCUMENTS } from "../src/privacy/declared.ts";
import {
  inExportInWords,
  keptInWords,
  onErasureInWords,
  seenByInWords,
} from "../src/privacy/inWords.ts";
import { LOG_FIELDS } from "../src/privacy/logFields.ts";
import type { DataRecord, WhenLate } from "../src/privacy/record.ts";
import { allRecords } from "../src/privacy/records/index.ts";
import type { AddedFields } from "../src/store/definition.ts";
import { definedDocuments } from "../src/store/documents.ts";
import { code, NOTE } from "./documents.ts";
import { ROOT, type Source } from "./sources.ts";

/** What of the data map something is, and where that stands. */
interface Place {
  readonly record: DataRecord;
  readonly where: string;
}

/**
 * Loads every file of the source that defines a document, a record or what goes elsewhere, exported or not: defining is what enters it in the
 * map. Nothing else in these files runs.
 */
export async function loadDeclarations(sources: readonly Source[]): Promise<void> {
  const files = sources.filter(
    ({ path, text }) =>
      /^src\/.*(?<!\.test)\.ts$/.test(path) &&
      /\b(?:define(?:Document|Record)|declare[A-Z]\w*)\(/.test(text),
  );
  for (const { path } of files) await import(ROOT + path);
}

/** Where everything is kept. After `loadDeclarations`. */
function places(): readonly Place[] {
  return [
    ...definedDocuments().flatMap(({ kind, records, added }) =>
      [...records, ...addedRecords(added)].map(([field, record]) => ({
        record,
        where: code(`${kind}.${field}`),
      })),
    ),
    ...Object.entries(LOG_FIELDS).map(([field, { record, holds }]) => ({
      record,
      where: `${code(`log.${field}`)} (${holds})`,
    })),
    ...allDeclared().flatMap(({ where, name, record }) =>
      record === DOCUMENTS ? [] : [{ record, where: `${where} ${code(name)}` }],
    ),
  ];
}

function addedRecords(
  added: AddedFields | undefined,
): readonly (readonly [field: string, record: DataRecord])[] {
  return [...(added?.fields() ?? [])].map(([field, { record }]) => [field, record] as const);
}

/** What types cannot find: two documents of one kind, a record outside the index or left over, one that people are not told of. */
export function dataMapFaults(templates: ReadonlyMap<string, string>): readonly string[] {
  const kinds = definedDocuments().map(({ kind }) => kind);
  const held = new Set(places().map(({ record }) => record));
  const told = allRecords()
    .filter(({ facts }) => facts.told !== undefined)
    .map(({ id }) => `kept/${id}`);
  return [
    ...kinds
      .filter((kind, index) => kinds.indexOf(kind) !== index)
      .map((kind) => `two types of documents have the kind "${kind}"`),
    ...allRecords()
      .filter((record) => !held.has(record))
      .map(({ id }) => `the record ${id} is of something that nothing keeps`),
    ...told
      .filter((name) => !templates.has(name))
      .map((name) => `people are told of a record, and there is no template "${name}"`),
    ...[...templates.keys()]
      .filter((name) => name.startsWith("kept/") && !told.includes(name))
      .map((name) => `the template "${name}" is of no record that people are told of`),
  ];
}

/** `docs/data-map.md`: the record of processing, with where each entry is kept. After `loadDeclarations`. */
export function renderDataMapDocs(): string {
  const all = places();
  return [
    "# Data map",
    NOTE,
    "Everything Usher keeps about anybody, why, how long, and what becomes of it in an export and an erasure (the record of processing of GDPR article 30). " +
      "What is stored, sent to the homeserver or logged and stands in no record does not compile.",
    ...allRecords().flatMap((record) => {
      const where = all.filter((one) => one.record === record).map((one) => one.where);
      return [
        `## ${record.id}`,
        `${record.facts.title}.`,
        [...factsOf(record), `Stands in: ${where.join(", ")}`]
          .map((fact) => `- ${fact}`)
          .join("\n"),
      ];
    }),
    "## Files",
    "Everything that Usher writes on its own machine, by its name or by the setting that says where it is; what is in no record cannot be written. While a file is replaced, the new one stands beside it with `.new` at its end; a recovery key that was replaced stays with `.old`.",
    filesTable(),
  ].join("\n\n");
}

function filesTable(): string {
  const rows = allDeclared()
    .filter(({ where }) => where === "file")
    .map(({ name, record }) => {
      const held = record === DOCUMENTS ? "documents: each field is in its own record" : record.id;
      return `| ${code(name)} | ${held} |`;
    })
    .sort((a, b) => a.localeCompare(b, "en"));
  return ["| File or folder | What it holds |", "| --- | --- |", ...rows].join("\n");
}

function factsOf(record: DataRecord): readonly string[] {
  const { facts } = record;
  const ending =
    "for" in facts.retention
      ? [
          `Ended by: the sweep ${code(facts.retention.sweep)}`,
          `Where that fails: ${lateInWords(facts.retention.late)}`,
        ]
      : [];
  return [
    `Layer: ${facts.layer}`,
    `Purpose: ${facts.purpose}`,
    `Legal basis: ${facts.basis}`,
    `Necessary because ${facts.necessity}`,
    `Who gets to see it: ${seenByInWords(record)}`,
    `Kept: ${keptInWords(record)}`,
    ...ending,
    `In an export: ${inExportInWords(record)}`,
    `On erasure: ${onErasureInWords(record)}`,
  ];
}

/** What becomes of new ones while old ones are there that should be gone. */
function lateInWords(late: WhenLate): string {
  return late === "stop"
    ? "nothing new is kept until what is too old is gone"
    : `new ones are kept all the same, for otherwise ${late.goOn}`;
}
