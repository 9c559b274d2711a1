import type { Command } from "../../chat/command.ts";
import type { SettingsOf } from "../../config/configSection.ts";
import type { Kind, KindDefinition, KindDeps, OwnConfig } from "../../integrations/kind.ts";
import { ListSection } from "../../integrations/listSection.ts";
import type { Part } from "../../matrix/part.ts";
import { PACK_ABILITIES, packStatus } from "./abilities.ts";
import { anyOf, type Cancellable } from "./cancelling.ts";
import { Collections } from "./collecting/collections.ts";
import { addPack } from "./commands/addPack.ts";
import { cancelImport } from "./commands/cancelImport.ts";
import { addSticker } from "./commands/addSticker.ts";
import { describeSticker, dropSticker, renameSticker } from "./commands/changeSticker.ts";
import { exportPack } from "./commands/exportPack.ts";
import { formatPack } from "./commands/formatPack.ts";
import { newCodes } from "./commands/newCodes.ts";
import { newPack } from "./commands/newPack.ts";
import { orderSticker } from "./commands/orderSticker.ts";
import { disablePack, enablePack, myPacks } from "./commands/ownPacks.ts";
import { redeemCode } from "./commands/redeem.ts";
import { sendSticker } from "./commands/sendSticker.ts";
import { showPack } from "./commands/showPack.ts";
import { stickersDone } from "./commands/stickersDone.ts";
import { packCatalogue, SECTION, type PackEntry } from "./config.ts";
import { STICKER_ERRORS } from "./errors.ts";
import { withoutCancels } from "./imports/cancelWord.ts";
import type { Imports } from "./imports/imports.ts";
import { openImports } from "./imports/open.ts";
import { packItems } from "./items.ts";
import { PackMirror } from "./mirror.ts";
import { Packs } from "./packs.ts";
import { openPictures, type Pictures } from "./pictures/pictures.ts";
import { Codes } from "./people/codes.ts";
import { PersonPacks } from "./people/personPacks.ts";
import { Redemptions } from "./people/redemptions.ts";
import { packPart } from "./records.ts";
import { Reformats } from "./reformats.ts";
import { packUndoHandler } from "./undo.ts";
import { packUpgradeHandler } from "./upgrade.ts";
import { infoOf } from "./views.ts";

/** Sticker packs: pictures of a room that apps offer beside the emoji. */
export const STICKERS: KindDefinition<SettingsOf<typeof SECTION>> = {
  errors: STICKER_ERRORS,
  layers: {
    homeserver: { template: "layer/sticker-homeserver", view: {} },
    manager: { template: "layer/sticker-manager", view: {} },
    integration: "none",
    "third-party": { template: "layer/sticker-third-party", view: {} },
  },
  configSection: SECTION,
  prepare: (own) => {
    const section = new ListSection<PackEntry>({
      ...{ kind: "sticker", plural: "stickers", schema: packCatalogue },
      configured: own.settings.catalogue,
    });
    return { section, open: (deps) => openStickers(deps, section, own) };
  },
};

function openStickers(
  deps: KindDeps,
  { kind, plural, entries }: ListSection<PackEntry>,
  own: OwnConfig<SettingsOf<typeof SECTION>>,
): Kind {
  const { matrix, documents, clock, log, queue, catalogue, letters } = deps;
  const { calledAs, mayActFor, speaker } = deps;
  const packs = new Packs({ matrix, documents, clock });
  const pictures = openPictures({ clock, log });
  const mirror = new PackMirror({ me: matrix.me, packs, queue, log });
  const { imports, sources } = openImports(deps, own, { packs, pictures });
  const [personPacks, codes] = [new PersonPacks(documents), new Codes(documents)];
  const redemptions = new Redemptions({ codes, personPacks, clock });
  const collections = new Collections({ documents, clock, mayActFor });
  const reformats = new Reformats({
    ...{ pictures, matrix, documents, clock, queue, speaker, mayActFor },
  });
  const going = anyOf([
    imports.going,
    reformats.going,
    {
      goesOn: (...where) => collections.isMaking(...where),
      cancel: (...where) => collections.cancel(...where),
    },
  ]);
  const parts = {
    ...{ packs, pictures, matrix, catalogue, entries, personPacks, letters, imports, sources },
    ...{ collections, redemptions, clock, queue, speaker, reformats, going },
  };
  return {
    kind,
    plural,
    abilities: PACK_ABILITIES,
    status: (room, power) => packStatus(room, power, matrix.me),
    info: ({ id }) => infoOf(entries, id),
    adding: addPack(parts),
    more: moreCommands(parts),
    items: packItems(packs),
    upgradeHandler: packUpgradeHandler(packs, documents),
    undoHandler: packUndoHandler(packs),
    rights: { part: packPart, byItself: "nothing", byHand: "nothing", outward: "nothing" },
    // Nothing of a pack goes on elsewhere.
    beyond: {
      end: () => Promise.resolve(),
      lost: () => Promise.resolve(),
      commands: [{ command: newCodes({ ...parts, codes }), targets: ["pack"] }],
    },
    part: stickersPart({ redemptions, collections, mirror, imports, going, pictures, calledAs }),
  };
}

/** What it does by itself. */
function stickersPart({
  redemptions,
  collections,
  mirror,
  imports,
  going,
  pictures,
  calledAs,
}: {
  readonly redemptions: Redemptions;
  readonly collections: Collections;
  readonly mirror: PackMirror;
  readonly imports: Imports;
  readonly going: Cancellable;
  readonly pictures: Pictures;
  readonly calledAs: string;
}): Part {
  return {
    name: "stickers",
    start: async () => {
      await collections.start();
      await redemptions.resume();
    },
    note: (room) => {
      collections.note(room);
    },
    sift: (batch) => withoutCancels(batch, { calledAs, ...going }),
    handle: async (batch) => {
      await Promise.all([collections.handle(batch), mirror.handle(batch)]);
    },
    sweepRoom: (room) => imports.sweepRoom(room),
    sweep: () => collections.sweep(),
    stop: () => {
      imports.stop();
      return pictures.close();
    },
  };
}

type Parts = Parameters<typeof addSticker>[0] &
  Parameters<typeof newPack>[0] &
  Parameters<typeof formatPack>[0] &
  Parameters<typeof exportPack>[0] &
  Parameters<typeof showPack>[0] &
  Parameters<typeof enablePack>[0] &
  Parameters<typeof redeemCode>[0] &
  Parameters<typeof cancelImport>[0] & { readonly going: Cancellable } & Parameters<
    typeof stickersDone
  >[0];

/** What can be said about sticker packs beside how one is added. */
function moreCommands(parts: Parts): readonly Command[] {
  return [
    newPack(parts),
    addSticker(parts),
    renameSticker(parts),
    describeSticker(parts),
    dropSticker(parts),
    orderSticker(parts),
    formatPack(parts),
    exportPack(parts),
    showPack(parts),
    sendSticker(parts),
    enablePack(parts),
    disablePack(parts),
    myPacks(parts),
    redeemCode(parts),
    cancelImport(parts),
    stickersDone(parts),
  ];
}
