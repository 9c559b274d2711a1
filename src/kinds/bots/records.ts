import { z } from "zod";
import type { EventId, UserId } from "../../kernel/ids.ts";
import { defineRoomPart } from "../../store/roomParts.ts";
import type { RoomDocument } from "../../store/room.ts";

const userId = z.string().startsWith("@") as unknown as z.ZodType<UserId>;
const eventId = z.string().startsWith("$") as unknown as z.ZodType<EventId>;

/** What Usher remembers of a bot that it brought in: who asked, which bot, with which options, when; nothing else (R50). */
const botRecord = z.strictObject({
  id: z.string(),
  user: userId,
  addedBy: userId,
  addedAt: z.number(),
  /** The event that asked for it. */
  cause: eventId,
  /** The power it is to have; 0 for what everybody has. */
  level: z.number(),
  /** How far the set-up has come; absent when it is done. `inviting`: the invitation may not have gone out. `waiting` for it to join. */
  step: z.enum(["inviting", "waiting"]).optional(),
});

export type BotRecord = z.infer<typeof botRecord>;

const DEEDS = ["add-bot", "remove-bot", "set-bot"] as const;

/** One thing that Usher did to a bot for somebody. */
const botChange = z.strictObject({
  cause: eventId,
  person: userId,
  at: z.number(),
  id: z.string(),
  name: z.string(),
  undoneBy: eventId.optional(),
  deed: z.enum(DEEDS),
  user: userId,
  /** Its own entry in the room's power levels before and after; null where it has none. */
  level: z.strictObject({ before: z.number().nullable(), after: z.number().nullable() }),
});

export type BotChange = z.infer<typeof botChange>;

/** The bots that Usher brought into a room (D2, D3), and what it did to them. The room's state says whether they are still there. */
export const botPart = defineRoomPart({
  key: "bots",
  schema: z.array(botRecord),
  empty: [],
  change: botChange,
  deeds: DEEDS,
  people: (records) => records.flatMap(({ addedBy, user }) => [addedBy, user]),
  peopleOfChange: ({ user }) => [user],
});

export function botsOf(document: RoomDocument | undefined): readonly BotRecord[] {
  return botPart.of(document);
}

/** The document with this record, in place of an earlier one about the same bot. */
export function withBot(document: RoomDocument, record: BotRecord): RoomDocument {
  return botPart.in(document, [...botsOf(document).filter(({ user }) => user !== record.user), record]);
}

export function withoutBot(document: RoomDocument, user: UserId): RoomDocument {
  const records = botsOf(document);
  const left = records.filter((record) => record.user !== user);
  return left.length === records.length ? document : botPart.in(document, left);
}
