import { defineRecord } from "../../privacy/record.ts";

export const PACKS = defineRecord({
  id: "D8-packs",
  title:
    "Sticker packs of a room: who made or added which pack, under which name, where and when; short hashes of what Usher wrote there last",
  layer: "manager",
  purpose: "list, change and remove what was added, and keep what others changed",
  basis: "legitimate interest",
  necessity: "the room's state names Usher as the sender; only this says who asked",
  recipients: "room",
  retention: { until: ["removed", "room-left"] },
  inExport: "full",
  onErasure: "forget-name",
  notes: {
    inExport: "with a pointer to the state events",
    onErasure: "the pack stays the room's",
  },
  told: "room",
});

export const PACKS_STATE = defineRecord({
  id: "D8-packs-state",
  title:
    "The pack's own state events: its name, the shortcode, description and address of each picture; nobody's id",
  layer: "homeserver",
  purpose: "let apps show the stickers in the room",
  basis: "legitimate interest",
  necessity: "it is the pack",
  recipients: "homeservers",
  retention: { by: "homeserver" },
  inExport: "pointer",
  onErasure: "offer-removal",
  notes: { retention: "emptied when the pack is removed" },
  told: "homeserver",
});

export const STICKER_PICTURES = defineRecord({
  id: "D8-pictures",
  title:
    "Pictures of stickers in the media repository, re-encoded without what cameras write into them, never encrypted: whoever knows the address can read one",
  layer: "homeserver",
  purpose: "let apps show the stickers",
  basis: "legitimate interest",
  necessity: "a pack names pictures by their address",
  recipients: "homeservers",
  retention: { by: "homeserver" },
  inExport: "pointer",
  onErasure: "tell-operators",
  notes: {
    retention:
      "as long as the media repository keeps them; Usher cannot take a picture back from there",
    inExport: "with the pack that names them",
    onErasure: "a picture stays until the homeserver's operators delete it",
  },
  told: "homeserver",
});

export const PACK_SHEET = defineRecord({
  id: "D8-sheet",
  title:
    "A picture of a pack's stickers with their numbers and shortcodes, or a ZIP with the pictures of a pack, which somebody asked for; encrypted where the room is",
  layer: "homeserver",
  purpose: "let people see what is in a pack, in every app, and take it along",
  basis: "no personal data",
  necessity: "shortcodes alone say little of pictures",
  recipients: "room",
  retention: { by: "homeserver" },
  inExport: "none",
  onErasure: "nothing",
});

export const PERSON_PACKS = defineRecord({
  id: "D8-own",
  title:
    "Sticker packs of a person: the ids of those that they enabled or redeemed; while a code is being redeemed, its hash and the command",
  layer: "manager",
  purpose: "offer them their packs, and let them add those that cost something",
  basis: "legitimate interest",
  necessity: "nothing else says which packs are whose",
  recipients: "nobody",
  retention: { until: ["removed"] },
  inExport: "full",
  onErasure: "delete",
  notes: {
    retention: "`stickers disable`; what was redeemed stays until they are erased",
    onErasure: "with it goes what was redeemed",
  },
  told: "person",
});

export const CODES = defineRecord({
  id: "D8-codes",
  title:
    "Codes for sticker packs, as hashes (scrypt) with the pack that they are for; while one is being redeemed, the command; the message with the file of them until it is sent",
  layer: "manager",
  purpose: "let each code be used once",
  basis: "no personal data",
  necessity: "only what is known can be told from what was used",
  recipients: "nobody",
  retention: { until: ["removed"] },
  inExport: "none",
  onErasure: "nothing",
  notes: { retention: "a code that is used is removed; who used it is not kept with it" },
});

export const CODES_FILE = defineRecord({
  id: "D8-codes-file",
  title:
    "A file with new codes for a sticker pack, sent once to the operator who asked; encrypted where that chat is",
  layer: "homeserver",
  purpose: "hand the codes out",
  basis: "no personal data",
  necessity: "Usher itself cannot tell them again",
  recipients: "operators",
  retention: { by: "homeserver" },
  inExport: "none",
  onErasure: "nothing",
});

export const PACK_IMPORTS = defineRecord({
  id: "D8-imports",
  title:
    "Where a room's imported sticker packs came from, as short hashes: of the source and of each picture, with its shortcode and its address; while one is imported, the event that asked for it",
  layer: "manager",
  purpose: "change what differs when a pack is imported again, and do nothing twice after a crash",
  basis: "legitimate interest",
  necessity: "a pack does not say where it came from",
  recipients: "nobody",
  retention: { until: ["removed", "room-left"] },
  inExport: "none",
  onErasure: "nothing",
  notes: { onErasure: "nobody is named in it" },
  told: "room",
});

export const COLLECTING = defineRecord({
  id: "D8-collecting",
  title:
    "Which pictures somebody is sending for a sticker pack: the room, the pack, since when, and the ids of the messages and of what replaced them; while they become stickers, the command, and the address of each picture",
  layer: "manager",
  purpose: "make stickers of all of them at once",
  basis: "legitimate interest",
  necessity: "which of somebody's pictures are meant, only what they said before tells",
  recipients: "nobody",
  retention: { until: ["command-done"] },
  inExport: "full",
  onErasure: "delete",
  notes: {
    retention: "`stickers done` or `stickers cancel`; at the latest a day after it was begun",
  },
  told: "person",
});
