import { join } from "node:path";
import type { Files } from "../files/files.ts";
import { UsherError } from "../kernel/errors.ts";
import { definedDocuments } from "./documents.ts";
import { isShard, nameOfFile } from "./layout.ts";

/** How many files are read at once. */
const AT_ONCE = 32;
/** How an envelope begins on disk. What begins otherwise is for whoever reads the document to find out. */
const VERSION = /^\{"version":(\d{1,9}),/;

/**
 * Rejects with `data-directory-newer` where any document is of a newer version than this Usher knows, before anything is changed: one that was
 * met in the middle of a run would stop it there. Kinds that this Usher does not know are passed over.
 *
 * The pass that serves the parts (`src/start/parts.ts`) cannot do it: it brings older documents to the present version as it reads them, and it
 * comes when the session, the encryption's store and the count of starts are written.
 */
export async function refuseNewer(files: Files, dir: string): Promise<void> {
  for (const { kind, known } of knownVersions())
    for await (const paths of foldersOf(files, join(dir, "documents", kind)))
      for (let from = 0; from < paths.length; from += AT_ONCE)
        await Promise.all(
          paths.slice(from, from + AT_ONCE).map(async (file) => {
            const version = Number(VERSION.exec((await files.read(file)) ?? "")?.[1] ?? 0);
            if (version > known) throw newer({ dir, kind, version, known, file });
          }),
        );
}

/** The error for a document of a newer version, which names it. */
export function newer(view: {
  readonly dir: string;
  readonly kind: string;
  readonly version: number;
  /** The newest version that this Usher knows. */
  readonly known: number;
  readonly file: string;
}): UsherError {
  return new UsherError("data-directory-newer", view);
}

function knownVersions(): readonly { readonly kind: string; readonly known: number }[] {
  const kinds = Map.groupBy(definedDocuments(), ({ kind }) => kind);
  return [...kinds].map(([kind, types]) => ({
    kind,
    known: Math.max(...types.map(({ version }) => version)),
  }));
}

/** The documents' files, folder by folder: the paths of all would be most of what a start needs memory for. */
async function* foldersOf(files: Files, folder: string): AsyncIterable<readonly string[]> {
  for (const shard of (await files.list(folder)).filter(isShard)) {
    const names = await files.list(join(folder, shard));
    yield names
      .filter((name) => nameOfFile(name) !== undefined)
      .map((name) => join(folder, shard, name));
  }
}
