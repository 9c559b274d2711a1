import { basename, dirname } from "node:path";
import type { Files, NewFile } from "../../src/files/files.ts";

interface Inode {
  /** What a reader sees. */
  text: string;
  /** What is certainly on the disk. */
  durable: string;
}
type Entries = Map<string, Inode | "folder">;
interface Folder {
  entries: Entries;
  durable: Entries;
  /** What happened to the names since the folder was last synced, in order. */
  pending: ((entries: Entries) => void)[];
}

/** Thrown by every call from the moment of the crash on. */
export class Crashed extends Error {}

function missing(path: string): Error {
  return Object.assign(new Error(`ENOENT ${path}`), { code: "ENOENT" });
}

/**
 * A file system in memory that stops at a chosen call, and then forgets what was not made durable: of a file that was not synced, any part
 * may be left, and of the names changed in a folder since its last sync, any number, oldest first, independently of every other folder.
 * That is less than most file systems promise.
 */
export class CrashingFiles implements Files {
  readonly #folders = new Map<string, Folder>([
    ["/", { entries: new Map(), durable: new Map(), pending: [] }],
  ]);
  #callsLeft = Infinity;
  #torn = 0;

  /** The crash comes at the `calls`-th call from now; if that writes, `torn` (0 to 1) of the text still arrives. */
  crashAfter(calls: number, torn: number): void {
    this.#callsLeft = calls;
    this.#torn = torn;
  }

  /** The process is gone, and nothing else: what it has done stays done. */
  restartProcess(): void {
    this.#callsLeft = Infinity;
  }

  /** The power is gone. `choose(n)` gives a number from 0 to n. */
  restartMachine(choose: (limit: number) => number): void {
    for (const folder of this.#folders.values()) {
      const kept = new Map(folder.durable);
      for (const happened of folder.pending.slice(0, choose(folder.pending.length))) happened(kept);
      Object.assign(folder, {
        entries: kept,
        durable: new Map(kept),
        pending: [],
      } satisfies Folder);
    }
    const inodes = [...this.#folders.values()].flatMap((folder) => [...folder.entries.values()]);
    for (const inode of new Set(inodes)) {
      if (inode === "folder" || inode.text === inode.durable) continue;
      inode.text = inode.text.slice(0, choose(inode.text.length));
      inode.durable = inode.text;
    }
    for (const path of this.#folders.keys()) if (!this.#reachable(path)) this.#folders.delete(path);
    this.#callsLeft = Infinity;
  }

  #reachable(path: string): boolean {
    return (
      path === "/" ||
      (this.#folders.get(dirname(path))?.entries.get(basename(path)) === "folder" &&
        this.#reachable(dirname(path)))
    );
  }

  /** Counts a call; throws instead of doing it once the crash has come. */
  #call(): void {
    if (this.#callsLeft <= 0) throw new Crashed();
    this.#callsLeft--;
    if (this.#callsLeft === 0) throw new Crashed();
  }

  #folder(path: string): Folder {
    const folder = this.#folders.get(path);
    if (folder === undefined) throw missing(path);
    return folder;
  }

  #change(path: string, happened: (entries: Entries) => void): void {
    const folder = this.#folder(path);
    happened(folder.entries);
    folder.pending.push(happened);
  }

  #inode(path: string): Inode | undefined {
    const found = this.#folders.get(dirname(path))?.entries.get(basename(path));
    return found === "folder" ? undefined : found;
  }

  async read(path: string): Promise<string | undefined> {
    await Promise.resolve();
    this.#call();
    return this.#inode(path)?.text;
  }

  async create(path: string): Promise<NewFile> {
    await Promise.resolve();
    this.#call();
    const inode = this.#inode(path) ?? { text: "", durable: "" };
    inode.text = "";
    this.#change(dirname(path), (entries) => entries.set(basename(path), inode));
    return {
      write: async (text) => {
        await Promise.resolve();
        try {
          this.#call();
        } catch (error) {
          if (inode.text === "") inode.text = text.slice(0, Math.floor(text.length * this.#torn));
          throw error;
        }
        inode.text += text;
      },
      sync: async () => {
        await Promise.resolve();
        this.#call();
        inode.durable = inode.text;
      },
      close: async () => {
        await Promise.resolve();
        this.#call();
      },
    };
  }

  async rename(from: string, to: string): Promise<void> {
    await Promise.resolve();
    this.#call();
    const inode = this.#inode(from);
    if (inode === undefined) throw missing(from);
    this.#change(dirname(to), (entries) => entries.set(basename(to), inode));
    this.#change(dirname(from), (entries) => entries.delete(basename(from)));
  }

  async link(from: string, to: string): Promise<boolean> {
    await Promise.resolve();
    this.#call();
    const inode = this.#inode(from);
    if (inode === undefined) throw missing(from);
    if (this.#folder(dirname(to)).entries.has(basename(to))) return false;
    this.#change(dirname(to), (entries) => entries.set(basename(to), inode));
    return true;
  }

  async remove(path: string): Promise<boolean> {
    await Promise.resolve();
    this.#call();
    if (this.#inode(path) === undefined) return false;
    this.#change(dirname(path), (entries) => entries.delete(basename(path)));
    return true;
  }

  async list(path: string): Promise<readonly string[]> {
    await Promise.resolve();
    this.#call();
    return [...(this.#folders.get(path)?.entries.keys() ?? [])];
  }

  async makeFolder(path: string): Promise<boolean> {
    await Promise.resolve();
    this.#call();
    if (this.#folder(dirname(path)).entries.has(basename(path))) return false;
    this.#folders.set(path, { entries: new Map(), durable: new Map(), pending: [] });
    this.#change(dirname(path), (entries) => entries.set(basename(path), "folder"));
    return true;
  }

  async syncFolder(path: string): Promise<void> {
    await Promise.resolve();
    this.#call();
    const folder = this.#folder(path);
    Object.assign(folder, { durable: new Map(folder.entries), pending: [] });
  }
}
