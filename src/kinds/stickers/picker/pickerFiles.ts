import { mauniumPack, type MauniumPack } from "../exported/maunium.ts";
import type { Pack } from "../pack.ts";

/** A pack that somebody has enabled. */
export interface PickerPack {
  /** Of the catalogue: small letters, digits and dashes. */
  readonly id: string;
  readonly name: string;
  readonly pack: Pack;
}

/** `index.json` of maunium's stickerpicker: the names of the pack files beside it, and where clients' media lie. */
export interface MauniumIndex {
  readonly packs: readonly string[];
  readonly homeserver_url: string;
}

/** What the sticker picker of one person reads. */
export interface PickerFiles {
  readonly index: MauniumIndex;
  /** By the names in the index. */
  readonly packs: ReadonlyMap<string, MauniumPack>;
}

/**
 * The index and the packs for whoever has enabled these, as maunium's stickerpicker reads them (its `README.md` and `web/src/index.js`): in the given order, without those that have no
 * picture.
 */
export function pickerFiles(enabled: readonly PickerPack[], homeserverUrl: string): PickerFiles {
  const packs = enabled
    .filter(({ pack }) => pack.images.size > 0)
    .map((one) => [`${one.id}.json`, mauniumPack(one)] as const);
  return {
    index: { packs: packs.map(([name]) => name), homeserver_url: homeserverUrl },
    packs: new Map(packs),
  };
}
