import { defineCommand, required, type Command } from "../../../chat/command.ts";
import { shownWords } from "../exported/maunium.ts";
import { infoOfStored } from "../image.ts";
import { stickerMeant } from "../meant.ts";
import type { Packs } from "../packs.ts";
import { packSaid, stickerSaid, toldCode } from "../named.ts";

/** `sticker <shortcode or number> [pack=…]`: Usher says it. Which one it was is kept nowhere (R58). */
export function sendSticker({ packs }: { readonly packs: Packs }): Command {
  return defineCommand({
    words: "sticker",
    parameters: { code: required(stickerSaid) },
    options: { pack: packSaid },
    example: "sticker cat-wave",
    changes: true,
    deed: "send-sticker",
    needs: () => [{ kind: "message", type: "m.sticker" }],
    plan: async ({ code: said, pack }, { room }) => {
      await stickerMeant(packs, room, { said, pack });
      return { unseen: true };
    },
    perform: async ({ code: said, pack }, { room }) => {
      const { code, image } = await stickerMeant(packs, room, { said, pack });
      const { info, url } = image;
      const sticker = {
        ...{ url, body: shownWords(code, image) },
        info: infoOfStored(info),
      };
      return { template: "sticker/sent", view: { code: toldCode(code) }, sticker };
    },
  });
}
