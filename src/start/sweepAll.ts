import type { Part } from "../matrix/part.ts";
import type { Failures } from "../retention/classRuns.ts";
import type { PartSweep, Pass } from "../retention/retention.ts";
import { definedDocuments, type Documents } from "../store/documents.ts";
import { roomDocument, type RoomDocument } from "../store/room.ts";

/** What of a part sweeps. */
export type Sweeper = Pick<Part, "name" | "sweep" | "sweepRoom" | "sweeps" | "passBegins" | "sees">;
export type Sweepers = Readonly<Record<PartSweep, Sweeper>>;

interface Sweep {
  readonly parts: readonly Sweeper[];
  /** Which of them do what the data map asks for. */
  readonly sweepers: Sweepers;
  readonly documents: Documents;
  /** Sees each room before anything of it goes. */
  readonly see?: (room: RoomDocument) => void;
  /** Comes between two documents, where others have something to do meanwhile. Where it rejects, so does the sweep. */
  readonly breathe?: () => Promise<void>;
}

/** Has all parts sweep, in one pass over all that is stored. Resolves with what failed, after trying all. */
export async function sweepAll(
  { parts, sweepers, documents, see, breathe }: Sweep,
  pass: Pass,
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
  for (const part of parts) part.passBegins?.();
  for (const type of definedDocuments().filter(({ kind }) => kind !== roomDocument.kind))
    for await (const stored of documents.scan(type)) {
      for (const part of parts) part.sees?.(type, stored);
      pass.count(type, stored.document);
      await breathe?.();
    }
  for await (const stored of documents.scan(roomDocument)) {
    const { document } = stored;
    see?.(document);
    for (const part of parts) part.sees?.(roomDocument, stored);
    await pass.countRoom(document, async () => {
      for (const part of parts) await trying(part, part.sweepRoom?.(document));
    });
    await breathe?.();
  }
  for (const part of parts)
    if (part.sweeps === undefined || pass.isDue(part.sweeps.id)) await trying(part, part.sweep?.());
  return failures;
}
