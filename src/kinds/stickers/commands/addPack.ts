import { offering, text } from "../../../chat/arguments.ts";
import { defineCommand, optional, type Command, type Request } from "../../../chat/command.ts";
import { nameOrId } from "../../../chat/nameOrId.ts";
import { asTyped } from "../../../chat/tokenize.ts";
import { offeredIds } from "../../../integrations/catalogue.ts";
import { UsherError } from "../../../kernel/errors.ts";
import type { EventId, RoomId } from "../../../kernel/ids.ts";
import type { PackEntry } from "../config.ts";
import { demandRedeemed, entryMeant, sourceOf, type EntriesDeps } from "../entries.ts";
import { packNeeds } from "../needs.ts";
import type { KnownPack, Packs } from "../packs.ts";
import type { PersonPacks } from "../people/personPacks.ts";
import { repliedTo } from "../replied.ts";
import { packKey } from "../shortcodes.ts";
import { hostView } from "../views.ts";
import {
  fileAnswered,
  performImport,
  planImport,
  type ImportDeps,
  type Source,
} from "./importPack.ts";
import { isPlace, sourceMeant, type SourceDeps } from "./importSource.ts";

export interface AddPackDeps extends EntriesDeps, ImportDeps {
  readonly packs: Packs;
  /** Where packs come from that are in no catalogue. */
  readonly sources: SourceDeps;
  readonly personPacks: Pick<PersonPacks, "hasRedeemed">;
}

/** Packs of the catalogue that are offered where none was named. */
const SHOWN = 10;

/**
 * `add stickers <pack>`: a pack of the catalogue comes into the room; as a reply to a zip, the pack that is in it; by a room or a link, the pack that is there. Added
 * again, it is brought up to date.
 */
export function addPack(deps: AddPackDeps): Command {
  const { packs, matrix, catalogue } = deps;
  return defineCommand({
    words: "add stickers",
    aliases: [
      ...["stickers add pack", "addstickers", "add sticker pack"],
      ...["import stickers", "import sticker pack", "stickers import"],
    ],
    suits: (word) => catalogue.find(word)?.kind === "sticker",
    parameters: {
      pack: optional(
        offering(text("pack", 2_000), () => offeredIds(catalogue.browse({ kind: "sticker" }))),
      ),
      which: optional(nameOrId()),
    },
    example: "add stickers cats",
    changes: true,
    deed: "add-pack",
    needs: () => packNeeds(),
    plan: async ({ pack: said, which }, request) => {
      const { room, person } = request;
      if (said === undefined) return planImport(deps, await answered(deps, request), request);
      const elsewhere = placeMeant(deps, { said, which }, request);
      if (elsewhere !== undefined) return planImport(deps, elsewhere, request);
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
    perform: async ({ pack: said, which }, request) => {
      const { room, person, event: cause } = request;
      if (said === undefined) return performImport(deps, fileAnswered(deps, request), request);
      const elsewhere = placeMeant(deps, { said, which }, request);
      if (elsewhere !== undefined) return performImport(deps, elsewhere, request);
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

/** Where a pack lies that is none of the catalogue; undefined for a word that is no place. */
function placeMeant(
  deps: AddPackDeps,
  where: { readonly said: string; readonly which: string | undefined },
  request: Request,
): Source | undefined {
  const isKnown = deps.catalogue.find(where.said) !== undefined;
  return isKnown || !isPlace(where.said) ? undefined : sourceMeant(deps.sources, where, request);
}

/** The file that is answered. Rejects with `sticker-add-what` where none is. */
async function answered(deps: AddPackDeps, request: Request): Promise<Source> {
  try {
    await repliedTo(deps.matrix, request);
  } catch (error) {
    if (!(error instanceof UsherError) || error.code !== "sticker-no-reply") throw error;
    const packs = deps.entries.slice(0, SHOWN).map(({ id, name }) => ({ id, name }));
    const more = deps.entries.length - packs.length;
    throw new UsherError("sticker-add-what", { packs, more, arePacks: packs.length > 0 });
  }
  return fileAnswered(deps, request);
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
