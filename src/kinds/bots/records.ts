import { z } from "zod";
import { eventId, userId } from "../../kernel/idSchemas.ts";
import type { UserId } from "../../kernel/ids.ts";
import { actor, correctable, mixed, person } from "../../privacy/fields.ts";
import { BOTS } from "./dataMap.ts";
import { CHANGED, defineRoomPart, SETTING_UP } from "../../store/roomParts.ts";
import type { RoomDocument } from "../../store/room.ts";

/** What Usher remembers of a bot that it brought in: who asked, which bot, with which options, when; nothing else (R50). */
const botRecord = z.strictObject({
  id: mixed(z.string()),
  user: person(userId),
  /** Absent where that person has been erased. */
  addedBy: actor(userId).optional(),
  addedAt: z.number(),
  /** The event that asked for it. */
  cause: eventId,
  /** The power it is to have; 0 for what everybody has. */
  level: correctable(z.number()),
});

export type BotRecord = z.infer<typeof botRecord>;

const DEEDS = ["add-bot", "remove-bot", "set-bot"] as const;

/** One thing that Usher did to a bot for somebody. */
const botChange = z.strictObject({
  ...CHANGED,
  deed: z.enum(DEEDS),
  user: person(userId),
  /** Its own entry in the room's power levels before and after; null where it has none. */
  level: z.strictObject({ before: z.number().nullable(), after: z.number().nullable() }),
});

export type BotChange = z.infer<typeof botChange>;

/** A bot that is to come. */
const botSetUp = z.strictObject({
  ...SETTING_UP,
  deed: z.literal("add-bot"),
  user: person(userId),
  /** As of a record: the power it is to have. */
  level: z.number(),
});

export type BotSetUp = z.infer<typeof botSetUp>;

/** The bots that Usher brought into a room (D2, D3), and what it did to them. The room's state says whether they are still there. */
export const botPart = defineRoomPart({
  key: "bots",
  record: BOTS,
  schema: z.array(botRecord),
  empty: [],
  change: botChange,
  deeds: DEEDS,
  setUp: botSetUp,
  migrations: { 3: withSharedSetUps },
});

export function botsOf(document: RoomDocument | undefined): readonly BotRecord[] {
  return botPart.of(document);
}

/** The document with this record, in place of an earlier one about the same bot. */
export function withBot(document: RoomDocument, record: BotRecord): RoomDocument {
  return botPart.in(document, [
    ...botsOf(document).filter(({ user }) => user !== record.user),
    record,
  ]);
}

export function withoutBot(document: RoomDocument, user: UserId): RoomDocument {
  const records = botsOf(document);
  const left = records.filter((record) => record.user !== user);
  return left.length === records.length ? document : botPart.in(document, left);
}

/** Until version 3 a bot's own record said how far its set-up had come. */
type FormerRecord = BotRecord & { readonly step?: "inviting" | "waiting" };

function withSharedSetUps(room: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const records = (room["bots"] ?? []) as readonly FormerRecord[];
  const setUps = records.flatMap(({ step, addedBy, addedAt, ...one }) =>
    step === undefined || addedBy === undefined
      ? []
      : [{ ...one, ...formerSetUp(step), person: addedBy, at: addedAt }],
  );
  if (setUps.length === 0) return room;
  const bots = records.map(({ step: _, ...record }) => record);
  return {
    ...room,
    bots,
    setUps: setUps.map((setUp): BotSetUp => ({ ...setUp, name: setUp.user })),
  };
}

function formerSetUp(
  step: "inviting" | "waiting",
): Pick<BotSetUp, "deed" | "step" | "state" | "results"> {
  const name = step === "inviting" ? "invite" : "join";
  return { deed: "add-bot", step: name, state: "doing", results: {} };
}
