import { LAST_SYNC_BYTES, SYNC_BYTES } from "./limits.ts";

/** How much is asked for of each room, and how large the answer may then be; bytes. */
interface Portion {
  readonly filter: string;
  readonly maxBytes: number;
}

/**
 * What Usher asks to be told: rooms' timelines and how many are in them (which is told only where members are loaded lazily), and of their state only
 * encryption. Who comes and goes is in the timeline. Were members asked for, Synapse would tell of whoever speaks in one room after another as if they
 * had just come, and of their devices as changed: a question for keys at every message.
 * The filter goes along with every request and nothing remembers it, so a later version may change it and hear nothing twice:
 * where Usher is in the stream depends on the token alone.
 */
function portion(events: number, maxBytes: number): Portion {
  const filter = JSON.stringify({
    room: {
      timeline: { limit: events },
      state: { types: ["m.room.encryption"], lazy_load_members: true },
      ephemeral: { not_types: ["*"] },
      account_data: { not_types: ["*"] },
    },
    presence: { not_types: ["*"] },
    account_data: { not_types: ["*"] },
  });
  return { filter, maxBytes };
}

/** From the usual one to the smallest. After an answer that was too large the next smaller one is asked for: else Usher would be deaf for ever. */
const PORTIONS: readonly [Portion, ...Portion[]] = [
  portion(20, SYNC_BYTES),
  portion(5, SYNC_BYTES),
  portion(1, LAST_SYNC_BYTES),
];

/** What was said before a first sync is nobody's command, so none of it need be fetched. */
export const SMALL_PORTION = 2;
/** For one whose starts have ended again and again. */
export const CAREFUL_PORTION = 1;

/** The portion for so many answers in a row that were too large. */
export function portionAfter(tooLarge: number, smallest: number): Portion {
  return PORTIONS[Math.min(Math.max(tooLarge, smallest), PORTIONS.length - 1)] ?? PORTIONS[0];
}
