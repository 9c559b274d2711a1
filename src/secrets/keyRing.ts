import { createSecretKey, type KeyObject } from "node:crypto";
import { statSync } from "node:fs";
import type { Files } from "../files/files.ts";
import { isInside, realPath } from "../files/realPath.ts";
import { ensureFolders, makeFile, replaceFile } from "../files/replaceFile.ts";
import { UsherError } from "../kernel/errors.ts";
import { declareFileAnywhere, folderOf, type FilePath } from "../privacy/declared.ts";
import { SECRETS } from "../privacy/records/keys.ts";
import { parseRing, ringText, withNewKey, withoutKey, type Ring } from "./ring.ts";
import { open, seal, type Bound } from "./seal.ts";

const ringFile = declareFileAnywhere("keys.file", SECRETS);

/** The first word of what a key of the ring has sealed: how it is written may change. */
const FORM = "v1";

export interface KeyRingDeps {
  readonly files: Files;
  /** Where the ring stands; absolute, outside the data directory. */
  readonly path: string;
  readonly dataDir: string;
  /** The system shuts the ring's folder for all but this service, and the group's bit is the mask of its list of who may read (systemd). */
  readonly groupMayRead?: boolean;
  /** The permission bits of a file that is there. */
  readonly mode?: (path: string) => number;
}

/**
 * The key ring in its file, which only its owner may read, apart from all that its keys open. Whatever does not fit is refused with a code; nothing is tried
 * with another key.
 */
export class KeyRing {
  readonly path: string;
  readonly #files: Files;
  readonly #dataDir: string;
  /** The bits of a mode that let others at it. */
  readonly #others: number;
  readonly #mode: (path: string) => number;
  #ring: Ring | undefined;

  private constructor({ files, path, dataDir, groupMayRead, mode = modeOf }: KeyRingDeps) {
    this.path = path;
    this.#files = files;
    this.#dataDir = dataDir;
    this.#others = groupMayRead === true ? 0o037 : 0o077;
    this.#mode = mode;
  }

  /**
   * Reads the ring. Rejects with `key-ring-inside`, `key-ring-open`, `key-ring-damaged` and `key-ring-unusable`. A ring that is not there has no keys
   * until `begin` makes the first.
   */
  static async read(deps: KeyRingDeps): Promise<KeyRing> {
    const ring = new KeyRing(deps);
    ring.#ring = await ring.#read();
    return ring;
  }

  get isThere(): boolean {
    return this.#ring !== undefined;
  }

  get primary(): string {
    return this.#known().primary;
  }

  get kids(): readonly string[] {
    return [...this.#known().keys.keys()];
  }

  has(kid: string): boolean {
    return this.#ring?.keys.has(kid) ?? false;
  }

  /**
   * Why the file would not serve the next start as it serves now: what `read` rejects with, `key-ring-missing`, `key-missing` where a key of now is not
   * in it, or `key-changed` where another has its name; undefined where it would.
   */
  async fault(): Promise<UsherError | undefined> {
    try {
      const ring = await this.#read();
      if (ring === undefined) return new UsherError("key-ring-missing", { file: this.path });
      for (const [kid, key] of this.#known().keys) {
        const there = ring.keys.get(kid);
        if (there === undefined) return new UsherError("key-missing", { kid, file: this.path });
        if (!there.equals(key)) return new UsherError("key-changed", { kid, file: this.path });
      }
      return undefined;
    } catch (error) {
      if (error instanceof UsherError) return error;
      throw error;
    }
  }

  /** Makes the ring with a first key, durably. Where another Usher has just made one there, that is the ring. */
  async begin(kid: string): Promise<void> {
    const ring = withNewKey(undefined, kid);
    const isNew = await this.#usable(async () => {
      const file = await this.#target();
      return await makeFile(this.#files, file, ringText(ring));
    });
    this.#ring = isNew ? ring : await this.#read();
  }

  /** Adds a key, which is the primary once it is on the disk. Nothing where it is there already. Rejects as `fault` says, and with `key-ring-unusable`. */
  async add(kid: string): Promise<void> {
    const ring = await this.#whole();
    await this.#write(ring.keys.has(kid) ? ring : withNewKey(ring, kid));
  }

  /**
   * Takes a key out for good. Whoever asks has made sure that nothing needs it. Rejects with `key-primary` also where it is the primary in the file alone: a
   * ring must have one.
   */
  async remove(kid: string): Promise<void> {
    const ring = await this.#whole();
    if (ring.primary === kid) throw new UsherError("key-primary", { kid });
    await this.#write(withoutKey(ring, kid));
  }

  /** Seals another key with the primary: `v1.<kid>.<nonce>.<tag>.<ciphertext>`. */
  wrap(key: KeyObject, bound: Bound): string {
    const { primary } = this.#known();
    const sealed = seal(this.#key(primary), key.export(), [FORM, primary, ...bound]);
    return `${FORM}.${primary}.${sealed}`;
  }

  /**
   * The key that was wrapped. Throws `key-missing` where the ring has no key of that kid, `data-key-unreadable` where that key does not open it: another one
   * has its kid, or what was wrapped is not whole, or is another's.
   */
  unwrap(wrapped: string, bound: Bound): KeyObject {
    const kid = kidOf(wrapped);
    const prefix = `${FORM}.${kid}.`;
    const bytes = wrapped.startsWith(prefix)
      ? open(this.#key(kid), wrapped.slice(prefix.length), [FORM, kid, ...bound])
      : undefined;
    if (bytes === undefined) throw new UsherError("data-key-unreadable", { kid, file: this.path });
    return createSecretKey(bytes);
  }

  /** The ring as it is in the file, with what an operator added there. A file that lacks a key of now is not written over. */
  async #whole(): Promise<Ring> {
    const fault = await this.fault();
    if (fault !== undefined) throw fault;
    return (await this.#read()) ?? this.#known();
  }

  #key(kid: string): KeyObject {
    const key = this.#ring?.keys.get(kid);
    if (key === undefined) throw new UsherError("key-missing", { kid, file: this.path });
    return key;
  }

  #known(): Ring {
    if (this.#ring === undefined) throw new UsherError("key-ring-missing", { file: this.path });
    return this.#ring;
  }

  async #read(): Promise<Ring | undefined> {
    // Each time: links can be changed.
    if (isInside(this.path, this.#dataDir))
      throw new UsherError("key-ring-inside", { file: this.path, dir: this.#dataDir });
    const text = await this.#usable(() => this.#files.read(this.path));
    if (text === undefined) return undefined;
    // Looked at before anything in it is used: what others could read they may have.
    if ((this.#mode(this.path) & this.#others) !== 0)
      throw new UsherError("key-ring-open", { file: this.path });
    const ring = parseRing(text);
    if (typeof ring === "number")
      throw new UsherError("key-ring-damaged", { file: this.path, line: ring || undefined });
    return ring;
  }

  /** On the disk first: what is wrapped with a key that only the memory knew would be lost with it. */
  async #write(ring: Ring): Promise<void> {
    await this.#usable(async () => {
      await replaceFile(this.#files, await this.#target(), ringText(ring));
    });
    this.#ring = ring;
  }

  /** Where the path leads, with its folder: what is put in the place of a link would leave the keys where the operator did not want them. */
  async #target(): Promise<FilePath> {
    const file = ringFile(realPath(this.path));
    await ensureFolders(this.#files, folderOf(file));
    return file;
  }

  async #usable<T>(action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof Error) || !("code" in error)) throw error;
      const { code } = error as NodeJS.ErrnoException;
      throw new UsherError("key-ring-unusable", { file: this.path, code }, { cause: error });
    }
  }
}

/** The kid that something was wrapped with. */
export function kidOf(wrapped: string): string {
  return wrapped.split(".")[1] ?? "";
}

function modeOf(path: string): number {
  return statSync(path).mode;
}
