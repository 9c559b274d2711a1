import { word } from "../../../chat/arguments.ts";
import { defineCommand, optional, required, type Command } from "../../../chat/command.ts";
import { nameOrId } from "../../../chat/nameOrId.ts";
import { quote } from "../../../chat/tokenize.ts";
import type { Media } from "../../../matrix/port.ts";
import { PACK_FORMATS, reformatted, withFormat } from "../format.ts";
import { packMeant } from "../meant.ts";
import { packNeeds } from "../needs.ts";
import type { Pack } from "../pack.ts";
import type { Packs } from "../packs.ts";
import type { Pictures } from "../pictures/pictures.ts";
import { placePicture } from "../placing.ts";

export interface FormatPackDeps {
  readonly packs: Packs;
  readonly pictures: Pick<Pictures, "sticker">;
  readonly matrix: Pick<Media, "download" | "upload">;
}

/** So many shortcodes of pictures that stay as they are, are named. */
const NAMED = 10;

/** `stickers format gif|webp [pack]`: what moves in a pack is made anew as GIF, which Element X on iOS alone moves, or as WebP, and so is what comes later. */
export function formatPack(deps: FormatPackDeps): Command {
  const { packs, matrix } = deps;
  return defineCommand({
    words: "stickers format",
    aliases: ["sticker format"],
    parameters: {
      format: required(word("format", PACK_FORMATS)),
      pack: optional(nameOrId("several words")),
    },
    example: "stickers format gif Cats",
    changes: true,
    deed: "set-pack",
    needs: () => packNeeds(),
    plan: async ({ format, pack: said }, { room }) => {
      const { id, name } = await packMeant(packs, room, said);
      const view = { name, gif: format === "gif" };
      return {
        preview: { template: "sticker/format-preview", view },
        exactly: `stickers format ${format} ${quote(id)}`,
      };
    },
    perform: async ({ format, pack: id = "" }, { room, person, event: cause }) => {
      const again = await packs.again(room, cause);
      const { pack, name } = await packs.shown(room, id);
      const placed = placePicture.bind(undefined, matrix);
      const { images, failed } =
        again === undefined
          ? await reformatted({ ...deps, placed }, pack.images, format)
          : { images: new Map(again.edit.images.map(({ code }) => [code, null])), failed: [] };
      const make = (now: Pack | undefined): Pack | undefined =>
        now && {
          about: withFormat(now.about, format),
          // What was changed or taken out meanwhile stays so.
          images: new Map(
            [...now.images].map(([code, image]) =>
              image.url === pack.images.get(code)?.url
                ? [code, images.get(code) ?? image]
                : [code, image],
            ),
          ),
        };
      const change =
        again ?? (await packs.change(room, { id, deed: "set-pack", make }, { person, cause }));
      const kept = failed.slice(0, NAMED).map((code) => ({ code }));
      const view = {
        ...{ name, gif: format === "gif", count: images.size },
        ...{ kept, isKept: failed.length > 0, more: failed.length - kept.length },
        changed: change !== undefined,
      };
      return { template: "sticker/formatted", view };
    },
  });
}
