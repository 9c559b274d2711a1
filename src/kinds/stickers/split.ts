import type { StateEvent, Content } from "../../matrix/port.ts";
import { asTyped } from "../../chat/tokenize.ts";
import { UsherError } from "../../kernel/errors.ts";
import { nameOfPack, ordered, readPack, type Pack, type PackImage } from "./pack.ts";

/** One state event of a pack, under either type. */
export interface PackEvent {
  readonly key: string;
  readonly content: Content;
}

/** How large the content of one is: an event has 65,536 bytes, and homeservers add to it. */
export const MOST_BYTES = 60_000;
/** How large it may be where there is no other way, since somebody else wrote a picture that is larger. */
const MOST_ALONE = 63_000;

/** How bridges say that several events are one pack (mautrix): its key, which of them this is, and how many there are. */
const COMBINED = "fi.mau.combined_pack_";

type Entry = readonly [code: string, image: PackImage];

/**
 * The events of a pack: as many as it takes for each to fit. `most`: bytes of content. What others wrote beside a picture may be so long that it has an event for itself; throws
 * `sticker-entry-large` where it has no room even there.
 */
export function packEvents(key: string, pack: Pack, most = MOST_BYTES): readonly PackEvent[] {
  const roomIn = (part: number): number =>
    most - sizeOf(content(key, pack, [], { index: part, count: 999 }));
  const whole = roomIn(999);
  const groups: Entry[][] = [[]];
  const alone: Entry[] = [];
  let left = roomIn(0);
  for (const entry of pack.images) {
    const bytes = sizeOfEntry(entry);
    if (bytes > whole) {
      alone.push(entry);
      continue;
    }
    if (bytes > left) {
      groups.push([]);
      left = roomIn(groups.length - 1);
    }
    groups.at(-1)?.push(entry);
    left -= bytes;
  }
  for (const [code, image] of alone) {
    if (sizeOfEntry([code, image]) > whole + MOST_ALONE - most)
      throw new UsherError("sticker-entry-large", {
        ...{ code, name: nameOfPack(pack, key), id: asTyped(key) },
      });
    groups.push([[code, image]]);
  }
  const count = groups.length;
  return groups.map((images, index) => ({
    key: index === 0 ? key : `${key}.${String(index).padStart(3, "0")}`,
    content: content(key, pack, images, count === 1 ? undefined : { index, count }),
  }));
}

/** With a comma and a colon. */
function sizeOfEntry([code, image]: Entry): number {
  return sizeOf(code) + sizeOf(image) + 2;
}

/** What the specification has a part say of itself, so that apps which take it for a pack show it as the others: what else the pack says stands in the first. */
const SAID_OF_PARTS = ["usage", "avatar_url"];

function content(
  key: string,
  pack: Pack,
  images: readonly Entry[],
  part: { readonly index: number; readonly count: number } | undefined,
): Content {
  return {
    images: Object.fromEntries(images),
    pack: part === undefined || part.index === 0 ? pack.about : partly(key, pack, part.index),
    ...(part === undefined
      ? {}
      : {
          [`${COMBINED}key`]: key,
          [`${COMBINED}index`]: part.index,
          [`${COMBINED}count`]: part.count,
        }),
  };
}

function partly(key: string, pack: Pack, index: number): Content {
  const said = Object.entries(pack.about).filter(
    ([field, value]) => SAID_OF_PARTS.includes(field) && sizeOf(value) < 1_000,
  );
  return {
    ...Object.fromEntries(said),
    display_name: `${nameOfPack(pack, key)} (part ${String(index + 1)})`,
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
