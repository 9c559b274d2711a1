import { createSecretKey, type KeyObject } from "node:crypto";
import { realpathSync, statSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import type { Files } from "../files/files.ts";
import { ensureFolders, replaceFile } from "../files/replaceFile.ts";
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
  /** The permission bits of a file that is there. */
  readonly mode?: (path: string) => number;
}

/**
 * The key ring in its file, which only its owner may read, apart from all that its keys open. Whatever does not fit is refused with a code; nothing is tried
 * with another key.
 */
export class KeyRing {
  readonly path: string;
  readonly #file: FilePath;
  readonly #files: Files;
  readonly #mode: (path: string) => number;
  #ring: Ring | undefined;

  private constructor({ files, path, mode = modeOf }: KeyRingDeps) {
    this.path = path;
    this.#file = ringFile(path);
    this.#files = files;
    this.#mode = mode;
  }

  /**
   * Reads the ring. Rejects with `key-ring-inside`, `key-ring-open`, `key-ring-damaged` and `key-ring-unusable`. A ring that is not there has no keys
   * until `begin` makes the first.
   */
  static async read(deps: KeyRingDeps): Promise<KeyRing> {
    const { path, dataDir } = deps;
    if (isInside(path, dataDir))
      throw new UsherError("key-ring-inside", { file: path, dir: dataDir });
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
   * Why the file would not serve the next start as it serves now: what `read` rejects with, `key-ring-missing`, or `key-missing` where a key of now is not
   * in it; undefined where it would.
   */
  async fault(): Promise<UsherError | undefined> {
    try {
      const ring = await this.#read();
      if (ring === undefined) return new UsherError("key-ring-missing", { file: this.path });
      const kid = this.kids.find((one) => !ring.keys.has(one));
      return kid === undefined
        ? undefined
        : new UsherError("key-missing", { kid, file: this.path });
    } catch (error) {
      if (error instanceof UsherError) return error;
      throw error;
    }
  }

  /** Makes the ring with a first key, durably. */
  begin(kid: string): Promise<void> {
    return this.#write(withNewKey(undefined, kid));
  }

  /** Adds a key, which is the primary once it is on the disk. Nothing where it is there already. Rejects as `fault` says, and with `key-ring-unusable`. */
  async add(kid: string): Promise<void> {
    const ring = await this.#whole();
    await this.#write(ring.keys.has(kid) ? ring : withNewKey(ring, kid));
  }

  /** Takes a key out for good, which is not the primary. Whoever asks has made sure that nothing needs it. */
  async remove(kid: string): Promise<void> {
    await this.#write(withoutKey(await this.#whole(), kid));
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
    const text = await this.#usable(() => this.#files.read(this.#file));
    if (text === undefined) return undefined;
    // Looked at before anything in it is used: what others could read they may have.
    if ((this.#mode(this.#file) & 0o077) !== 0)
      throw new UsherError("key-ring-open", { file: this.path });
    const ring = parseRing(text);
    if (typeof ring === "number")
      throw new UsherError("key-ring-damaged", { file: this.path, line: ring || undefined });
    return ring;
  }

  /** On the disk first: what is wrapped with a key that only the memory knew would be lost with it. */
  async #write(ring: Ring): Promise<void> {
    await this.#usable(async () => {
      await ensureFolders(this.#files, folderOf(this.#file));
      await replaceFile(this.#files, this.#file, ringText(ring));
    });
    this.#ring = ring;
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

/** Whether a path lies in a folder, whatever links lead there. Neither need be there. */
function isInside(path: string, folder: string): boolean {
  const way = relative(real(folder), real(path));
  return way !== ".." && !way.startsWith(`..${sep}`);
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const above = dirname(path);
    return above === path ? path : join(real(above), basename(path));
  }
}
