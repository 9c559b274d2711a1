import { z } from "zod";
import { eventId, userId } from "../../kernel/idSchemas.ts";
import { digest, type RoomId } from "../../kernel/ids.ts";
import { actor, mixed, notAbout, ownWords } from "../../privacy/fields.ts";
import { CHANGED, defineRoomPart, SETTING_UP } from "../../store/roomParts.ts";
import type { RoomDocument } from "../../store/room.ts";
import { CONNECTIONS } from "./dataMap.ts";

/** What is connected. */
const connected = {
  /** Its sort, as an entry of the catalogue. */
  entry: ownWords(z.string()),
  bot: notAbout(userId),
  /** The key of its state event: the address of a feed, the name of a webhook. */
  key: mixed(z.string()),
  /** What the room is to read in front of its news. */
  label: mixed(z.string()).optional(),
  /** Until when it works; ms since the epoch. */
  until: z.number().optional(),
  /** Where what is said in the room goes. */
  url: mixed(z.string()).optional(),
};

/** The bot's own entry in the room's power levels before Usher gave it one; null where it had none. `given`: what it gave; null where nothing. */
const power = z.strictObject({ before: z.number().nullable(), given: z.number().nullable() });

/** What Usher remembers of a connection that it set up. */
const connectionRecord = z.strictObject({
  id: mixed(z.string()),
  ...connected,
  name: mixed(z.string()),
  /** Absent where that person has been erased. */
  addedBy: actor(userId).optional(),
  addedAt: z.number(),
  /** The event that asked for it. */
  cause: eventId,
  power,
  /** The bot was in the room, or invited, before. */
  wasHere: z.boolean().optional(),
});

export type ConnectionRecord = z.infer<typeof connectionRecord>;

const DEEDS = ["add-connection", "remove-connection"] as const;

const connectionChange = z.strictObject({ ...CHANGED, deed: z.enum(DEEDS), ...connected });

export type ConnectionChange = z.infer<typeof connectionChange>;

/** A connection that is being set up. */
const connectionSetUp = z.strictObject({
  ...SETTING_UP,
  deed: z.literal("add-connection"),
  ...connected,
});

export type ConnectionSetUp = z.infer<typeof connectionSetUp>;

/** What Usher connected rooms with (D3). */
export const connectionPart = defineRoomPart({
  key: "connections",
  record: CONNECTIONS,
  schema: z.array(connectionRecord),
  empty: [],
  change: connectionChange,
  deeds: DEEDS,
  setUp: connectionSetUp,
});

export function connectionsOf(document: RoomDocument | undefined): readonly ConnectionRecord[] {
  return connectionPart.of(document);
}

type Connected = Pick<ConnectionRecord, keyof typeof connected>;

/** Of whatever holds it, what is connected. */
export function connectedOf({
  entry,
  bot,
  key,
  label,
  until,
  url,
}: { readonly [F in keyof Connected]: Connected[F] | undefined } & Pick<
  Connected,
  "entry" | "bot" | "key"
>): Connected {
  return {
    ...{ entry, bot, key },
    ...(label === undefined ? {} : { label }),
    ...(until === undefined ? {} : { until }),
    ...(url === undefined ? {} : { url }),
  };
}

/** The record with this of it changed; what is undefined is gone. */
export function alteredRecord(
  record: ConnectionRecord,
  changed: { readonly [F in keyof Connected | "name"]?: ConnectionRecord[F] | undefined },
): ConnectionRecord {
  const { label: _, until: __, url: ___, ...kept } = record;
  const { name = record.name } = changed;
  return {
    ...kept,
    name,
    ...connectedOf({
      ...record,
      ...changed,
      entry: record.entry,
      bot: record.bot,
      key: record.key,
    }),
  };
}

/** The document with this record, in place of an earlier one of the same id. */
export function withConnection(document: RoomDocument, record: ConnectionRecord): RoomDocument {
  const others = connectionsOf(document).filter(({ id }) => id !== record.id);
  return connectionPart.in(document, [...others, record]);
}

export function withoutConnection(document: RoomDocument, wanted: string): RoomDocument {
  const records = connectionsOf(document);
  const left = records.filter(({ id }) => id !== wanted);
  return left.length === records.length ? document : connectionPart.in(document, left);
}

/** A short id that people can type: the sort and five letters, the same for the same thing in the same room, whoever has added it. */
export function connectionId(entry: string, room: RoomId, key: string): string {
  const letters = digest("connection", room, entry, key)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, "")
    .slice(0, 5);
  return `${entry}-${letters}`;
}
