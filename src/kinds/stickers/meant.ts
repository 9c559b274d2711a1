import { matching } from "../../integrations/match.ts";
import { nearest } from "../../kernel/nearest.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { RoomId } from "../../kernel/ids.ts";
import { asTyped } from "../../chat/tokenize.ts";
import type { PackImage } from "./pack.ts";
import type { KnownPack, Packs } from "./packs.ts";

/** One picture of a room's packs. */
export interface MeantSticker {
  readonly pack: KnownPack;
  readonly code: string;
  readonly image: PackImage;
}

/** Packs as the question which one is meant shows them. */
const SHOWN = 10;

/** Shortcodes that are compared with what may be mistyped: a room may have hundreds of thousands, and each takes a while. */
const COMPARED = 5_000;

/**
 * The pack that is meant by a name or id; where none is said, the one that there is, of Usher's own before others'. Rejects with `sticker-pack-none`,
 * `sticker-pack-unknown` and `sticker-pack-which`.
 */
export async function packMeant(
  packs: Pick<Packs, "list">,
  room: RoomId,
  said: string | undefined,
): Promise<KnownPack> {
  const { shown } = await packs.list(room);
  const found = said === undefined ? usualOf(shown) : matching(shown, said);
  const [one, ...others] = found;
  if (one !== undefined && others.length === 0) return one;
  if (shown.length === 0) throw new UsherError("sticker-pack-none");
  if (one === undefined)
    throw new UsherError("sticker-pack-unknown", {
      said: said ?? "",
      nearest: nearest(
        said ?? "",
        shown.flatMap(({ id, name }) => [name, id]),
      ),
    });
  throw which(found);
}

function usualOf(shown: readonly KnownPack[]): readonly KnownPack[] {
  const own = shown.filter(({ record }) => record !== undefined);
  return own.length > 0 ? own : shown;
}

function which(found: readonly KnownPack[]): UsherError {
  const packs = found.slice(0, SHOWN).map(({ id, name }) => ({ id: asTyped(id), name }));
  const more = found.length - packs.length;
  return new UsherError("sticker-pack-which", { packs, more, example: packs[0]?.id ?? "" });
}

/**
 * The picture that is meant by its shortcode, or by its number in the pack's sheet. Upper and lower case count as the same where nothing is written exactly so.
 * Rejects with `sticker-unknown`, `sticker-ambiguous`, and as `packMeant`.
 */
export async function stickerMeant(
  packs: Pick<Packs, "list">,
  room: RoomId,
  { said, pack }: { readonly said: string; readonly pack: string | undefined },
): Promise<MeantSticker> {
  const wanted = said.replace(/^:(.+):$/, "$1");
  const { shown } = await packs.list(room);
  const among = pack === undefined ? shown : [await packMeant(packs, room, pack)];
  if (among.length === 0) throw new UsherError("sticker-pack-none");
  const all = among.flatMap((one) =>
    [...one.pack.images].map(([code, image]) => ({ pack: one, code, image })),
  );
  const exact = all.filter(({ code }) => code === wanted);
  const folded = all.filter(({ code }) => code.toLowerCase() === wanted.toLowerCase());
  const found = exact.length > 0 ? exact : folded;
  const [first, ...others] = found;
  if (first === undefined) {
    const numbered = /^\d{1,4}$/.test(wanted)
      ? await numberedIn(packs, room, { said: wanted, pack })
      : undefined;
    if (numbered !== undefined) return numbered;
    throw new UsherError("sticker-unknown", {
      said,
      nearest: nearest(
        wanted,
        all.slice(0, COMPARED).map(({ code }) => code),
      ),
    });
  }
  if (others.length > 0)
    throw new UsherError("sticker-ambiguous", {
      said,
      packs: found
        .slice(0, SHOWN)
        .map((one) => ({ id: asTyped(one.pack.id), name: one.pack.name })),
      more: Math.max(0, found.length - SHOWN),
      example: asTyped(first.pack.id),
    });
  return first;
}

/** By its number in the sheet of the pack; undefined where the pack has fewer. */
async function numberedIn(
  packs: Pick<Packs, "list">,
  room: RoomId,
  { said, pack }: { readonly said: string; readonly pack: string | undefined },
): Promise<MeantSticker | undefined> {
  const found = await packMeant(packs, room, pack);
  const entry = [...found.pack.images][Number(said) - 1];
  return entry && { pack: found, code: entry[0], image: entry[1] };
}
