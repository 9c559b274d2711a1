import { restOfLine } from "../../../chat/arguments.ts";
import { defineCommand, required, type Command } from "../../../chat/command.ts";
import { asTyped } from "../../../chat/tokenize.ts";
import { plain } from "../../../kernel/plain.ts";
import type { RoomEncryption } from "../../../matrix/port.ts";
import { packNeeds } from "../needs.ts";
import type { Packs } from "../packs.ts";
import { packKey } from "../shortcodes.ts";

interface NewPackDeps {
  readonly packs: Packs;
  readonly matrix: RoomEncryption;
}

/** What a pack of Usher's is for: an empty list would be none at all for some apps. */
const USAGE = ["sticker"];

/** `stickers new <name>`: an empty pack, for people to fill. */
export function newPack({ packs, matrix }: NewPackDeps): Command {
  return defineCommand({
    words: "stickers new",
    aliases: [
      ...["new stickers", "sticker new", "new sticker pack", "make stickers", "make sticker pack"],
      ...["create stickers", "create sticker pack", "stickers create"],
    ],
    parameters: { name: required(restOfLine("name", 60)) },
    example: "stickers new Cats",
    changes: true,
    deed: "make-pack",
    needs: () => packNeeds(),
    plan: async ({ name }, { room }) => {
      const encrypted = (await matrix.encryption(room)) !== "none";
      const { shown } = await packs.list(room);
      const same = shown.find((one) => plain(one.name) === plain(name));
      const view = { name, encrypted, same: same && { id: asTyped(same.id) } };
      return { preview: { template: "sticker/new-preview", view } };
    },
    perform: async ({ name }, { room, person, event: cause }) => {
      const { shown, gone } = await packs.list(room);
      const mine = shown.find(({ record }) => record?.cause === cause);
      const taken = new Set([...shown, ...gone].map(({ id }) => id));
      const id = mine?.id ?? packKey(name, taken);
      const make = () => ({ about: { display_name: name, usage: USAGE }, images: new Map() });
      const change = await packs.change(room, { id, deed: "make-pack", make }, { person, cause });
      return { template: "sticker/made", view: { name, id: asTyped(change?.id ?? id) } };
    },
  });
}
