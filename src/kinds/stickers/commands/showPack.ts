import { integer } from "../../../chat/arguments.ts";
import {
  defineCommand,
  optional,
  type Answer,
  type Command,
  type Request,
} from "../../../chat/command.ts";
import { nameOrId } from "../../../chat/nameOrId.ts";
import { asTyped } from "../../../chat/tokenize.ts";
import type { KeyedQueue } from "../../../kernel/tasks.ts";
import { inMemory } from "../../../matrix/byteSource.ts";
import type { Media } from "../../../matrix/port.ts";
import { declareUpload } from "../../../privacy/declared.ts";
import { PACK_SHEET } from "../dataMap.ts";
import { packMeant } from "../meant.ts";
import { toldCode } from "../named.ts";
import { SHORTCODE, type Pack, type PackImage } from "../pack.ts";
import type { Packs } from "../packs.ts";
import { packKey } from "../shortcodes.ts";
import { sourceView } from "../views.ts";
import { storedPicture } from "../stored.ts";
import { SHEET_TILES, type Pictures, type SheetTile } from "../pictures/pictures.ts";

/** UTF-16 units, as many as `stickers describe` takes. */
const MOST_WORDS = 200;

export interface ShowPackDeps {
  readonly packs: Packs;
  readonly pictures: Pick<Pictures, "sheet">;
  readonly matrix: Pick<Media, "download" | "sendFile">;
  /** The room's other commands go on while pictures are fetched. */
  readonly queue: Pick<KeyedQueue, "aside">;
}

const SHEET = declareUpload("a picture of a pack's stickers with their numbers", PACK_SHEET);

/** `stickers show [pack] [page=…]`: a picture of all pictures of a pack, with the number and shortcode of each, and the same in words. */
export function showPack(deps: ShowPackDeps): Command {
  return defineCommand({
    words: "stickers show",
    aliases: ["sticker show"],
    parameters: { pack: optional(nameOrId("several words")) },
    options: { page: optional(integer("page", 1, 1_000)) },
    example: "stickers show Cats",
    changes: false,
    answer: async ({ pack: said, page: wanted = 1 }, request) => {
      const { id, name, pack } = await packMeant(deps.packs, request.room, said);
      const all = [...pack.images].map(([code, image], index) => ({
        number: index + 1,
        code,
        image,
      }));
      if (all.length === 0) return { template: "sticker/empty", view: { name, id: asTyped(id) } };
      const pages = Math.ceil(all.length / SHEET_TILES);
      const page = Math.min(wanted, pages);
      const shown = all.slice((page - 1) * SHEET_TILES, page * SHEET_TILES);
      const sheet = { name: `${packKey(id, new Set())}-${String(page)}`, shown };
      await deps.queue.aside(request.room, () => sendSheet(deps, request, sheet));
      return answered({ id, name, pack, shown, page, pages, count: all.length });
    },
  });
}

interface Shown {
  readonly number: number;
  readonly code: string;
  readonly image: PackImage;
}

function answered({
  id,
  name,
  pack,
  shown,
  page,
  pages,
  count,
}: {
  readonly id: string;
  readonly name: string;
  readonly pack: Pack;
  readonly shown: readonly Shown[];
  readonly page: number;
  readonly pages: number;
  readonly count: number;
}): Answer {
  return {
    template: "sticker/sheet",
    view: {
      ...{ name, id: asTyped(id), count, page, pages, several: pages > 1 },
      ...sourceView(pack),
      example: exampleOf(shown[0]),
      next: page < pages ? page + 1 : undefined,
      stickers: shown.map(({ number, code, image }) => ({
        ...{ number, code: toldCode(code) },
        says: saidOf(code, image),
      })),
    },
  };
}

/** How the first of them is said: by its number where it has no name that anybody would type. */
function exampleOf(first: Shown | undefined): string {
  return first === undefined || SHORTCODE.test(first.code)
    ? (first?.code ?? "")
    : String(first.number);
}

async function sendSheet(
  { pictures, matrix }: ShowPackDeps,
  { room, event, thread }: Request,
  { name, shown }: { readonly name: string; readonly shown: readonly Shown[] },
): Promise<void> {
  const tiles: SheetTile[] = [];
  const silent = new Set<string>();
  // One that cannot be had leaves its place empty.
  for (const { number, code, image } of shown)
    tiles.push({
      ...{ number, shortcode: code },
      picture: (await storedPicture(matrix, image, silent)) ?? new Uint8Array(),
    });
  const { bytes, mimetype, width, height } = await pictures.sheet(tiles);
  const file = {
    ...{ holds: SHEET, name: `${name}.${mimetype.slice("image/".length)}`, mimetype },
    ...{ bytes: inMemory(bytes), picture: { width, height } },
    ...(thread === undefined ? {} : { thread }),
  };
  await matrix.sendFile(room, file, { cause: event, step: "sheet" });
}

/** What it shows, as far as anybody has said so; others may have written anything there. */
function saidOf(code: string, { body }: PackImage): string | undefined {
  if (typeof body !== "string" || body.trim() === "" || body === code) return undefined;
  return body.length <= MOST_WORDS ? body : `${body.slice(0, MOST_WORDS - 1).toWellFormed()}…`;
}
