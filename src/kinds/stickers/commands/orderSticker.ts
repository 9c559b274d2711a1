import { integer } from "../../../chat/arguments.ts";
import { defineCommand, required, type Command } from "../../../chat/command.ts";
import { asTyped, quote } from "../../../chat/tokenize.ts";
import { stickerMeant } from "../meant.ts";
import { packNeeds } from "../needs.ts";
import { movedTo } from "../order.ts";
import type { Pack } from "../pack.ts";
import type { Packs } from "../packs.ts";
import { packSaid, stickerSaid, toldCode } from "../named.ts";

/** `stickers order <shortcode or number> <place> [pack=…]`: which number a picture has in its pack. */
export function orderSticker({ packs }: { readonly packs: Packs }): Command {
  return defineCommand({
    words: "stickers order",
    aliases: ["sticker order", "stickers move", "sticker move"],
    parameters: {
      code: required(stickerSaid),
      place: required(integer("place", 1, 9_999)),
    },
    options: { pack: packSaid },
    example: "stickers order cat-wave 1",
    changes: true,
    deed: "change-sticker",
    needs: () => packNeeds(),
    plan: async ({ code: said, place, pack: where }, { room }) => {
      const { code, pack: of } = await stickerMeant(packs, room, { said, pack: where });
      const exactly = `stickers order ${asTyped(code)} ${String(place)} pack=${quote(of.id)}`;
      return { unseen: true, exactly };
    },
    perform: async ({ code, place, pack: id = "" }, { room, person, event: cause }) => {
      const make = (now: Pack | undefined): Pack | undefined =>
        now && { ...now, images: movedTo(now.images, code, place) };
      const wanted = { id, deed: "change-sticker", make } as const;
      await packs.change(room, wanted, { person, cause });
      const { name, pack } = await packs.shown(room, id);
      const number = [...pack.images.keys()].indexOf(code) + 1;
      const told = toldCode(code);
      if (number === 0) return { template: "sticker/drop-gone", view: { code: told } };
      return { template: "sticker/ordered", view: { code: told, name, number } };
    },
  });
}
