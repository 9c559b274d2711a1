import { text } from "../../../chat/arguments.ts";
import { defineCommand, optional, required, type Command } from "../../../chat/command.ts";
import type { View } from "../../../kernel/errors.ts";
import { isContent } from "../../../matrix/events.ts";
import { shownWords } from "../exported/maunium.ts";
import { stickerMeant } from "../meant.ts";
import type { Packs } from "../packs.ts";

/** `sticker <shortcode or number> [pack=…]`: Usher says it. Which one it was is kept nowhere (R58). */
export function sendSticker({ packs }: { readonly packs: Packs }): Command {
  return defineCommand({
    words: "sticker",
    parameters: { code: required(text("shortcode", 100)) },
    options: { pack: optional(text("pack", 255)) },
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
        info: (isContent(info) ? info : {}) as View,
      };
      return { template: "sticker/sent", view: { code }, sticker };
    },
  });
}
