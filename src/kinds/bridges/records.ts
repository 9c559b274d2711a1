import { z } from "zod";
import { eventId, userId } from "../../kernel/idSchemas.ts";
import { actor, mixed, notAbout, ownWords } from "../../privacy/fields.ts";
import { CHANGED, defineRoomPart, SETTING_UP } from "../../store/roomParts.ts";
import type { RoomDocument } from "../../store/room.ts";
import { BRIDGE_LINKS } from "./dataMap.ts";

/** What a room is linked with. */
const linked = {
  /** The bridge's id in the catalogue, and its bot: both may change there, and this link goes by what it was made with. */
  entry: ownWords(z.string()),
  bot: notAbout(userId),
  network: mixed(z.string()).optional(),
  channel: mixed(z.string()),
};

/** The bot's own entry in the room's power levels before Usher gave it one; null where it had none. `given`: what it gave; null where nothing. */
const power = z.strictObject({ before: z.number().nullable(), given: z.number().nullable() });

/** What the room asked for a type of state event, or for inviting, before Usher lowered it, and what since; null where it said nothing of it. */
const lowered = z.strictObject({
  /** The type, or "invite". */
  of: ownWords(z.string()),
  before: z.number().nullable(),
  given: z.number(),
});

/** What the room had that the bridge changes by itself: the content, null where there was none. */
const had = z.strictObject({
  type: ownWords(z.string()),
  content: mixed(z.record(z.string(), z.unknown())).nullable(),
});

/** What Usher remembers of a bridge that it set up. */
const bridgeRecord = z.strictObject({
  id: mixed(z.string()),
  ...linked,
  name: mixed(z.string()),
  /** Absent where that person has been erased. */
  addedBy: actor(userId).optional(),
  addedAt: z.number(),
  /** The event that asked for it. */
  cause: eventId,
  power,
  lowered: z.array(lowered).optional(),
  had: z.array(had).optional(),
  /** The bot was in the room, or invited, before. */
  wasHere: z.boolean().optional(),
});

export type BridgeRecord = z.infer<typeof bridgeRecord>;

const DEEDS = ["add-bridge", "remove-bridge"] as const;

const bridgeChange = z.strictObject({ ...CHANGED, deed: z.enum(DEEDS), ...linked });

export type BridgeChange = z.infer<typeof bridgeChange>;

/** A bridge that is being set up. */
const bridgeSetUp = z.strictObject({
  ...SETTING_UP,
  deed: z.literal("add-bridge"),
  ...linked,
  /** Who on the far side is to be asked, where somebody named them. */
  consentBy: mixed(z.string()).optional(),
});

export type BridgeSetUp = z.infer<typeof bridgeSetUp>;

/** The bridges that Usher set up in a room (D4). */
export const bridgePart = defineRoomPart({
  key: "bridges",
  record: BRIDGE_LINKS,
  schema: z.array(bridgeRecord),
  empty: [],
  change: bridgeChange,
  deeds: DEEDS,
  setUp: bridgeSetUp,
});

export function bridgesOf(document: RoomDocument | undefined): readonly BridgeRecord[] {
  return bridgePart.of(document);
}

/** The document with this record, in place of an earlier one of the same id. */
export function withBridge(document: RoomDocument, record: BridgeRecord): RoomDocument {
  const others = bridgesOf(document).filter(({ id }) => id !== record.id);
  return bridgePart.in(document, [...others, record]);
}

export function withoutBridge(document: RoomDocument, wanted: string): RoomDocument {
  const records = bridgesOf(document);
  const left = records.filter(({ id }) => id !== wanted);
  return left.length === records.length ? document : bridgePart.in(document, left);
}
