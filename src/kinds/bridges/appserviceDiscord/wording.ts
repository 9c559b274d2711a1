import { refused } from "../dialogue/refused.ts";
import type { Phrase, Wording } from "../dialogue/wording.ts";

export const APPSERVICE_DISCORD_ASKS = [
  "alive",
  "free",
  "listed",
  "bridge",
  "consent",
  "unbridge",
] as const;

export type AppserviceDiscordAsk = (typeof APPSERVICE_DISCORD_ASKS)[number];

const LINKED = "This room is already bridged to a Discord guild.";
const NOT_LINKED = "Invalid syntax. For more information try `!discord help bridge`";
const TOO_LITTLE =
  "**ERROR:** insufficient permissions to use this command! Try `!discord help` to see all available commands";

/** Whatever it is asked. */
const ALWAYS: readonly Phrase[] = [
  ...refused(
    "self-service",
    "**ERROR:** The owner of this bridge does not permit self-service bridging.",
  ),
  ...refused("asker-power", TOO_LITTLE),
  ...refused(undefined, "**ERROR:** {*}"),
];

/** How the people on Discord answer, or do not. */
const NO_CONSENT: readonly Phrase[] = [
  ...refused("consent-late", "Timed out waiting for a response from the Discord owners."),
  ...refused("consent-denied", "The bridge has been declined by the Discord guild."),
  ...refused("guild-unknown", "There was a problem bridging that channel{*}"),
];

/** What matrix-appservice-discord 4.0 is told and answers. It has no list of what is linked: told to link without a channel, it does nothing, and says whether the room is linked. */
export const APPSERVICE_DISCORD: Wording<AppserviceDiscordAsk> = {
  versions: "4.0",
  asks: {
    // Where it looks at levels, it is there and lets people link.
    alive: {
      say: "!discord bridge",
      seconds: 15,
      answers: [
        { line: NOT_LINKED, means: "done" },
        { line: LINKED, means: "done" },
        { line: TOO_LITTLE, means: "done" },
        ...ALWAYS,
      ],
    },
    free: {
      say: "!discord bridge",
      seconds: 30,
      answers: [{ line: NOT_LINKED, means: "done" }, ...refused("room-linked", LINKED), ...ALWAYS],
    },
    listed: {
      say: "!discord bridge",
      seconds: 30,
      answers: [
        { line: "This room is already bridged to {linked}", means: "done" },
        { line: NOT_LINKED, means: "done" },
        ...ALWAYS,
      ],
    },
    bridge: {
      say: "!discord bridge {network} {channel}",
      seconds: 60,
      answers: [
        {
          line: "I'm asking permission from the guild administrators to make this bridge.",
          means: "done",
        },
        ...refused("room-linked", LINKED),
        ...refused("bridge-full", "This bridge has reached its room limit of {*}"),
        ...refused(undefined, "Invalid syntax. {*}"),
        ...NO_CONSENT,
        ...ALWAYS,
      ],
    },
    // Nothing is said: it is what comes after the order, once somebody on Discord has answered.
    consent: {
      say: "!discord bridge {network} {channel}",
      seconds: 330,
      answers: [{ line: "I have bridged this room to your channel", means: "done" }, ...NO_CONSENT],
    },
    // Where anybody of the channel is known to it, its bot leaves first, and what it says then is not heard.
    unbridge: {
      say: "!discord unbridge",
      seconds: 60,
      answers: [
        { line: "This room has been unbridged", means: "done" },
        { line: "This room is not bridged.", means: "done" },
        ...refused("room-linked", "This room cannot be unbridged."),
        ...refused("bridge-log", "There was an error unbridging this room. {*}"),
        ...ALWAYS,
      ],
    },
  },
};
