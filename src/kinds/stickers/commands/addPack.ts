import { offering, text } from "../../../chat/arguments.ts";
import { defineCommand, required, type Command } from "../../../chat/command.ts";
import { asTyped } from "../../../chat/tokenize.ts";
import { offeredIds } from "../../../integrations/catalogue.ts";
import type { EventId, RoomId } from "../../../kernel/ids.ts";
import type { RoomEncryption } from "../../../matrix/port.ts";
import type { PackEntry } from "../config.ts";
import { demandRedeemed, entryMeant, sourceOf, type EntriesDeps } from "../entries.ts";
import { packNeeds } from "../needs.ts";
import type { KnownPack, Packs } from "../packs.ts";
import type { PersonPacks } from "../people/personPacks.ts";
import { packKey } from "../shortcodes.ts";
import { hostView } from "../views.ts";

export interface AddPackDeps extends EntriesDeps {
  readonly packs: Packs;
  readonly matrix: RoomEncryption;
  readonly personPacks: Pick<PersonPacks, "hasRedeemed">;
}

/** `add stickers <pack>`: a pack of the catalogue comes into the room. Added again, it is brought up to date. */
export function addPack(deps: AddPackDeps): Command {
  const { packs, matrix, catalogue } = deps;
  return defineCommand({
    words: "add stickers",
    aliases: ["stickers add pack", "addstickers", "add sticker pack"],
    suits: (word) => catalogue.find(word)?.kind === "sticker",
    parameters: {
      pack: required(
        offering(text("pack", 100), () => offeredIds(catalogue.browse({ kind: "sticker" }))),
      ),
    },
    example: "add stickers cats",
    changes: true,
    deed: "add-pack",
    needs: () => packNeeds(),
    plan: async ({ pack: said }, { room, person }) => {
      const entry = entryMeant(deps, said);
      await demandRedeemed(deps.personPacks, person, entry);
      const source = await sourceOf(packs, entry);
      const there = await added(packs, room, entry);
      const view = {
        ...{ name: entry.name, count: source.images.size, again: there !== undefined },
        encrypted: (await matrix.encryption(room)) !== "none",
        ...hostView(entry),
      };
      return {
        preview: { template: "sticker/add-pack-preview", view },
        exactly: `add stickers ${entry.id}`,
      };
    },
    perform: async ({ pack: said }, { room, person, event: cause }) => {
      const entry = entryMeant(deps, said);
      await demandRedeemed(deps.personPacks, person, entry);
      const source = await sourceOf(packs, entry);
      const id = await keyFor(packs, room, { entry, cause });
      const wanted = { id, deed: "add-pack", make: () => source, entry: entry.id } as const;
      const change = await packs.change(room, wanted, { person, cause });
      const view = { name: entry.name, id: asTyped(id), count: source.images.size };
      return { template: change === undefined ? "sticker/pack-same" : "sticker/pack-added", view };
    },
  });
}

/** Where the pack of this entry stands in the room already. */
async function added(
  packs: Packs,
  room: RoomId,
  { id }: PackEntry,
): Promise<KnownPack | undefined> {
  return (await packs.list(room)).shown.find(({ record }) => record?.entry === id);
}

async function keyFor(
  packs: Packs,
  room: RoomId,
  { entry, cause }: { readonly entry: PackEntry; readonly cause: EventId },
): Promise<string> {
  const { shown, gone } = await packs.list(room);
  const mine = shown.find(({ record }) => record?.entry === entry.id || record?.cause === cause);
  return mine?.id ?? packKey(entry.id, new Set([...shown, ...gone].map(({ id }) => id)));
}
