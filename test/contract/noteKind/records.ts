import { z } from "zod";
import { eventId, userId } from "../../../src/kernel/idSchemas.ts";
import { actor, correctable, mixed, person } from "../../../src/privacy/fields.ts";
import { NOTES_RECORD } from "./dataMap.ts";
import { CHANGED, defineRoomPart, SETTING_UP } from "../../../src/store/roomParts.ts";

const note = z.strictObject({
  id: z.string(),
  name: correctable(mixed(z.string())),
  addedBy: actor(userId),
  cause: eventId,
});

export type Note = z.infer<typeof note>;

const DEEDS = ["add-note", "set-note", "remove-note"] as const;

const noteChange = z.strictObject({
  ...CHANGED,
  deed: z.enum(DEEDS),
  before: note.nullable(),
  after: note.nullable(),
});

export type NoteChange = z.infer<typeof noteChange>;

/** A note that waits for somebody to come. */
const noteSetUp = z.strictObject({
  ...SETTING_UP,
  deed: z.literal("add-note"),
  guest: person(userId),
});

export type NoteSetUp = z.infer<typeof noteSetUp>;

/** What a room's document keeps of its notes. */
export const notePart = defineRoomPart({
  key: "notes",
  record: NOTES_RECORD,
  schema: z.array(note),
  empty: [],
  change: noteChange,
  deeds: DEEDS,
  setUp: noteSetUp,
});
