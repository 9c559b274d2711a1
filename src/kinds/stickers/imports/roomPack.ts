import { UsherError } from "../../../kernel/errors.ts";
import { serverOf, type RoomId, type UserId } from "../../../kernel/ids.ts";
import { matching } from "../../../integrations/match.ts";
import { isContent } from "../../../matrix/events.ts";
import type { Content, Media, OwnAccount, RoomMembers } from "../../../matrix/port.ts";
import { asTyped } from "../../../chat/tokenize.ts";
import { LICENCE, saidIn, SHORTCODE, type PackImage } from "../pack.ts";
import type { KnownPack, Packs } from "../packs.ts";
import { keyOf, shortLine, taken, type FoundPack, type FoundPicture } from "./found.ts";

export interface RoomPackDeps {
  readonly packs: Pick<Packs, "list">;
  readonly matrix: OwnAccount & RoomMembers & Pick<Media, "download">;
}

/** How large the file of a picture may be that is fetched from elsewhere; bytes. */
const MOST_BYTES = 10 * 1024 * 1024;
/** Packs as the question which one is meant shows them. */
const SHOWN = 10;

/**
 * A pack of another room in which this person and Usher are, by its name or id where it has several; as it is now, whoever wrote it. Rejects with `sticker-room`,
 * `sticker-room-none` and `sticker-room-which`.
 */
export async function roomPack(
  deps: RoomPackDeps,
  { room, said, person }: { room: RoomId; said: string | undefined; person: UserId },
): Promise<FoundPack> {
  // What stands in a room is for those who are in it.
  if (!(await areThere(deps, room, person))) throw new UsherError("sticker-room", { room });
  const { shown } = await deps.packs.list(room);
  const { id, name, pack } = meant(shown, room, said);
  const { pictures, over } = taken([...pack.images]);
  return {
    source: keyOf("room", room, id),
    ...{ name, over },
    attribution: shortLine(saidIn(pack, "attribution"), 300),
    licence: shortLine(saidIn(pack, LICENCE), 100),
    pictures: pictures.map(([code, image]) => picture(deps, code, image)),
  };
}

async function areThere({ matrix }: RoomPackDeps, room: RoomId, person: UserId): Promise<boolean> {
  try {
    const { joined } = await matrix.members(room);
    return joined.has(person) && joined.has(matrix.me);
  } catch (error) {
    if (error instanceof UsherError && error.code === "room-unreachable") return false;
    throw error;
  }
}

function meant(shown: readonly KnownPack[], room: RoomId, said: string | undefined): KnownPack {
  const full = shown.filter(({ pack }) => pack.images.size > 0);
  const found = said === undefined ? full : matching(full, said);
  const [one, ...others] = found;
  if (one !== undefined && others.length === 0) return one;
  if (full.length === 0) throw new UsherError("sticker-room-none");
  const asked = one === undefined ? full : found;
  const packs = asked.slice(0, SHOWN).map(({ id, name }) => ({ id: asTyped(id), name }));
  const [more, example] = [asked.length - packs.length, packs[0]?.id ?? ""];
  throw new UsherError("sticker-room-which", { packs, more, room, example });
}

function picture(deps: RoomPackDeps, code: string, image: PackImage): FoundPicture {
  const body = shortLine(image["body"], 200);
  return {
    name: shortLine(code, 60) ?? "?",
    words: code,
    ...(SHORTCODE.test(code) ? { code } : {}),
    ...{ body, key: keyOf("room", code), from: placeOf(deps, image, body) },
  };
}

/**
 * What lies on Usher's own server, in a form that all apps take, is used as it is. What lies elsewhere may be gone one day, and may be of any form: it is fetched and made
 * anew.
 */
export function placeOf(
  { matrix }: Pick<RoomPackDeps, "matrix">,
  { url, info }: Pick<PackImage, "url"> & { readonly info?: unknown },
  body: string | undefined,
): FoundPicture["from"] {
  const known = isContent(info) ? wholeInfo(info) : undefined;
  if (known !== undefined && url.startsWith(`mxc://${serverOf(matrix.me)}/`))
    return { lies: { url, ...(body === undefined ? {} : { body }), info: known } };
  return {
    version: keyOf(url),
    read: async () => {
      const { bytes } = await matrix.download(url, MOST_BYTES);
      return Buffer.concat(await Array.fromAsync(bytes));
    },
  };
}

/** What apps need of `info`, where it is all there. */
function wholeInfo(info: Content): Content | undefined {
  const { w, h, size, mimetype, is_animated: stable, "org.matrix.msc4230.is_animated": old } = info;
  const areSizes = [w, h, size].every((one) => Number.isInteger(one) && Number(one) > 0);
  const isShort = Number(w) <= 512 && Number(h) <= 512;
  if (!areSizes || !isShort || typeof mimetype !== "string") return undefined;
  if (!/^image\/(?:png|jpeg|gif|webp)$/.test(mimetype)) return undefined;
  const moves = stable === true || old === true;
  const animated = { is_animated: true, "org.matrix.msc4230.is_animated": true };
  return { w, h, size, mimetype, ...(moves ? animated : {}) };
}
