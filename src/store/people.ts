import { z } from "zod";
import { userId } from "../kernel/idSchemas.ts";
import { actor, held } from "../privacy/fields.ts";
import { PERSON } from "../privacy/records/people.ts";
import { defineDocument, type DocumentOf } from "./documents.ts";

/** A day in UTC, as 2026-01-31: what happens more often on a day is written once. */
const day = z.iso.date();

/** One document for each person about whom anything else is kept; its id is theirs. */
export const personDocument = defineDocument({
  kind: "person",
  version: 2,
  shape: {
    person: held(PERSON, actor(userId).optional()),
    /** Since and until when they have had Usher do something that is kept; absent where that was before this was kept. */
    firstUsed: held(PERSON, day.optional()),
    lastUsed: held(PERSON, day.optional()),
    /** In which Usher spoke with them last. */
    language: held(PERSON, z.string().optional()),
    /** The version of the privacy notice that they have been told of. */
    noticeSeen: held(PERSON, z.string().optional()),
    /** The public part of their cross-signing master key as it was first seen, and on which day; no key where they had none then. Absent until somebody has looked. */
    identity: held(
      PERSON,
      z.strictObject({ masterKey: z.string().optional(), seen: day }).optional(),
    ),
    /** When they were warned that everything about them goes for not being used; ms since the epoch. Absent as long as they use Usher. */
    warned: held(PERSON, z.array(z.number()).optional()),
    /** Since when nothing else has been kept about them; ms since the epoch. */
    aloneSince: held(PERSON, z.number().optional()),
  },
  empty: () => ({}),
  // In version 2 they may have been warned.
  migrations: { 1: (document) => document },
  since: { [PERSON.id]: ({ aloneSince }) => (aloneSince === undefined ? [] : [aloneSince]) },
});

export type PersonDocument = DocumentOf<typeof personDocument>;
