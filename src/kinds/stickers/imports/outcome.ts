import type { RoomDocument } from "../../../store/room.ts";
import type { Content } from "../../../matrix/port.ts";
import { LICENCE, ordered, type Pack, type PackImage } from "../pack.ts";
import { inOrder } from "../order.ts";
import type { PackChange } from "../records.ts";
import type { FoundPack, FoundPicture } from "./found.ts";
import { importPart, type Going, type ImportedPack } from "./records.ts";

/** What came of an import. `change`: undefined where nothing differs. */
export type Imported =
  | { readonly is: "cancelled"; readonly placed: number }
  | { readonly is: "nothing"; readonly found: FoundPack; readonly going: Going }
  | {
      readonly is: "in";
      readonly found: FoundPack;
      /** Undefined where a crash came so late that it is forgotten. */
      readonly going: Going | undefined;
      readonly change: PackChange | undefined;
      readonly pack: Pack;
    };

/** Apps that know no usage in the event take pictures for emoji too. */
const USAGE = ["sticker"];

/** What is known of the pictures of the same pack when it was imported last. */
export function originOf(
  document: RoomDocument | undefined,
  { pack, source }: Going,
): ImportedPack["pictures"] {
  const { done } = importPart.of(document);
  return done.find((one) => one.pack === pack && one.source === source)?.pictures ?? {};
}

/**
 * The shortcode that each picture has which came before, by its key: it may have been called otherwise since. One that is gone has the shortcode that it had, unless
 * somebody has put another in its place.
 */
export function formerCodes(
  origin: ImportedPack["pictures"],
  pack: Pack | undefined,
): ReadonlyMap<string, string> {
  const images = pack?.images ?? new Map<string, PackImage>();
  const byUrl = new Map<string, string>([...images].map(([code, { url }]) => [url, code]));
  return new Map(
    Object.entries(origin).flatMap(([key, { code, url }]) => {
      const there = images.get(code)?.url === url ? code : byUrl.get(url);
      const free = images.has(code) ? [] : [[key, code] as const];
      return there === undefined ? free : [[key, there] as const];
    }),
  );
}

export function origins({ placed, codes = {} }: Going, pack: Pack): ImportedPack["pictures"] {
  return Object.fromEntries(
    Object.entries(codes).flatMap(([key, code]) => {
      const url = pack.images.get(code)?.url;
      const version = placed[key]?.version;
      return url === undefined || version === undefined ? [] : [[key, { code, version, url }]];
    }),
  );
}

export function imagesOf(
  { pictures }: FoundPack,
  { placed, codes = {} }: Going,
): readonly (readonly [string, PackImage])[] {
  return pictures.flatMap(({ key }: FoundPicture) => {
    const [image, code] = [placed[key]?.image, codes[key]];
    return image === undefined || code === undefined ? [] : [[code, image] as const];
  });
}

/** The pack with these pictures; what people have said of one that comes again stays where nothing else is said of it. */
export function merged(
  { name, attribution, licence }: FoundPack,
  pack: Pack | undefined,
  images: readonly (readonly [string, PackImage])[],
): Pack {
  const about = pack?.about ?? { display_name: name, usage: USAGE };
  const described = images.map(([code, image]) => {
    const there: Content = pack?.images.get(code) ?? {};
    const { url: _, info: __, ...said } = there;
    return [code, { ...said, ...image }] as const;
  });
  return {
    // What people have said of it here stays.
    about: {
      ...(attribution === undefined ? {} : { attribution }),
      ...(licence === undefined ? {} : { [LICENCE]: licence }),
      ...about,
    },
    // A new pack is in the order that it has there; what comes later stands behind.
    images: ordered(pack === undefined ? inOrder(described) : [...pack.images, ...described]),
  };
}

/** How many pictures lie in the media repository for it. */
export function inMedia({ placed }: Going): number {
  return Object.values(placed).filter(({ image }) => image !== undefined).length;
}
