import { z } from "zod";
import { eventId, roomId, userId } from "../kernel/idSchemas.ts";
import type { RoomId } from "../kernel/ids.ts";
import { actor, held, mixed, notAbout } from "../privacy/fields.ts";
import { keptMs } from "../privacy/kept.ts";
import { ACCOUNT } from "../privacy/records/account.ts";
import { CHANGES, JOURNAL, PREVIEWS, SET_UPS } from "../privacy/records/commands.ts";
import { OWED_WORDS, STAY, UPGRADE } from "../privacy/records/rooms.ts";
import { defineDocument, type DocumentOf } from "./documents.ts";
import { CHANGED, ROOM_PARTS, SETTING_UP, withMigratedParts } from "./roomParts.ts";

/** How a command was asked for; enough to run it again after a crash. */
const asked = z.strictObject({
  event: eventId,
  person: actor(userId),
  thread: eventId.optional(),
  /** It may be called by its own id. */
  calledAs: notAbout(z.string()),
  /** The command line after Usher's name. Gone when the command is done. */
  line: z.string(),
  /** When Usher heard it; ms since the epoch. */
  at: z.number(),
});

const content = mixed(z.record(z.string(), z.unknown()));

/** One thing that Usher did for somebody. What it takes to undo it stands beside this, and is for the kind that did it to read. */
const change = z.looseObject(CHANGED);

/** Something that takes several steps and is not done. What it takes to go on stands beside this, and is for its kind to read. */
const setUp = z.looseObject(SETTING_UP);

/** What Usher has last said of what it sees and may do. */
const told = z.strictObject({
  encrypted: z.boolean(),
  rights: z.array(z.string()),
  at: z.number(),
});

const shape = {
  id: held(ACCOUNT, roomId),
  /** Who invited Usher, and when it heard of that; ms. Absent while Usher is not in the room. */
  inviter: held(STAY, actor(userId).optional()),
  invitedAt: held(STAY, z.number().optional()),
  /** The invitation said that the room is meant as a direct chat. */
  invitedAs: held(STAY, z.literal("direct").optional()),
  /** Since when Usher has been here without being allowed to say so, after its inviter was told; ms. */
  silentSince: held(STAY, z.number().optional()),
  /** When Usher said what it is; ms. Never said twice for one stay. */
  greetedAt: held(STAY, z.number().optional()),
  /** As what the room was greeted: what began as a direct chat gets a room's greeting when others come. */
  greetedAs: held(STAY, z.enum(["direct", "room"]).optional()),
  /** What Usher may not say here now, oldest first, a bounded number: it is said when it may be. `until`: after that nobody needs it; ms. */
  owed: held(
    OWED_WORDS,
    z
      .array(
        z.strictObject({
          template: z.string(),
          view: content,
          cause: z.string(),
          step: z.string(),
          until: z.number(),
        }),
      )
      .optional(),
  ),
  /** What is said in the room of what Usher sees and may do there: with the greeting, and again after each change (R54). `at` in ms. */
  told: held(ACCOUNT, told.optional()),
  /** Which descriptions of commands stand in the room's state, as a digest of them; absent where Usher has put none there. */
  described: held(ACCOUNT, notAbout(z.string()).optional()),
  /** The room has once been seen to be encrypted: whatever anybody says later, nothing goes there unencrypted. */
  encrypted: held(ACCOUNT, z.literal(true).optional()),
  /** When Usher last said that it could not read something here; ms. */
  hintedAt: held(ACCOUNT, z.number().optional()),
  /** Since when Usher has been the only one in the room; ms. */
  aloneSince: held(ACCOUNT, z.number().optional()),
  /** Events that were answered, oldest first, a bounded number: a repeated delivery of one is ignored. */
  handled: held(ACCOUNT, z.array(eventId)),
  /** Previews that wait for a yes. */
  pending: held(
    PREVIEWS,
    z.array(
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
  ),
  /** Usher's ✅ and ❌ beneath questions that are over: still to be taken away. A bounded number. */
  spent: held(ACCOUNT, z.array(eventId).optional()),
  /** Commands that were begun and not finished: they are taken up again at the next start, and answered under `replyTo`. */
  journal: held(
    JOURNAL,
    z.array(asked.extend({ confirmedBy: eventId.optional(), replyTo: eventId })),
  ),
  /** Events under which Usher has said, or is about to say, that it works on them: that message becomes the answer. */
  working: held(JOURNAL, z.array(eventId).optional()),
  /** What Usher changed in the room for people, oldest first, so that it can be undone: 30 days, a bounded number (D7-undo). */
  changes: held(CHANGES, z.array(change).optional()),
  /** What is being set up in several steps, oldest first; each goes when it is done, or taken back. */
  setUps: held(SET_UPS, z.array(setUp).optional()),
  /** The room that replaces this one, what said so and who, and how far Usher has come: with `carried`, all that is recorded here has moved there. */
  upgrade: held(
    UPGRADE,
    z
      .strictObject({
        to: roomId,
        event: eventId,
        by: actor(userId),
        state: z.enum([
          "found",
          "entering",
          "waiting",
          "powerless",
          "carrying",
          "carried",
          "refused",
        ]),
      })
      .optional(),
  ),
};

/** Everything Usher keeps about one room. Kinds keep their parts beside these fields. */
export const roomDocument = defineDocument({
  kind: "room",
  version: 11,
  shape,
  added: ROOM_PARTS,
  empty: (id) => ({ id: id as RoomId, handled: [], pending: [], journal: [] }),
  // Version 2 may say more than version 1. In version 3 kinds have parts of their own, and sentences stand in folders by topic.
  // In version 4 what is half done stands in a list that the kinds share. In version 5 it says since when it waits. In version 6
  // a kind may not know any more who added something. In version 7 a bridge's link says what of the room is to be put back.
  // In version 8 it says which commands are described in the room. In version 9 a bridge that is being linked says who on the far side is asked.
  // In version 10 its link says whether its bot was there before. In version 11 hookshot's connections say until when they work and where they lead.
  since: {
    [OWED_WORDS.id]: ({ owed = [] }) => owed.map(({ until }) => until - keptMs(OWED_WORDS)),
    // An operator may have given them a time of their own.
    [PREVIEWS.id]: ({ pending }) => pending.map(({ expiresAt }) => expiresAt - keptMs(PREVIEWS)),
    [CHANGES.id]: ({ changes = [] }) => changes.map(({ at }) => at),
    // What goes on is not over.
    [SET_UPS.id]: ({ setUps = [] }) =>
      setUps.flatMap(({ state, failure }) =>
        state === "stopped" && failure !== undefined ? [failure.at] : [],
      ),
  },
  migrations: {
    1: (document) => document,
    2: withTopics,
    3: (document) => withMigratedParts(3, document as Readonly<Record<string, unknown>>),
    4: (document) => document,
    5: (document) => document,
    6: (document) => document,
    7: (document) => document,
    8: (document) => document,
    9: (document) => document,
    10: (document) => document,
  },
});

/** What is owed, with the names that its sentences have since version 3: `upgrade-carried` is `upgrade/carried`. */
function withTopics(document: unknown): unknown {
  const { owed, ...rest } = document as {
    readonly owed?: readonly { readonly template: string }[];
  };
  const renamed = (owed ?? []).map((one) => ({
    ...one,
    template: one.template.replace(/^([a-z]+)-/, "$1/"),
  }));
  return owed === undefined ? rest : { ...rest, owed: renamed };
}

export type RoomDocument = DocumentOf<typeof roomDocument>;
export type Asked = z.infer<typeof asked>;
export type Told = z.infer<typeof told>;
export type RoomChange = z.infer<typeof change>;
export type SetUp = z.infer<typeof setUp>;
