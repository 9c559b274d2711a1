import { UsherError } from "../../kernel/errors.ts";
import type { UserId } from "../../kernel/ids.ts";
import type { Catalogue } from "../../integrations/catalogue.ts";
import type { PackEntry } from "./config.ts";
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
