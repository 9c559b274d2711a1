import type { Part } from "../matrix/part.ts";
import type { CountRoom, Failures, PartSweep } from "../retention/retention.ts";
import type { Documents } from "../store/documents.ts";
import { roomDocument, type RoomDocument } from "../store/room.ts";

/** What of a part sweeps. */
export type Sweeper = Pick<Part, "name" | "sweep" | "sweepRoom">;
export type Sweepers = Readonly<Record<PartSweep, Sweeper>>;

interface Sweep {
  readonly parts: readonly Sweeper[];
  /** Which of them do what the data map asks for. */
  readonly sweepers: Sweepers;
  readonly documents: Documents;
  /** Sees each room before anything of it goes. */
  readonly see?: (room: RoomDocument) => void;
}

/** Has all parts sweep, and looks at every stored room once. Resolves with what failed, after trying all. */
export async function sweepAll(
  { parts, sweepers, documents, see }: Sweep,
  count: CountRoom,
): Promise<Failures> {
  const failures = new Map<string, readonly Error[]>();
  const trying = async (part: Sweeper, work: Promise<void> | undefined): Promise<void> => {
    try {
      await work;
    } catch (error) {
      const failure = error instanceof Error ? error : new Error("sweep", { cause: error });
      const names = Object.entries(sweepers).filter(([, sweeper]) => sweeper === part);
      for (const [name] of names.length === 0 ? [[part.name] as const] : names)
        failures.set(name, [...(failures.get(name) ?? []), failure]);
    }
  };
  for (const part of parts) await trying(part, part.sweep?.());
  for await (const { document } of documents.scan(roomDocument)) {
    see?.(document);
    await count(document, async () => {
      for (const part of parts) await trying(part, part.sweepRoom?.(document));
    });
  }
  return failures;
}
