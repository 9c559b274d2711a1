import { LAST_SYNC_BYTES, SYNC_BYTES } from "./limits.ts";

/** How much is asked for of each room, and how large the answer may then be; bytes. */
interface Portion {
  readonly filter: string;
  readonly maxBytes: number;
}

/**
 * What Usher asks to be told: rooms' timelines, and of their state only encryption and members (those who speak, mostly).
 * It goes along with every request and nothing remembers it, so a later version may change it and hear nothing twice:
 * where Usher is in the stream depends on the token alone.
 */
function portion(events: number, types: readonly string[], maxBytes: number): Portion {
  const filter = JSON.stringify({
    room: {
      timeline: { limit: events },
      state: { types, lazy_load_members: true },
      ephemeral: { not_types: ["*"] },
      account_data: { not_types: ["*"] },
    },
    presence: { not_types: ["*"] },
    account_data: { not_types: ["*"] },
  });
  return { filter, maxBytes };
}

const ENCRYPTION = "m.room.encryption";
const STATE = [ENCRYPTION, "m.room.member"];

/** From the usual one to the smallest. After an answer that was too large the next smaller one is asked for: else Usher would be deaf for ever. */
const PORTIONS: readonly [Portion, ...Portion[]] = [
  portion(20, STATE, SYNC_BYTES),
  portion(5, STATE, SYNC_BYTES),
  portion(1, STATE, SYNC_BYTES),
  portion(1, [ENCRYPTION], LAST_SYNC_BYTES),
];

/** What was said before a first sync is nobody's command, so none of it need be fetched. */
export const SMALL_PORTION = 2;
/** For one whose starts have ended again and again. */
export const CAREFUL_PORTION = 1;

/** The portion for so many answers in a row that were too large. */
export function portionAfter(tooLarge: number, smallest: number): Portion {
  return PORTIONS[Math.min(Math.max(tooLarge, smallest), PORTIONS.length - 1)] ?? PORTIONS[0];
}
