import { restOfLine, text } from "../../../chat/arguments.ts";
import { defineCommand, required, type Command } from "../../../chat/command.ts";
import { asTyped, quote } from "../../../chat/tokenize.ts";
import { UsherError } from "../../../kernel/errors.ts";
import { stickerMeant } from "../meant.ts";
import { packNeeds } from "../needs.ts";
import { SHORTCODE, type Pack, type PackImage } from "../pack.ts";
import type { Packs } from "../packs.ts";
import { packSaid, stickerSaid, toldCode } from "../named.ts";
import { suggestedShortcode, unused } from "../shortcodes.ts";

interface ChangeDeps {
  readonly packs: Packs;
}
const pack = packSaid;

/** `stickers drop <shortcode or number> [pack=…]`: a picture leaves its pack. */
export function dropSticker({ packs }: ChangeDeps): Command {
  return defineCommand({
    words: "stickers drop",
    aliases: [
      ...["sticker drop", "stickers remove", "sticker remove"],
      ...["stickers delete", "sticker delete"],
    ],
    parameters: { code: required(stickerSaid) },
    options: { pack },
    example: "stickers drop cat-wave",
    changes: true,
    deed: "drop-sticker",
    needs: () => packNeeds(),
    plan: async ({ code: said, pack: where }, { room }) => {
      const { code, pack: of } = await stickerMeant(packs, room, { said, pack: where });
      return {
        preview: {
          template: "sticker/drop-preview",
          view: { code: toldCode(code), name: of.name },
        },
        exactly: `stickers drop ${asTyped(code)} pack=${quote(of.id)}`,
      };
    },
    perform: async ({ code, pack: id = "" }, { room, person, event: cause }) => {
      const make = (now: Pack | undefined): Pack | undefined =>
        now && { ...now, images: new Map([...now.images].filter(([one]) => one !== code)) };
      const wanted = { id, deed: "drop-sticker", make } as const;
      const change = await packs.change(room, wanted, { person, cause });
      if (change === undefined)
        return { template: "sticker/drop-gone", view: { code: toldCode(code) } };
      return { template: "sticker/dropped", view: { code: toldCode(code), name: change.name } };
    },
  });
}

/** `stickers rename <shortcode or number> <new> [pack=…]`. */
export function renameSticker({ packs }: ChangeDeps): Command {
  return defineCommand({
    words: "stickers rename",
    aliases: ["sticker rename"],
    parameters: {
      code: required(stickerSaid),
      next: required(text("new shortcode", 100)),
    },
    options: { pack },
    example: "stickers rename cat-wave cat-hello",
    changes: true,
    deed: "change-sticker",
    needs: () => packNeeds(),
    plan: async ({ code: said, next: wanted, pack: where }, { room }) => {
      const { code, pack: of } = await stickerMeant(packs, room, { said, pack: where });
      const next = wanted.replace(/^:(.+):$/, "$1");
      if (!SHORTCODE.test(next))
        throw new UsherError("sticker-shortcode", {
          said: wanted,
          nearest: suggestedShortcode(next),
        });
      const others = [...of.pack.images.keys()].filter((one) => one !== code);
      const taken = others.find((one) => one.toLowerCase() === next.toLowerCase());
      if (taken !== undefined)
        throw new UsherError("sticker-taken", {
          ...{ code: taken, name: of.name, other: unused(next, new Set(others)) },
        });
      return {
        unseen: true,
        exactly: `stickers rename ${asTyped(code)} ${asTyped(next)} pack=${quote(of.id)}`,
      };
    },
    perform: ({ code, next, pack: id = "" }, { room, person, event: cause }) =>
      changed(packs, { room, id, code, next, person, cause }, (image) => image),
  });
}

/** `stickers describe <shortcode or number> <words>`: what a picture shows, for whoever does not see it. */
export function describeSticker({ packs }: ChangeDeps): Command {
  return defineCommand({
    words: "stickers describe",
    aliases: ["sticker describe"],
    parameters: {
      code: required(stickerSaid),
      words: required(restOfLine("what it shows", 200)),
    },
    options: { pack },
    example: "stickers describe cat-wave A cat waves",
    changes: true,
    deed: "change-sticker",
    needs: () => packNeeds(),
    plan: async ({ code: said, words, pack: where }, { room }) => {
      const { code, pack: of } = await stickerMeant(packs, room, { said, pack: where });
      const exactly = `stickers describe pack=${quote(of.id)} ${asTyped(code)} ${words}`;
      return { unseen: true, exactly };
    },
    perform: ({ code, words, pack: id = "" }, { room, person, event: cause }) =>
      changed(packs, { room, id, code, next: code, person, cause }, (image) => ({
        ...image,
        body: words,
      })),
  });
}

type Changed = Parameters<Packs["change"]>[2] & {
  readonly room: Parameters<Packs["change"]>[0];
  readonly id: string;
  readonly code: string;
  readonly next: string;
};

/** The picture under its shortcode is another, or stands under another. */
async function changed(
  packs: Packs,
  { room, id, code, next, person, cause }: Changed,
  as: (image: PackImage) => PackImage,
) {
  const make = (now: Pack | undefined): Pack | undefined =>
    now && {
      ...now,
      images: new Map(
        [...now.images].map(([one, image]) => (one === code ? [next, as(image)] : [one, image])),
      ),
    };
  const wanted = { id, deed: "change-sticker", make } as const;
  const change = await packs.change(room, wanted, { person, cause });
  const name = change?.name ?? id;
  return {
    template: "sticker/changed",
    view: { code: toldCode(code), next, name, renamed: code !== next },
  };
}
