import { z } from "zod";
import { eventId, roomId, userId } from "../kernel/idSchemas.ts";
import { actor, held, mixed, notAbout, person } from "../privacy/fields.ts";
import { ERASURE, HAND_WORK, RECEIPT } from "../privacy/records/rights.ts";
import type { Clock } from "../kernel/clock.ts";
import { earlierOf } from "../kernel/otherClock.ts";
import { keptSince } from "../privacy/kept.ts";
import { defineDocument, type Documents } from "./documents.ts";

/** How much of a record of the data map became what. */
const count = z.strictObject({
  /** The record's id. */
  record: z.string(),
  /** `by-hand`: operators erase it, where Usher cannot. */
  is: z.enum(["erased", "nameless", "kept", "by-hand"]),
  count: z.number(),
});
export type FateCount = z.infer<typeof count>;

/** Something that an integration keeps, and in which room the person added it. */
const thingByHand = z.strictObject({ kind: z.string(), name: mixed(z.string()), room: roomId });

/** Something at another service that was made for them: its kind, the room that it serves, where that is, and the entry of the catalogue. `goes`: it is to be taken away there. */
const outwardThing = z.strictObject({
  kind: z.string(),
  room: roomId.optional(),
  id: mixed(z.string()),
  entry: z.string(),
  goes: z.boolean(),
});
export type OutwardThing = z.infer<typeof outwardThing>;

const request = z.strictObject({
  person: actor(userId),
  /** The command, and the room where it is answered: only there can it be confirmed. Absent where nobody asked. */
  event: eventId.optional(),
  room: roomId.optional(),
  /** Since when the account is deactivated, where that is why; ms since the epoch. */
  deactivatedAt: z.number().optional(),
  /** When it was asked; ms since the epoch. */
  at: z.number(),
  /** Which device asked, as a hash: no other can confirm it. Absent where that cannot be told. */
  device: z.string().optional(),
  /** What alone is meant: a room, what is of a kind, what has an id; all absent for everything. */
  only: z
    .strictObject({
      room: roomId.optional(),
      kind: z.string().optional(),
      /** Of a bot it can be its Matrix ID. */
      item: mixed(z.string()).optional(),
    })
    .optional(),
  /** It is to begin at once. */
  now: z.boolean(),
  /** Hashes of the words that confirm it: after a crash the same question may have been asked with another. */
  words: z.array(z.string()),
  /** How many wrong ones were said. */
  wrong: z.number(),
  /** `asked`: nothing happens until it is confirmed. `cooling`: it begins at `due`. `partial`: something is left, and is tried again at `due`. */
  state: z.enum(["asked", "cooling", "running", "partial"]),
  /** The event that confirmed it. */
  confirmedBy: eventId.optional(),
  /** When it begins, or goes on; ms since the epoch. */
  due: z.number().optional(),
  /** The last day after it was asked on which operators were told that it is not done. */
  toldOn: z.number().optional(),
  /** What was fixed before anything was erased. */
  work: z
    .strictObject({
      /** What stands where the person's id cannot go. */
      standIn: notAbout(userId),
      receipt: z.string(),
      /** Goes when the person has been told. */
      secret: z.string().optional(),
      /** Usher's own messages that name them. */
      quotes: z.array(z.strictObject({ room: roomId, event: eventId })).optional(),
      /** How much there was. */
      began: z.array(count),
      /** How often something was left. */
      tries: z.number(),
      /** What operators are to erase by hand (R25). */
      byHand: z.array(thingByHand).optional(),
      /** What there was of theirs at other services. */
      outward: z.array(outwardThing).optional(),
    })
    .optional(),
});
export type ErasureRequest = z.infer<typeof request>;

/** That somebody asked to be erased; the document's id is theirs, and it is the last that goes. */
export const erasureDocument = defineDocument({
  kind: "erasure",
  version: 9,
  shape: { request: held(ERASURE, request.optional()) },
  empty: () => ({}),
  // Version 2 may mean less than all; in version 3 nobody need have asked; in version 4 operators may have been told that it waits;
  // in version 5 the device that asked may be known, and one thing may be meant;
  // in version 6 messages of Usher's are to go; in version 7 operators may have to erase something by hand;
  // in version 8 something may be taken away at other services; in version 9 it need not be of a room.
  migrations: {
    1: (document) => document,
    2: (document) => document,
    3: (document) => document,
    4: (document) => document,
    5: (document) => document,
    6: (document) => document,
    7: (document) => document,
    8: (document) => document,
  },
  // What waits, or is not done in time, is told of by itself.
  since: { [ERASURE.id]: () => [] },
});

const handWork = z.strictObject({
  person: person(userId),
  /** Where they are told that it is done; absent where nobody asked. */
  event: eventId.optional(),
  room: roomId.optional(),
  /** When the erasure was asked; ms since the epoch. */
  at: z.number(),
  /** Everything was to be erased. */
  all: z.boolean(),
  things: z.array(thingByHand),
  /** The last day after it was asked on which operators were told of it. */
  toldOn: z.number().optional(),
});
export type HandWorkEntry = z.infer<typeof handWork>;

/** What operators have still to erase by hand (R25), by the id of the erasure's receipt. */
export const handWorkDocument = defineDocument({
  kind: "hand-work",
  version: 1,
  shape: { work: held(HAND_WORK, handWork.optional()) },
  empty: () => ({}),
  migrations: {},
});

const receipt = z.strictObject({
  /** A hash of it. */
  secret: z.string(),
  /** When the erasure was last looked at; ms since the epoch. */
  at: z.number(),
  /** `verified`: everything was looked through afterwards, and nothing was found. */
  state: z.enum(["verified", "partial"]),
  /** How much there was, and what became of it. */
  began: z.array(count),
  /** What was found afterwards. */
  left: z.array(count),
});
export type Receipt = z.infer<typeof receipt>;

/** The receipt of an erasure, by its own id. */
export const receiptDocument = defineDocument({
  kind: "receipt",
  version: 2,
  shape: { receipt: held(RECEIPT, receipt.optional()) },
  empty: () => ({}),
  // In version 2 something may be erased by hand.
  migrations: { 1: (document) => document },
  since: { [RECEIPT.id]: ({ receipt: of }) => (of === undefined ? [] : [of.at]) },
});

/** Deletes receipts that have been kept as long as their record says. */
export async function sweepReceipts(documents: Documents, clock: Clock): Promise<void> {
  const since = keptSince(RECEIPT, earlierOf(clock));
  for await (const { id, document } of documents.scan(receiptDocument))
    if ((document.receipt?.at ?? 0) < since) await documents.delete(receiptDocument, id);
}
