import { UsherError } from "../../../kernel/errors.ts";
import type { UserId } from "../../../kernel/ids.ts";
import type { PackEntry } from "../config.ts";
import { sourceOf } from "../entries.ts";
import type { Packs } from "../packs.ts";
import type { PersonPacks } from "../people/personPacks.ts";
import { pickerFiles, type PickerFiles, type PickerPack } from "./pickerFiles.ts";

export interface PickerDeps {
  readonly packs: Pick<Packs, "list">;
  readonly personPacks: Pick<PersonPacks, "enabled" | "hasRedeemed">;
  /** The catalogue's, as it is now. */
  readonly entries: readonly PackEntry[];
  readonly homeserverUrl: string;
}

/**
 * What the sticker picker of this person reads: the packs that they have enabled, as these are now. What the catalogue no longer offers, what takes a code that they have not given, and what is
 * not where the configuration says is left out: the others can be picked all the same. Rejects where the homeserver cannot be asked.
 */
export async function pickerOf(
  { packs, personPacks, entries, homeserverUrl }: PickerDeps,
  person: UserId,
): Promise<PickerFiles> {
  const found: PickerPack[] = [];
  for (const id of await personPacks.enabled(person)) {
    const entry = entries.find((one) => one.id === id && one.enabled);
    if (entry === undefined) continue;
    if (entry.redeem && !(await personPacks.hasRedeemed(person, id))) continue;
    try {
      found.push({ id, name: entry.name, pack: await sourceOf(packs, entry) });
    } catch (error) {
      if (!(error instanceof UsherError) || error.code !== "sticker-source-gone") throw error;
    }
  }
  return pickerFiles(found, homeserverUrl);
}
