import { createHmac, randomBytes } from "node:crypto";
import { dirname } from "node:path";
import { dataFolder } from "../files/dataFolder.ts";
import type { Files } from "../files/files.ts";
import { ensureFolder, replaceFile } from "../files/replaceFile.ts";
import { UsherError } from "../kernel/errors.ts";
import { declareFile, declareFilesIn, DOCUMENTS, type FilePath } from "../privacy/declared.ts";
import { PUT_ASIDE } from "../privacy/records/operators.ts";
import { SECRETS } from "../privacy/records/keys.ts";

const keyFileIn = declareFile("names.key", SECRETS);
const documents = declareFilesIn("documents", DOCUMENTS);
const backups = declareFilesIn("backups", DOCUMENTS);
const quarantined = declareFilesIn("quarantine", PUT_ASIDE);
const writing = declareFilesIn("writing", DOCUMENTS);
const KEY = /^[0-9a-f]{64}$/;

/**
 * Where everything lies in the data directory:
 *
 *     names.key                                 what file names are made with
 *     documents/<kind>/<2 digits>/<name>.json   one document each
 *     backups/<kind>/<name>.v<version>.json     as they were before a migration; one for each document and version
 *     quarantine/<when>-<kind>-<name>-….json    those that could not be read
 *     writing/                                  what is being written; emptied at each start
 *
 * A name is the HMAC of the document's kind and id under a key of this directory's own: a listing of the files tells nobody which
 * rooms and people are in it, and only who knows an id finds its files (also the backups and the quarantined, for an erasure).
 * The two digits keep folders small, so that a write costs the same however many documents there are.
 */
export class Layout {
  readonly #dir: string;
  readonly #key: Buffer;

  constructor(dir: string, key: Buffer) {
    this.#dir = dir;
    this.#key = key;
  }

  name(kind: string, id: string): string {
    return createHmac("sha256", this.#key).update(`${kind}:${id}`).digest("hex");
  }

  kindFolder(kind: string): FilePath {
    return documents(this.#dir, kind);
  }

  document(kind: string, name: string): FilePath {
    return documents(this.#dir, kind, name.slice(0, 2), `${name}.json`);
  }

  backup(kind: string, name: string, version: number): FilePath {
    return backups(this.#dir, kind, `${name}.v${String(version)}.json`);
  }

  quarantine(kind: string, name: string, now: number): FilePath {
    const when = new Date(now).toISOString().replace(/[:.]/g, "-");
    return quarantined(this.#dir, `${when}-${kind}-${name}-${randomBytes(3).toString("hex")}.json`);
  }

  /** Whether a file of the folder of the quarantined is of this kind, and has this name where one is said. */
  isQuarantined(file: string, kind: string, name = "[0-9a-f]{64}"): boolean {
    return new RegExp(`^[-0-9T]+Z-${kind}-${name}-[0-9a-f]{6}\\.json$`).test(file);
  }

  /** Where the quarantined lie. */
  quarantineFolder(): string {
    return quarantined(this.#dir);
  }

  /** One for each document is enough: whoever writes it holds its lock. */
  temporary(kind: string, name: string): FilePath {
    return writing(this.#dir, `${kind}-${name}.json`);
  }
}

/** Makes keyed hashes with the key of a data directory that is open: whoever has a text and not the key cannot tell its hash. */
export async function hashesOf(files: Files, dir: string): Promise<(text: string) => string> {
  const key = await files.read(keyFileIn(dir));
  if (key === undefined) throw new UsherError("data-directory-key-missing", { dir, file: dir });
  return (text) => createHmac("sha256", Buffer.from(key.trim(), "hex")).update(text).digest("hex");
}

/** The texts of all that was put aside because it could not be read. */
export async function* textsPutAside(files: Files, dir: string): AsyncIterable<string> {
  for (const name of await files.list(quarantined(dir))) {
    const text = await files.read(quarantined(dir, name));
    if (text !== undefined) yield text;
  }
}

/** Whether that is one of the folders that a kind's documents are spread over. */
export function isShard(folder: string): boolean {
  return /^[0-9a-f]{2}$/.test(folder);
}

/** The name that a file in a document folder has, undefined if it is none of ours. */
export function nameOfFile(file: string): string | undefined {
  return /^([0-9a-f]{64})\.json$/.exec(file)?.[1];
}

/**
 * Makes what is missing in a data directory, removes what a former process was writing when it ended, and reads the key.
 * Throws `data-directory-key-missing` where there are documents that nobody could find any more.
 */
export async function prepareLayout(files: Files, dir: string): Promise<Layout> {
  await ensureFolder(files, dataFolder(dir));
  for (const folder of [documents, backups, quarantined, writing])
    await files.makeFolder(folder(dir));
  // A process that was killed may have left folders that are seen and not yet on the disk; what is written into them would go with them.
  const kinds = (await files.list(documents(dir))).map((kind) => documents(dir, kind));
  for (const folder of [dir, documents(dir), backups(dir), ...kinds])
    await files.syncFolder(folder);
  for (const left of await files.list(writing(dir))) await files.remove(writing(dir, left));

  const keyFile = keyFileIn(dir);
  let text = (await files.read(keyFile))?.trim();
  if (text === undefined && (await files.list(documents(dir))).length === 0) {
    text = randomBytes(32).toString("hex");
    await replaceFile(files, keyFile, `${text}\n`, {
      temporary: keyFileIn(writing(dir)),
    });
  }
  if (text === undefined || !KEY.test(text))
    throw new UsherError("data-directory-key-missing", { dir, file: keyFile });
  return new Layout(dirname(keyFile), Buffer.from(text, "hex"));
}
