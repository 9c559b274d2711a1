import { UsherError } from "../../kernel/errors.ts";
import type { UserId } from "../../kernel/ids.ts";
import type { Catalogue } from "../../integrations/catalogue.ts";
import type { PackEntry } from "./config.ts";
import type { Pack } from "./pack.ts";
import type { Packs } from "./packs.ts";
import type { PersonPacks } from "./people/personPacks.ts";

export interface EntriesDeps {
  readonly catalogue: Catalogue;
  /** What can be added. */
  readonly entries: readonly PackEntry[];
}

/** The pack of the catalogue that is meant. Rejects with `entry-unknown` and `sticker-entry`. */
export function entryMeant({ catalogue, entries }: EntriesDeps, said: string): PackEntry {
  const found = catalogue.find(said);
  if (found === undefined)
    throw new UsherError("entry-unknown", { said, nearest: catalogue.nearest(said) });
  const entry = entries.find(({ id }) => id === found.id);
  if (entry === undefined)
    throw new UsherError("sticker-entry", { name: found.name, id: found.id });
  return entry;
}

/** Rejects with `sticker-not-redeemed` where the pack takes a code and this person has given none. */
export async function demandRedeemed(
  personPacks: Pick<PersonPacks, "hasRedeemed">,
  person: UserId,
  { id, name, redeem, howToPay, payAt }: PackEntry,
): Promise<void> {
  if (!redeem || (await personPacks.hasRedeemed(person, id))) return;
  throw new UsherError("sticker-not-redeemed", { name, howToPay, payAt });
}

/** The pack as it stands in the operator's room. Rejects with `sticker-source-gone`. */
export async function sourceOf(
  packs: Pick<Packs, "list">,
  { room, pack, name }: PackEntry,
): Promise<Pack> {
  const gone = (cause?: unknown): UsherError =>
    new UsherError("sticker-source-gone", { name }, { cause });
  const { shown } = await packs.list(room).catch((error: unknown) => {
    if (error instanceof UsherError && error.code === "room-unreachable") throw gone(error);
    throw error;
  });
  const found = shown.find(({ id }) => id === pack);
  if (found === undefined) throw gone();
  // It is called as the catalogue has it, and is no part of another.
  return { ...found.pack, about: { ...found.pack.about, display_name: name } };
}
