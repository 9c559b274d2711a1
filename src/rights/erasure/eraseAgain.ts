import type { Clock } from "../../kernel/clock.ts";
import type { UserId } from "../../kernel/ids.ts";
import { errorFields, type Log } from "../../kernel/log.ts";
import { makeStandIn, type Scope } from "../../privacy/erased.ts";
import type { Documents } from "../../store/documents.ts";
import { erasureDocument, handWorkDocument, receiptDocument } from "../../store/erasures.ts";
import { roomDocument, type RoomDocument } from "../../store/room.ts";
import type { Tombstone, Tombstones } from "../../store/tombstones.ts";
import type { ByHand, ThingByHand } from "../holdings/byHand.ts";
import type { Holding } from "../holdings/holding.ts";
import { makeReceipt } from "./erasureRequest.ts";
import { receiptAfter } from "./receipts.ts";

interface EraseAgainDeps {
  readonly tombstones: Pick<
    Tombstones,
    "unseen" | "areLost" | "haveSeen" | "hashOfPerson" | "hashOfRoom" | "hashOfItem"
  >;
  /** What lies in the data directory, in the order in which it is erased. */
  readonly holdings: readonly Pick<Holding, "people" | "erase">[];
  readonly documents: Documents;
  /** What operators must erase by hand: whoever restores a backup loses what they were told of it. */
  readonly byHand: Pick<ByHand, "things">;
  readonly clock: Clock;
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
  const { holdings, documents, forgetLast, partOf } = deps;
  const { kind, room, item } = tombstone;
  const part = kind === undefined ? undefined : partOf(kind);
  // Of a kind that this Usher does not have.
  if (kind !== undefined && part === undefined) return;
  const all = room === undefined && item === undefined;
  const scopes = all ? [{ part }] : await scopesOf(deps, tombstone, part);
  // Known by what is erased next. After a crash in between they are asked twice, rather than never.
  await askByHand(deps, tombstone, person, scopes);
  const forgotten = { person, standIn: makeStandIn() };
  for (const scope of scopes) for (const holding of holdings) await holding.erase(forgotten, scope);
  if (!all || part !== undefined) return;
  await forgetLast(person);
  await documents.delete(erasureDocument, person);
}

/** What a tombstone means that does not mean all: its hashes are found again in the rooms that there are. */
async function scopesOf(
  { tombstones, documents }: EraseAgainDeps,
  { room, item }: Tombstone,
  part: Scope["part"],
): Promise<readonly Scope[]> {
  const scopes: Scope[] = [];
  for await (const { document } of documents.scan(roomDocument)) {
    if (room !== undefined && tombstones.hashOfRoom(document.id) !== room) continue;
    const meant =
      item === undefined
        ? [undefined]
        : idsIn(document).filter((id) => tombstones.hashOfItem(id) === item);
    for (const one of meant) scopes.push({ part, room: document.id, item: one });
  }
  return scopes;
}

/** Operators are to erase again by hand, too, what there was: what they were asked, and whether they have done it, went with the data directory. */
async function askByHand(
  { byHand, documents, clock }: EraseAgainDeps,
  { at, room, kind, item }: Tombstone,
  person: UserId,
  scopes: readonly Scope[],
): Promise<void> {
  const things: ThingByHand[] = [];
  for (const scope of scopes) things.push(...(await byHand.things(person, scope)));
  if (things.length === 0) return;
  const { id, secret } = makeReceipt();
  const work = { standIn: makeStandIn(), receipt: id, secret, byHand: things, began: [], tries: 0 };
  await documents.update(receiptDocument, id, () => ({
    receipt: receiptAfter(undefined, work, [], clock),
  }));
  const all = [room, kind, item].every((one) => one === undefined);
  await documents.update(handWorkDocument, id, () => ({ work: { person, at, all, things } }));
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
