import type { StateEvent, Content } from "../../matrix/port.ts";
import { nameOfPack, ordered, readPack, type Pack, type PackImage } from "./pack.ts";

/** One state event of a pack, under either type. */
export interface PackEvent {
  readonly key: string;
  readonly content: Content;
}

/** How large the content of one may be: an event has 65,536 bytes, and homeservers add to it. */
export const MOST_BYTES = 60_000;

/** How bridges say that several events are one pack (mautrix): its key, which of them this is, and how many there are. */
const COMBINED = "fi.mau.combined_pack_";

/** The events of a pack: as many as it takes for each to fit. `most`: bytes of content. */
export function packEvents(key: string, pack: Pack, most = MOST_BYTES): readonly PackEvent[] {
  const groups: (readonly [string, PackImage])[][] = [[]];
  let left = most - sizeOf(content(key, pack, [], { index: 999, count: 999 }));
  const whole = left;
  for (const [code, image] of pack.images) {
    // With a comma and a colon.
    const bytes = sizeOf(code) + sizeOf(image) + 2;
    if (bytes > left && groups.at(-1)?.length !== 0) {
      groups.push([]);
      left = whole;
    }
    groups.at(-1)?.push([code, image]);
    left -= bytes;
  }
  const count = groups.length;
  return groups.map((images, index) => ({
    key: index === 0 ? key : `${key}.${String(index).padStart(3, "0")}`,
    content: content(key, pack, images, count === 1 ? undefined : { index, count }),
  }));
}

function content(
  key: string,
  pack: Pack,
  images: readonly (readonly [string, PackImage])[],
  part: { readonly index: number; readonly count: number } | undefined,
): Content {
  const name = nameOfPack(pack, key);
  const about =
    part === undefined || part.index === 0
      ? pack.about
      : { ...pack.about, display_name: `${name} (part ${String(part.index + 1)})` };
  return {
    images: Object.fromEntries(images),
    pack: about,
    ...(part === undefined
      ? {}
      : {
          [`${COMBINED}key`]: key,
          [`${COMBINED}index`]: part.index,
          [`${COMBINED}count`]: part.count,
        }),
  };
}

function sizeOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** A pack as it stands under one type, and the keys of its events. */
export interface StandingPack {
  readonly pack: Pack;
  readonly keys: readonly string[];
}

/** The packs that stand under one type, by their keys. Events that say they are one pack are read as one. */
export function packsOf(
  state: readonly StateEvent[],
  type: string,
): ReadonlyMap<string, StandingPack> {
  const found = new Map<string, { index: number; key: string; pack: Pack }[]>();
  for (const { type: one, stateKey, content: said } of state) {
    const pack = one === type ? readPack(said) : undefined;
    if (pack === undefined) continue;
    const [combined, index] = [said[`${COMBINED}key`], said[`${COMBINED}index`]];
    const key = typeof combined === "string" && isPartOf(stateKey, combined) ? combined : stateKey;
    const part = { index: typeof index === "number" ? index : 0, key: stateKey, pack };
    found.set(key, [...(found.get(key) ?? []), part]);
  }
  return new Map([...found].map(([key, parts]) => [key, joined(parts)]));
}

/** Another pack must not be taken for a part of this one. */
function isPartOf(stateKey: string, key: string): boolean {
  return (
    stateKey === key ||
    (stateKey.startsWith(`${key}.`) && /^\.\d{3}$/.test(stateKey.slice(key.length)))
  );
}

function joined(parts: { index: number; key: string; pack: Pack }[]): StandingPack {
  const sorted = parts.toSorted((a, b) => a.index - b.index);
  return {
    pack: {
      about: sorted[0]?.pack.about ?? {},
      images: ordered(sorted.flatMap(({ pack }) => [...pack.images])),
    },
    keys: sorted.map(({ key }) => key),
  };
}
