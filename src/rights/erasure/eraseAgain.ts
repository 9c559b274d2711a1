import type { UserId } from "../../kernel/ids.ts";
import { errorFields, type Log } from "../../kernel/log.ts";
import { makeStandIn, type Scope } from "../../privacy/erased.ts";
import type { Documents } from "../../store/documents.ts";
import { erasureDocument } from "../../store/erasures.ts";
import { roomDocument, type RoomDocument } from "../../store/room.ts";
import type { Tombstone, Tombstones } from "../../store/tombstones.ts";
import type { Holding } from "../holdings/holding.ts";

interface EraseAgainDeps {
  readonly tombstones: Pick<
    Tombstones,
    "unseen" | "areLost" | "haveSeen" | "hashOfPerson" | "hashOfRoom" | "hashOfItem"
  >;
  /** What lies in the data directory, in the order in which it is erased. */
  readonly holdings: readonly Pick<Holding, "people" | "erase">[];
  readonly documents: Documents;
  /** Forgets what goes last of a person. */
  readonly forgetLast: (person: UserId) => Promise<void>;
  /** What a kind keeps of rooms. */
  readonly partOf: (kind: string) => Scope["part"];
  readonly log: Log;
}

/**
 * Erases again whom a restored backup has brought back, before anybody is answered. All that stands in a data directory that has not seen an erasure is older than
 * that; who came back after it stands in one that has. Tombstones that cannot be read are told of, and end no start: most data directories are not restored.
 * Rejects where what is stored cannot be changed.
 */
export async function eraseAgain(deps: EraseAgainDeps): Promise<void> {
  const { tombstones, log } = deps;
  let unseen: readonly Tombstone[];
  try {
    if (await tombstones.areLost()) log.error({ class: "ops", what: "tombstones.lost" });
    unseen = await tombstones.unseen();
  } catch (error) {
    log.error({ class: "ops", what: "tombstones.unreadable", ...errorFields(error) });
    return;
  }
  if (unseen.length === 0) return;
  const found = new Map<string, UserId>();
  for (const holding of deps.holdings)
    for await (const person of holding.people()) found.set(tombstones.hashOfPerson(person), person);
  let count = 0;
  for (const tombstone of unseen) {
    const person = found.get(tombstone.who);
    if (person === undefined) continue;
    await eraseOne(deps, tombstone, person);
    count += 1;
  }
  await tombstones.haveSeen(unseen);
  log.warn({ class: "audit", what: "tombstones.erased-again", count });
}

async function eraseOne(deps: EraseAgainDeps, tombstone: Tombstone, person: UserId): Promise<void> {
  const { tombstones, holdings, documents, forgetLast, partOf } = deps;
  const { kind, room, item } = tombstone;
  const part = kind === undefined ? undefined : partOf(kind);
  // Of a kind that this Usher does not have.
  if (kind !== undefined && part === undefined) return;
  const forgotten = { person, standIn: makeStandIn() };
  const erase = async (scope: Scope): Promise<void> => {
    for (const holding of holdings) await holding.erase(forgotten, scope);
  };
  if (room === undefined && item === undefined) {
    await erase({ part });
    if (part !== undefined) return;
    await forgetLast(person);
    await documents.delete(erasureDocument, person);
    return;
  }
  for await (const { document } of documents.scan(roomDocument)) {
    if (room !== undefined && tombstones.hashOfRoom(document.id) !== room) continue;
    const meant =
      item === undefined
        ? [undefined]
        : idsIn(document).filter((id) => tombstones.hashOfItem(id) === item);
    for (const one of meant) await erase({ part, room: document.id, item: one });
  }
}

/** The ids of all things in a room's lists. */
function idsIn(document: RoomDocument): readonly string[] {
  const entries = Object.values(document).filter(Array.isArray).flat() as readonly unknown[];
  const ids = entries.flatMap((entry) =>
    typeof entry === "object" && entry !== null && "id" in entry && typeof entry.id === "string"
      ? [entry.id]
      : [],
  );
  return [...new Set(ids)];
}
