import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { definedDocuments } from "../src/store/documents.ts";

/** What of a kind of document is pinned: a version stands for one shape, for ever. */
export interface Pinned {
  readonly version: number;
  /** As JSON Schema. */
  readonly shape: unknown;
}

export type Shapes = Readonly<Record<string, Pinned>>;

/** Every kind of document that the modules loaded so far define, as it is now. */
export function presentShapes(): Shapes {
  const shapes = definedDocuments().flatMap(({ kind, version, schema, added }) => [
    [kind, { version, shape: shapeOf(schema) }] as const,
    // What others add to a document is stored with it, and goes by its version.
    ...[...(added?.shapes() ?? [])].map(
      ([name, one]) => [`${kind}.${name}`, { version, shape: shapeOf(one) }] as const,
    ),
  ]);
  return Object.fromEntries(shapes.toSorted(([a], [b]) => a.localeCompare(b, "en")));
}

/**
 * What is wrong between the shapes as they were pinned and as they are, in words, and what is to be pinned now. A shape that changed without a new
 * version stays pinned as it was: an older Usher would take such a document for a damaged one, and put it aside.
 */
export function pin(
  pinned: Shapes,
  present: Shapes,
): { readonly faults: readonly string[]; readonly next: Shapes } {
  const faults: string[] = [];
  const next: Record<string, Pinned> = {};
  for (const [kind, now] of Object.entries(present)) {
    const before = pinned[kind];
    next[kind] = now;
    if (before === undefined || now.version > before.version || isDeepStrictEqual(now, before))
      continue;
    next[kind] = before;
    const [is, was] = [String(now.version), String(before.version)];
    faults.push(
      now.version < before.version
        ? `documents of kind "${kind}" were already of version ${was}, and are of version ${is} now: a version is never used again`
        : `documents of kind "${kind}" have changed their shape and are still of version ${is}: give them version ${String(now.version + 1)} and a ` +
            `migration from ${is}, since an older Usher would put aside what it does not know`,
    );
  }
  return { faults, next };
}

function shapeOf(schema: z.ZodType): unknown {
  const { $schema: _, ...shape } = z.toJSONSchema(schema);
  return JSON.parse(JSON.stringify(shape)) as unknown;
}
