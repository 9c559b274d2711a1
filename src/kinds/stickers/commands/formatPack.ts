import { word } from "../../../chat/arguments.ts";
import {
  defineCommand,
  optional,
  required,
  type Answer,
  type Command,
} from "../../../chat/command.ts";
import { nameOrId } from "../../../chat/nameOrId.ts";
import { permit } from "../../../chat/permit.ts";
import { quote } from "../../../chat/tokenize.ts";
import type { OwnAccount, PowerLevels } from "../../../matrix/port.ts";
import { PACK_FORMATS, withFormat, type PackFormat } from "../format.ts";
import { packMeant } from "../meant.ts";
import { packNeeds } from "../needs.ts";
import type { Pack } from "../pack.ts";
import type { Packs } from "../packs.ts";
import type { PackChange } from "../records.ts";
import type { Reformats } from "../reformats.ts";

export interface FormatPackDeps {
  readonly packs: Packs;
  readonly reformats: Pick<Reformats, "run">;
  readonly matrix: OwnAccount & PowerLevels;
}

/** So many shortcodes of pictures that stay as they are, are named. */
const NAMED = 10;

/** `stickers format gif|webp [pack]`: what moves in a pack is made anew as GIF, which Element X on iOS alone moves, or as WebP, and so is what comes later. */
export function formatPack(deps: FormatPackDeps): Command {
  const { packs, matrix, reformats } = deps;
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
      if (again !== undefined) return told(again.name, format, { change: again, failed: [] });
      const { pack, name } = await packs.shown(room, id);
      const pictures = { id, name, images: pack.images, format };
      const made = await reformats.run({ room, person, event: cause }, pictures);
      if ("cancelled" in made)
        return { template: "sticker/import-cancelled", view: { count: made.cancelled } };
      const { images, failed } = made;
      // It may have taken long, and who may do what may have changed.
      const needs = { deed: "set-pack", needs: packNeeds(id) };
      const denied = permit(needs, await matrix.power(room), person, matrix.me);
      if (denied !== undefined) throw denied;
      const make = (now: Pack | undefined): Pack | undefined =>
        now && { about: withFormat(now.about, format), images: replaced(now, pack, images) };
      const wanted = { id, deed: "set-pack", make } as const;
      const change = await packs.change(room, wanted, { person, cause });
      return told(name, format, { change, failed });
    },
  });
}

/** What was changed or taken out while pictures were made stays so. */
function replaced(now: Pack, before: Pack, made: Pack["images"]): Pack["images"] {
  return new Map(
    [...now.images].map(([code, image]) => {
      const next = image.url === before.images.get(code)?.url ? made.get(code) : undefined;
      return [code, next === undefined ? image : { ...image, url: next.url, info: next["info"] }];
    }),
  );
}

function told(
  name: string,
  format: PackFormat,
  {
    change,
    failed,
  }: { readonly change: PackChange | undefined; readonly failed: readonly string[] },
): Answer {
  const kept = failed.slice(0, NAMED).map((code) => ({ code }));
  return {
    template: "sticker/formatted",
    view: {
      ...{ name, gif: format === "gif", count: change?.edit.images.length ?? 0 },
      ...{ kept, isKept: failed.length > 0, more: failed.length - kept.length },
      changed: change !== undefined,
    },
  };
}
