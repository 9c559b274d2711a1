import { isDeepStrictEqual } from "node:util";
import type { RoomId } from "../../kernel/ids.ts";
import { recordedItems, type RoomUpgradeHandler } from "../../integrations/roomUpgrade.ts";
import type { Documents } from "../../store/documents.ts";
import { roomDocument } from "../../store/room.ts";
import { importPart, withImported } from "./imports/records.ts";
import { packNeeds } from "./needs.ts";
import type { Packs } from "./packs.ts";
import { packPart, type PackRecord } from "./records.ts";
import { PACK_TYPES } from "./state.ts";

/** Carries Usher's packs into another room, as they stand in the old one. Others' packs are theirs. */
export function packUpgradeHandler(packs: Packs, documents: Documents): RoomUpgradeHandler {
  return {
    ...recordedItems(packPart, documents, {
      itemOf: ({ id, name, addedBy }) => ({ id, name, addedBy }),
      carryOne: (from, to, record) => carryOne(packs, documents, { from, to, record }),
    }),
    needs: packNeeds(),
    removal: ({ type, stateKey, content }) =>
      PACK_TYPES.some((one) => one === type) && isDeepStrictEqual(content, {})
        ? stateKey
        : undefined,
  };
}

async function carryOne(
  packs: Packs,
  documents: Documents,
  { from, to, record }: { readonly from: RoomId; readonly to: RoomId; readonly record: PackRecord },
): Promise<"carried" | "there" | "gone"> {
  const { shown } = await packs.list(from);
  const found = shown.find(({ id }) => id === record.id);
  if (found === undefined) return "gone";
  if ((await packs.list(to)).shown.some(({ id }) => id === record.id)) return "there";
  await packs.carry(to, record, found.pack);
  const origin = importPart.of(await documents.get(roomDocument, from)).done;
  const one = origin.find(({ pack }) => pack === record.id);
  if (one !== undefined)
    await documents.update(roomDocument, to, (document) => withImported(document, one));
  return "carried";
}
