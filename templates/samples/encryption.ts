import type { View } from "../../src/kernel/errors.ts";

const sender = "@alice:example.org";
const REASONS = [
  "blocked",
  "missing-key",
  "no-channel",
  "other",
  "unauthorised",
  "unavailable",
  "unverified",
];

/** What Usher says of what it can read, and of what it may do in a room. */
export const ENCRYPTION_SAMPLES: Readonly<Record<string, readonly View[]>> = {
  "capability/history": [{}],
  "capability/restore": [{}],
  "capability/rotation": [{}],
  "capability/verification": [{}],
  ...Object.fromEntries(REASONS.map((why) => [`unread/${why}`, [{ sender, calledAs: "!usher" }]])),
  "unreadable-hint": [{ sender, why: "unread/other" }],
  "right/redact": [{}],
  visibility: [
    {
      turned: true,
      changed: true,
      encrypted: true,
      may: [],
      lost: [true, false].map((first) => ({ first, right: "right/remove" })),
    },
    {
      turned: false,
      changed: true,
      encrypted: false,
      may: [true, false].map((first) => ({ first, right: "right/invite" })),
      lost: [],
    },
  ],
  "verification/emoji": [{ user: sender, emoji: [{ symbol: "🐶", description: "Dog" }] }],
  "verification/ended": [true, false].map((done) => ({ user: sender, done })),
};
