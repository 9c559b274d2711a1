import { declareState } from "../../privacy/declared.ts";
import { PACKS_STATE } from "./dataMap.ts";

/** A pack of pictures of a room (MSC2545, specification 1.19, "Image packs"); its state key is the pack's. */
export const PACK_TYPE = declareState("m.room.image_pack", PACKS_STATE);
/** The same as most apps of 2026 still read it. */
export const OLD_PACK_TYPE = declareState("im.ponies.room_emotes", PACKS_STATE);
/** Each pack stands under both, with the same content and the same key. */
export const PACK_TYPES = [PACK_TYPE, OLD_PACK_TYPE] as const;
