import { z } from "zod";
import type { EventId, RoomId, UserId } from "../kernel/ids.ts";
import type { DocumentType } from "./documents.ts";
import { roomParts } from "./roomParts.ts";

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

const content = z.record(z.string(), z.unknown());

/** One thing that Usher did for somebody. What it takes to undo it stands beside this, and is for the kind that did it to read. */
const change = z.looseObject({
  /** The command's event. */
  cause: eventId,
  person: userId,
  /** Ms since the epoch. */
  at: z.number(),
  /** What was done, in a word of its kind's own. */
  deed: z.string(),
  /** The thing it was done to, as people name it. */
  id: z.string(),
  name: z.string(),
  /** The command that took it back. */
  undoneBy: eventId.optional(),
});

/** What Usher has last said of what it sees and may do. */
const told = z.strictObject({ encrypted: z.boolean(), rights: z.array(z.string()), at: z.number() });

/** Kinds keep their parts beside these fields. What is of a kind that this Usher does not have stays as it is. */
const base = z.looseObject({
  id: roomId,
  /** Who invited Usher, and when it heard of that; ms. Absent while Usher is not in the room. */
  inviter: userId.optional(),
  invitedAt: z.number().optional(),
  /** The invitation said that the room is meant as a direct chat. */
  invitedAs: z.literal("direct").optional(),
  /** Since when Usher has been here without being allowed to say so, after its inviter was told; ms. */
  silentSince: z.number().optional(),
  /** When Usher said what it is; ms. Never said twice for one stay. */
  greetedAt: z.number().optional(),
  /** As what the room was greeted: what began as a direct chat gets a room's greeting when others come. */
  greetedAs: z.enum(["direct", "room"]).optional(),
  /** What Usher may not say here now, oldest first, a bounded number: it is said when it may be. `until`: after that nobody needs it; ms. */
  owed: z.array(z.strictObject({ template: z.string(), view: content, cause: z.string(), step: z.string(), until: z.number() })).optional(),
  /** What is said in the room of what Usher sees and may do there: with the greeting, and again after each change (R54). `at` in ms. */
  told: told.optional(),
  /** The room has once been seen to be encrypted: whatever anybody says later, nothing goes there in clear. */
  encrypted: z.literal(true).optional(),
  /** When Usher last said that it could not read something here; ms. */
  hintedAt: z.number().optional(),
  /** Since when Usher has been the only one in the room; ms. */
  aloneSince: z.number().optional(),
  /** Events that were answered, oldest first, a bounded number: a repeated delivery of one is ignored. */
  handled: z.array(eventId),
  /** Previews that wait for a yes. */
  pending: z.array(
    asked.extend({
      preview: eventId,
      expiresAt: z.number(),
      /** It could not be read on the device that asked: only words from a verified one count. */
      inWords: z.literal(true).optional(),
      /** Its person has asked for something else since: plain words are no answer to it any more, a reply to it or a reaction is. */
      older: z.literal(true).optional(),
      /** Usher's own ✅ and ❌ beneath it; empty while they are on their way, absent where there are none. */
      signs: z.array(eventId).optional(),
    }),
  ),
  /** Usher's ✅ and ❌ beneath questions that are over: still to be taken away. A bounded number. */
  spent: z.array(eventId).optional(),
  /** Commands that were begun and not finished: they are taken up again at the next start, and answered under `replyTo`. */
  journal: z.array(asked.extend({ confirmedBy: eventId.optional(), replyTo: eventId })),
  /** Events under which Usher has said, or is about to say, that it works on them: that message becomes the answer. */
  working: z.array(eventId).optional(),
  /** What Usher changed in the room for people, oldest first, so that it can be undone: 30 days, a bounded number (D7-undo). */
  changes: z.array(change).optional(),
  /** The room that replaces this one, what said so and who, and how far Usher has come: with `carried`, all that is recorded here has moved there. */
  upgrade: z
    .strictObject({
      to: roomId,
      event: eventId,
      by: userId,
      state: z.enum(["found", "entering", "waiting", "powerless", "carrying", "carried", "refused"]),
    })
    .optional(),
});

const schema = base.superRefine((document, context) => {
  for (const { key, schema: part, change: own, deeds } of roomParts()) {
    const found = key in document ? part.safeParse(document[key]) : undefined;
    for (const issue of found?.error?.issues ?? []) context.addIssue({ ...issue, path: [key, ...issue.path] });
    for (const [index, one] of (document.changes ?? []).entries()) {
      const read = deeds.includes(one.deed) ? own.safeParse(one) : undefined;
      for (const issue of read?.error?.issues ?? []) context.addIssue({ ...issue, path: ["changes", index, ...issue.path] });
    }
  }
});

export type RoomDocument = z.infer<typeof base>;
export type Asked = z.infer<typeof asked>;
export type Told = z.infer<typeof told>;
export type RoomChange = z.infer<typeof change>;

/** Everything Usher keeps about one room. */
export const roomDocument: DocumentType<RoomDocument> = {
  kind: "room",
  version: 3,
  schema,
  empty: (id) => ({ id: id as RoomId, handled: [], pending: [], journal: [] }),
  // Version 2 may say more than version 1, and in version 3 kinds may have parts of their own; nothing of the older ones reads differently.
  migrations: { 1: (document) => document, 2: (document) => document },
  people: (document) => [
    ...new Set([
      ...(document.inviter === undefined ? [] : [document.inviter]),
      ...document.pending.map((one) => one.person),
      ...document.journal.map((one) => one.person),
      ...(document.changes ?? []).map((one) => one.person),
      ...(document.upgrade === undefined ? [] : [document.upgrade.by]),
      ...roomParts().flatMap((part) => [
        ...part.people(part.of(document)),
        ...(document.changes ?? []).flatMap((one) => (part.deeds.includes(one.deed) ? part.peopleOfChange(one) : [])),
      ]),
    ]),
  ],
};
