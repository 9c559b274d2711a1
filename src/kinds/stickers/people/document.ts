import { z } from "zod";
import { eventId, userId } from "../../../kernel/idSchemas.ts";
import { actor, held, ownWords } from "../../../privacy/fields.ts";
import { defineDocument, type DocumentOf } from "../../../store/documents.ts";
import { PERSON_PACKS } from "../dataMap.ts";

const pack = z.strictObject({
  /** They want it offered. */
  enabled: z.boolean(),
  /** They gave a code for it. */
  redeemed: z.boolean(),
});

/** The packs of one person; its id is theirs. The ids of packs and nothing else (R49, R53): no time, no amount, no sticker. */
export const personPacksDocument = defineDocument({
  kind: "sticker-person",
  version: 1,
  ofOnePerson: true,
  shape: {
    person: held(PERSON_PACKS, actor(userId).optional()),
    /** By their ids in the catalogue. */
    packs: held(PERSON_PACKS, ownWords(z.record(z.string(), pack))),
    /** The code that is being redeemed for them, from before it is taken until the pack is theirs. */
    redeeming: held(
      PERSON_PACKS,
      z
        .strictObject({
          /** The command's event. */
          event: eventId,
          batch: ownWords(z.string()),
          /** The code's hash. */
          hash: ownWords(z.string()),
        })
        .optional(),
    ),
  },
  empty: () => ({ packs: {} }),
  migrations: {},
});

export type PersonPacksDocument = DocumentOf<typeof personPacksDocument>;
