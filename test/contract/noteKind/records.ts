import { z } from "zod";
import type { EventId, UserId } from "../../../src/kernel/ids.ts";
import { defineRoomPart } from "../../../src/store/roomParts.ts";

const userId = z.string().startsWith("@") as unknown as z.ZodType<UserId>;
const eventId = z.string().startsWith("$") as unknown as z.ZodType<EventId>;

const note = z.strictObject({ id: z.string(), name: z.string(), addedBy: userId, cause: eventId });

export type Note = z.infer<typeof note>;

const DEEDS = ["add-note", "set-note", "remove-note"] as const;

const noteChange = z.strictObject({
  cause: eventId,
  person: userId,
  at: z.number(),
  id: z.string(),
  name: z.string(),
  undoneBy: eventId.optional(),
  deed: z.enum(DEEDS),
  before: note.nullable(),
  after: note.nullable(),
});

export type NoteChange = z.infer<typeof noteChange>;

/** What a room's document keeps of its notes. */
export const notePart = defineRoomPart({
  key: "notes",
  schema: z.array(note),
  empty: [],
  change: noteChange,
  deeds: DEEDS,
  people: (notes) => notes.map(({ addedBy }) => addedBy),
  peopleOfChange: ({ before, after }) => [before, after].flatMap((one) => one?.addedBy ?? []),
});
