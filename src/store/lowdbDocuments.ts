import { dirname, join } from "node:path";
import { Low, type Adapter } from "lowdb";
import { nodeFiles, type Files } from "../files/files.ts";
import { ensureFolder, removeFile, replaceFile } from "../files/replaceFile.ts";
import type { Clock } from "../kernel/clock.ts";
import { deepFreeze } from "../kernel/freeze.ts";
import type { UserId } from "../kernel/ids.ts";
import { KeyedQueue } from "../kernel/tasks.ts";
import { folderOf, type FilePath } from "../privacy/declared.ts";
import { DocumentCache, type Stored } from "./documentCache.ts";
import { peopleIn, type Documents, type DocumentType } from "./documents.ts";
import { openEnvelope, sealEnvelope, type Envelope, type QuarantineReason } from "./envelope.ts";
import { EnvelopeAdapter, Unreadable } from "./envelopeAdapter.ts";
import { isShard, nameOfFile, prepareLayout, type Layout } from "./layout.ts";
import { takeDataDirectory } from "./lock.ts";
import { newer } from "./newer.ts";

export interface Quarantined extends Readonly<{ kind: string; reason: QuarantineReason }> {
  /** Where it lies now. */
  readonly file: string;
}

export interface DocumentsOptions {
  /** The data directory; absolute. */
  readonly dir: string;
  readonly clock: Clock;
  readonly onQuarantine: (found: Quarantined) => void;
  /** Those of the system unless given. */
  readonly files?: Files;
}

/** How many documents are kept in memory as they are on disk. */
const CACHED = 1_000;
/** How many files a scan reads at once. */
const SCANNED_AT_ONCE = 8;

/**
 * Opens the data directory for this process alone, on lowdb: one file for each document. What is stored is readable by its owner only.
 * Throws `data-directory-in-use`, `data-directory-not-writable`, `data-directory-key-missing`.
 */
export async function openDocuments(options: DocumentsOptions): Promise<Documents> {
  const release = takeDataDirectory(options.dir);
  try {
    return await openUnlocked(options, options.files ?? nodeFiles, release);
  } catch (error) {
    release();
    throw error;
  }
}

/** As `openDocuments`, on any file system, for one who holds the directory already. */
export async function openUnlocked(
  options: DocumentsOptions,
  files: Files,
  release: () => void,
): Promise<Documents> {
  return new LowdbDocuments(options, files, await prepareLayout(files, options.dir), release);
}

interface StoredFile extends Readonly<Record<"kind" | "name", string>> {
  readonly path: FilePath;
}

class LowdbDocuments implements Documents {
  readonly #options: DocumentsOptions;
  readonly #files: Files;
  readonly #layout: Layout;
  readonly #release: () => void;
  readonly #cache = new DocumentCache(CACHED);
  readonly #folders = new Set<string>();
  /** For each scan under way, the paths of what was written or deleted since it read ahead. */
  readonly #scans = new Set<Set<string>>();
  readonly #queue = new KeyedQueue((error) => {
    throw error;
  });
  #closed = false;

  constructor(options: DocumentsOptions, files: Files, layout: Layout, release: () => void) {
    this.#options = options;
    this.#files = files;
    this.#layout = layout;
    this.#release = release;
  }

  async get<T extends object>(type: DocumentType<T>, id: string): Promise<T | undefined> {
    const place = this.#place(type.kind, this.#layout.name(type.kind, id));
    const known =
      this.#cached<T>(place) ?? (await this.#locked(place, () => this.#load(type, place, true)));
    return known?.document;
  }

  update<T extends object>(
    type: DocumentType<T>,
    id: string,
    change: (current: T) => T,
  ): Promise<T> {
    const place = this.#place(type.kind, this.#layout.name(type.kind, id));
    return this.#locked(place, async () => {
      const current = (await this.#load(type, place, true))?.document ?? deepFreeze(type.empty(id));
      const next = change(current);
      if (next === current) return current;
      return await this.#write(type, place, id, next);
    });
  }

  /** With it go its backups. What was quarantined stays: it could not be told what is in it. */
  delete<T extends object>(type: DocumentType<T>, id: string): Promise<boolean> {
    const place = this.#place(type.kind, this.#layout.name(type.kind, id));
    return this.#locked(place, async () => {
      this.#forget(place);
      for (let version = 1; version < type.version; version++) {
        await removeFile(this.#files, this.#layout.backup(place.kind, place.name, version));
      }
      return await removeFile(this.#files, place.path);
    });
  }

  deleteFormer<T extends object>(
    type: DocumentType<T>,
    id: string,
    isSuch: (text: string) => boolean,
  ): Promise<void> {
    const place = this.#place(type.kind, this.#layout.name(type.kind, id));
    return this.#locked(place, async () => {
      for (let version = 1; version < type.version; version++) {
        const path = this.#layout.backup(place.kind, place.name, version);
        const text = await this.#files.read(path);
        if (text !== undefined && isSuch(text)) await removeFile(this.#files, path);
      }
    });
  }

  async *scan<T extends object>(type: DocumentType<T>): AsyncIterable<Stored<T>> {
    const folder = this.#layout.kindFolder(type.kind);
    const shards = (await this.#files.list(folder)).filter(isShard);
    const read = (place: StoredFile): Promise<Stored<T> | undefined> =>
      this.#locked(place, () => this.#load(type, place, false));
    const changed = new Set<string>();
    this.#scans.add(changed);
    try {
      for (const shard of shards) {
        const names = (await this.#files.list(join(folder, shard)))
          .map(nameOfFile)
          .filter((name) => name !== undefined);
        for (let from = 0; from < names.length; from += SCANNED_AT_ONCE) {
          changed.clear();
          const places = names
            .slice(from, from + SCANNED_AT_ONCE)
            .map((name) => this.#place(type.kind, name));
          const found = await Promise.all(
            places.map(async (place) => ({ place, ahead: await read(place) })),
          );
          for (const { place, ahead } of found) {
            // Whoever is handed what is gone, and updates it, would bring it back.
            const stored = changed.has(place.path) ? await read(place) : ahead;
            if (stored !== undefined) yield stored;
          }
        }
      }
    } finally {
      this.#scans.delete(changed);
    }
  }

  async *aboutPerson<T extends object>(
    type: DocumentType<T>,
    person: UserId,
  ): AsyncIterable<Stored<T>> {
    for await (const stored of this.scan(type))
      if (peopleIn(type, stored.document).has(person)) yield stored;
  }

  async countPutAside<T extends object>({ kind }: DocumentType<T>, id?: string): Promise<number> {
    const name = id === undefined ? undefined : this.#layout.name(kind, id);
    const files = await this.#files.list(this.#layout.quarantineFolder());
    return files.filter((file) => this.#layout.isQuarantined(file, kind, name)).length;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#queue.idle();
    this.#release();
  }

  #place(kind: string, name: string): StoredFile {
    return { kind, name, path: this.#layout.document(kind, name) };
  }

  /** One at a time for each document. */
  #locked<T>(place: StoredFile, task: () => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new Error("The documents are closed."));
    return this.#queue.inTurn(place.path, task);
  }

  #cached<T>(place: StoredFile): Stored<T> | undefined {
    return this.#cache.get(place.path) as Stored<T> | undefined;
  }

  /** What is known of it, here and by scans, is the past. */
  #forget({ path }: StoredFile): void {
    this.#cache.delete(path);
    for (const changed of this.#scans) changed.add(path);
  }

  #low(place: StoredFile, data: Envelope | null): Low<Envelope | null> {
    return new Low<Envelope | null>(
      new EnvelopeAdapter(
        this.#files,
        place.path,
        this.#layout.temporary(place.kind, place.name),
      ) as Adapter<Envelope | null>,
      data,
    );
  }

  async #load<T extends object>(
    type: DocumentType<T>,
    place: StoredFile,
    remember: boolean,
  ): Promise<Stored<T> | undefined> {
    const known = this.#cached<T>(place);
    if (known !== undefined) return known;
    const low = this.#low(place, null);
    try {
      await low.read();
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      return await this.#putAside(place, error.reason);
    }
    const envelope = low.data;
    if (envelope === null) return undefined;
    const opened = openEnvelope(
      type,
      envelope,
      (id) => this.#layout.name(place.kind, id) === place.name,
    );
    // Not damaged: a newer Usher reads it. Putting every document aside would make going back to that one a repair.
    if (!opened.ok && opened.reason === "newer-version")
      throw newer({
        dir: this.#options.dir,
        kind: place.kind,
        version: envelope.version,
        known: type.version,
        file: place.path,
      });
    if (!opened.ok) return await this.#putAside(place, opened.reason);
    if (opened.oldVersion !== undefined) {
      await this.#backUp(place, envelope);
      await this.#write(type, place, envelope.id, opened.document);
    }
    const stored = { id: envelope.id, document: opened.document };
    if (remember) this.#cache.put(place.path, stored);
    return stored;
  }

  async #write<T extends object>(
    type: DocumentType<T>,
    place: StoredFile,
    id: string,
    document: T,
  ): Promise<T> {
    const sealed = sealEnvelope(type, id, document);
    await this.#folder(this.#layout.kindFolder(place.kind));
    await this.#folder(folderOf(place.path));
    try {
      await this.#low(place, sealed).write();
    } catch (error) {
      // Whether the old or the new one is on the disk is not known any more.
      this.#forget(place);
      throw error;
    }
    this.#forget(place);
    this.#cache.put(place.path, { id, document: sealed.document });
    return sealed.document;
  }

  async #backUp(place: StoredFile, envelope: Envelope): Promise<void> {
    const path = this.#layout.backup(place.kind, place.name, envelope.version);
    await this.#folder(folderOf(path));
    await replaceFile(this.#files, path, JSON.stringify(envelope), {
      temporary: this.#layout.temporary(place.kind, place.name),
    });
  }

  async #putAside(place: StoredFile, reason: QuarantineReason): Promise<undefined> {
    const file = this.#layout.quarantine(place.kind, place.name, this.#options.clock.now());
    await this.#files.rename(place.path, file);
    // In this order it is never in neither place.
    await this.#files.syncFolder(dirname(file));
    await this.#files.syncFolder(dirname(place.path));
    this.#options.onQuarantine({ kind: place.kind, reason, file });
  }

  async #folder(path: FilePath): Promise<void> {
    if (this.#folders.has(path)) return;
    await ensureFolder(this.#files, path);
    this.#folders.add(path);
  }
}
