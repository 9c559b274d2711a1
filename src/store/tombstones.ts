import { z } from "zod";
import { nodeFiles, type Files } from "../files/files.ts";
import { makeFolders } from "../files/folders.ts";
import { replaceFile } from "../files/replaceFile.ts";
import type { Clock } from "../kernel/clock.ts";
import type { RoomId, UserId } from "../kernel/ids.ts";
import { earlierOf, laterOf } from "../kernel/otherClock.ts";
import { declareFileAnywhere, folderOf, type FilePath } from "../privacy/declared.ts";
import { held } from "../privacy/fields.ts";
import { keptSince } from "../privacy/kept.ts";
import { TOMBSTONE } from "../privacy/records/tombstones.ts";
import { defineDocument, type Documents } from "./documents.ts";
import type { ErasureRequest } from "./erasures.ts";
import { hashesOf } from "./layout.ts";

const tombstone = z.strictObject({
  /** One higher for each that follows. */
  number: z.int(),
  /** Keyed hashes: of the person's id, of the erasure, and where less than all is meant of the ids of the room and of the thing. */
  who: z.string(),
  erasure: z.string(),
  room: z.string().optional(),
  item: z.string().optional(),
  /** Where less than all is meant: what is of this kind. */
  kind: z.string().optional(),
  /** When it was last done; ms since the epoch. */
  at: z.number(),
});
export type Tombstone = z.infer<typeof tombstone>;

const fileSchema = z.strictObject({
  version: z.literal(1),
  /** The number of the newest there has been. */
  last: z.int(),
  erased: z.array(tombstone),
});
type TombstonesFile = z.infer<typeof fileSchema>;

/** Of the tombstones those that this data directory has seen: one that was restored from a backup has seen fewer. One document, id `self`. */
const tombstonesSeenDocument = defineDocument({
  kind: "tombstones-seen",
  version: 1,
  shape: { last: held(TOMBSTONE, z.int()) },
  empty: () => ({ last: 0 }),
  migrations: {},
  // The tombstones themselves stand in their file.
  since: { [TOMBSTONE.id]: () => [] },
});

const tombstonesFile = declareFileAnywhere("tombstonesFile", TOMBSTONE);

interface TombstonesDeps {
  readonly files: Files;
  /** Where they stand: outside the data directory. */
  readonly path: string;
  /** Makes keyed hashes with a key that stands inside. */
  readonly hash: (text: string) => string;
  readonly documents: Documents;
  readonly clock: Clock;
}

/** Whose erasure it is, and what alone was meant. */
export interface Erased {
  readonly person: UserId;
  /** The id of the erasure: repeated, it is the same tombstone. */
  readonly erasure: string;
  readonly only: NonNullable<ErasureRequest["only"]>;
}

/**
 * Who was erased, kept apart from what is erased (D18). Tombstones are numbered, and the data directory holds the number of the newest that it has seen: so it shows
 * whether it is older than an erasure, whatever the times in its documents say.
 */
export class Tombstones {
  readonly #deps: TombstonesDeps;
  readonly #path: FilePath;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(deps: TombstonesDeps) {
    this.#deps = deps;
    this.#path = tombstonesFile(deps.path);
  }

  /** Before anything goes: whatever is restored from then on is erased again. Rejects where it cannot be written. */
  set({ person, erasure: id, only }: Erased): Promise<void> {
    return this.#inTurn(async () => {
      const { clock, documents } = this.#deps;
      const { last, erased } = await this.#read();
      const { last: seen } = await this.#seen();
      const erasure = this.#deps.hash(`erasure ${id}`);
      const known = erased.find((one) => one.erasure === erasure);
      const number = known?.number ?? Math.max(last, seen) + 1;
      const next: Tombstone = {
        number,
        who: this.hashOfPerson(person),
        erasure,
        ...this.#hashed(only),
        at: laterOf(clock),
      };
      const others = erased.filter((one) => one !== known);
      await this.#write({ version: 1, last: Math.max(last, number), erased: [...others, next] });
      await documents.update(tombstonesSeenDocument, "self", (document) =>
        document.last < number ? { last: number } : document,
      );
    });
  }

  /** Those that this data directory has not seen, oldest first. Rejects where they cannot be read. */
  async unseen(): Promise<readonly Tombstone[]> {
    const { last } = await this.#seen();
    const { erased } = await this.#read();
    return erased.filter(({ number }) => number > last).sort((a, b) => a.number - b.number);
  }

  /** Whether this data directory has seen some that are not there any more: the file was lost, or an older one stands in its place. */
  async areLost(): Promise<boolean> {
    return (await this.#seen()).last > (await this.#read()).last;
  }

  /** What they ask for has been done here. */
  async haveSeen(tombstones: readonly Tombstone[]): Promise<void> {
    const newest = Math.max(0, ...tombstones.map(({ number }) => number));
    await this.#deps.documents.update(tombstonesSeenDocument, "self", (document) =>
      document.last < newest ? { last: newest } : document,
    );
  }

  /** Deletes those that no backup can be as old as. */
  sweep(): Promise<void> {
    return this.#inTurn(async () => {
      const since = keptSince(TOMBSTONE, earlierOf(this.#deps.clock));
      const { erased, ...file } = await this.#read();
      const kept = dated(erased).flatMap(({ at, tombstone }) => (at >= since ? [tombstone] : []));
      if (kept.length < erased.length) await this.#write({ ...file, erased: kept });
    });
  }

  /** When each was made that there is; ms since the epoch. */
  async heldSince(): Promise<readonly number[]> {
    return dated((await this.#read()).erased).map(({ at }) => at);
  }

  hashOfPerson(person: UserId): string {
    return this.#deps.hash(`erased person ${person}`);
  }

  hashOfRoom(room: RoomId): string {
    return this.#deps.hash(`erased in room ${room}`);
  }

  hashOfItem(id: string): string {
    return this.#deps.hash(`erased item ${id}`);
  }

  /** What else may be meant alone does not compile until it is here: a tombstone without it would mean everything. */
  #hashed({
    room,
    kind,
    item,
    ...more
  }: Erased["only"]): Pick<Tombstone, "room" | "kind" | "item"> {
    more satisfies Readonly<Record<string, never>>;
    return {
      ...(room === undefined ? {} : { room: this.hashOfRoom(room) }),
      ...(kind === undefined ? {} : { kind }),
      ...(item === undefined ? {} : { item: this.hashOfItem(item) }),
    };
  }

  async #seen(): Promise<{ readonly last: number }> {
    return (await this.#deps.documents.get(tombstonesSeenDocument, "self")) ?? { last: 0 };
  }

  async #read(): Promise<TombstonesFile> {
    const text = await this.#deps.files.read(this.#path);
    return text === undefined
      ? { version: 1, last: 0, erased: [] }
      : fileSchema.parse(JSON.parse(text));
  }

  async #write(file: TombstonesFile): Promise<void> {
    makeFolders(folderOf(this.#path));
    await replaceFile(this.#deps.files, this.#path, `${JSON.stringify(file)}\n`);
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

/**
 * Since when each is kept: it was made after those with lower numbers, whatever the clock said, as that of a machine without a battery right after its start. Too early
 * a time would let it go while there still are backups from before it.
 */
function dated(
  erased: readonly Tombstone[],
): readonly { readonly tombstone: Tombstone; readonly at: number }[] {
  let latest = Number.NEGATIVE_INFINITY;
  return erased
    .toSorted((a, b) => a.number - b.number)
    .map((tombstone) => {
      latest = Math.max(latest, tombstone.at);
      return { tombstone, at: latest };
    });
}

/** The tombstones of a data directory, in the file that the configuration names. */
export async function openTombstones(
  { dataDir, tombstonesFile }: { readonly dataDir: string; readonly tombstonesFile: string },
  stored: Pick<TombstonesDeps, "documents" | "clock">,
): Promise<Tombstones> {
  const hash = await hashesOf(nodeFiles, dataDir);
  return new Tombstones({ ...stored, files: nodeFiles, path: tombstonesFile, hash });
}
