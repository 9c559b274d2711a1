import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/kernel/clock.ts";
import type { EventId } from "../../src/kernel/ids.ts";
import type { Documents } from "../../src/store/documents.ts";
import { nodeFiles, type Files } from "../../src/files/files.ts";
import { openDocuments, openUnlocked } from "../../src/store/lowdbDocuments.ts";
import { roomDocument } from "../../src/store/room.ts";
import { random } from "../harness/random.ts";

const FILLED_AT_ONCE = 32;

/** Times of durable writes of one document, by how many there are, ms. The stores take turns, write by write. */
export async function writes(
  sizes: readonly number[],
  rounds: number,
): Promise<ReadonlyMap<number, number[]>> {
  const folder = await mkdtemp(join(tmpdir(), "usher-bench-"));
  const stores: {
    readonly size: number;
    readonly documents: Documents;
    readonly times: number[];
  }[] = [];
  try {
    for (const size of sizes) {
      const dir = join(folder, String(size));
      await fill(dir, size, (documents, index) =>
        documents.update(roomDocument, roomNamed(index), (room) => ({ ...room, greetedAt: 1 })),
      );
      stores.push({
        size,
        documents: await openDocuments({ dir, clock: systemClock, onQuarantine: lost }),
        times: [],
      });
    }
    const next = random(1);
    for (let round = -10; round < rounds; round += 1) {
      for (const { size, documents, times } of stores) {
        const id = roomNamed(Math.floor(next() * size));
        const event = `$event${String(round)}` as EventId;
        // Read before, as a command's document is when it is written.
        await documents.get(roomDocument, id);
        const begin = performance.now();
        await documents.update(roomDocument, id, (room) => ({
          ...room,
          handled: [...room.handled, event],
        }));
        if (round >= 0) times.push(performance.now() - begin);
      }
    }
    return new Map(stores.map(({ size, times }) => [size, times]));
  } finally {
    for (const { documents } of stores) await documents.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Makes the documents without waiting for the disk each time. */
export async function fill(
  dir: string,
  size: number,
  make: (documents: Documents, index: number) => Promise<unknown>,
): Promise<void> {
  const files: Files = {
    ...nodeFiles,
    create: async (path) => ({ ...(await nodeFiles.create(path)), sync: () => Promise.resolve() }),
    syncFolder: () => Promise.resolve(),
  };
  const documents = await openUnlocked(
    { dir, clock: systemClock, onQuarantine: lost },
    files,
    () => undefined,
  );
  let made = 0;
  const worker = async (): Promise<void> => {
    while (made < size) await make(documents, made++);
  };
  await Promise.all(Array.from({ length: FILLED_AT_ONCE }, worker));
  await documents.close();
}

function roomNamed(number: number): string {
  return `!room${String(number)}:bench.test`;
}

function lost(): never {
  throw new Error("A document was quarantined");
}
