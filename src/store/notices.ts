import { z } from "zod";
import { held, ownWords } from "../privacy/fields.ts";
import { NOTICE_VERSIONS } from "../privacy/records/notices.ts";
import { defineDocument, type DocumentOf } from "./documents.ts";

const hash = z.string().regex(/^[0-9a-f]+$/);

/** One version of the privacy notice of this Usher; its id is its number. Written once. */
export const noticeDocument = defineDocument({
  kind: "notice",
  version: 1,
  shape: {
    /** Since when it holds; ms since the epoch. */
    at: held(NOTICE_VERSIONS, z.number()),
    /** Of the text. */
    sha256: held(NOTICE_VERSIONS, hash),
    text: held(NOTICE_VERSIONS, ownWords(z.string())),
    /** Which version of Usher's own words it is made of. */
    wording: held(NOTICE_VERSIONS, z.number()),
    /** Facts about the operator may be made up. */
    trial: held(NOTICE_VERSIONS, z.boolean()),
    /** Who answered for people's data, and who was named as coming next, with the first day. */
    controller: held(NOTICE_VERSIONS, ownWords(z.string()).optional()),
    successors: held(
      NOTICE_VERSIONS,
      z.array(z.strictObject({ name: ownWords(z.string()), from: z.iso.date() })),
    ),
    /** A hash of each part of what fills it, by which the next version knows what is new. */
    parts: held(NOTICE_VERSIONS, z.record(z.string(), hash)),
    changed: held(NOTICE_VERSIONS, z.array(z.string())),
  },
  empty: () => ({
    at: 0,
    sha256: "0",
    text: "",
    wording: 0,
    trial: true,
    successors: [],
    parts: {},
    changed: [],
  }),
  migrations: {},
});

export type NoticeDocument = DocumentOf<typeof noticeDocument>;
