import { z } from "zod";
import type { EventId, RoomId, UserId } from "../kernel/ids.ts";
import type { DocumentType } from "./documents.ts";

const userId = z.string().startsWith("@") as unknown as z.ZodType<UserId>;
const eventId = z.string().startsWith("$") as unknown as z.ZodType<EventId>;
const roomId = z.string().startsWith("!") as unknown as z.ZodType<RoomId>;

/** How a command was asked for; enough to run it again after a crash. */
const asked = z.strictObject({
  event: eventId,
  person: userId,
  thread: eventId.optional(),
  calledAs: z.string(),
  /** The command line after Usher's name. Gone when the command is done. */
  line: z.string(),
  /** When Usher heard it; ms since the epoch. */
  at: z.number(),
});

const schema = z.strictObject({
  id: roomId,
  /** Who invited Usher, and when it heard of that; ms. Absent while Usher is not in the room. */
  inviter: userId.optional(),
  invitedAt: z.number().optional(),
  /** When Usher said what it is; ms. Never said twice for one stay. */
  greetedAt: z.number().optional(),
  /** The room has once been seen to be encrypted: whatever anybody says later, nothing goes there in clear. */
  encrypted: z.literal(true).optional(),
  /** When Usher last said that it could not read something here; ms. */
  hintedAt: z.number().optional(),
  /** Since when Usher has been the only one in the room; ms. */
  aloneSince: z.number().optional(),
  /** Events that were answered, oldest first, a bounded number: a repeated delivery of one is ignored. */
  handled: z.array(eventId),
  /** Previews that wait for a yes. */
  pending: z.array(asked.extend({ preview: eventId, expiresAt: z.number() })),
  /** Commands that were begun and not finished: they are taken up again at the next start, and answered under `replyTo`. */
  journal: z.array(asked.extend({ confirmedBy: eventId.optional(), replyTo: eventId })),
  /** Events under which Usher has said, or is about to say, that it works on them: that message becomes the answer. */
  working: z.array(eventId).optional(),
  /** What Usher put into the room (D7). The room's state says whether it is still there. */
  widgets: z.array(
    z.strictObject({
      id: z.string(),
      url: z.string(),
      name: z.string(),
      addedBy: userId,
      addedAt: z.number(),
      /** The event that asked for it. */
      cause: eventId,
    }),
  ),
});

export type RoomDocument = z.infer<typeof schema>;
export type Asked = z.infer<typeof asked>;

/** Everything Usher keeps about one room. */
export const roomDocument: DocumentType<RoomDocument> = {
  kind: "room",
  version: 1,
  schema,
  empty: (id) => ({ id: id as RoomId, handled: [], pending: [], journal: [], widgets: [] }),
  migrations: {},
  people: (document) => [
    ...new Set([
      ...(document.inviter === undefined ? [] : [document.inviter]),
      ...document.pending.map((one) => one.person),
      ...document.journal.map((one) => one.person),
      ...document.widgets.map((one) => one.addedBy),
    ]),
  ],
};
