import { refused } from "../dialogue/refused.ts";
import type { Phrase, Wording } from "../dialogue/wording.ts";

export const MAUTRIX_TELEGRAM_ASKS = [
  ...(["version", "admin", "id", "bridge", "continue", "cancel"] as const),
  ...(["unbridge", "confirm"] as const),
] as const;

export type MautrixTelegramAsk = (typeof MAUTRIX_TELEGRAM_ASKS)[number];

/** What it says whatever it is asked. The greeting comes by itself in a room into which its bot has just come. */
const ALWAYS: readonly Phrase[] = [
  { line: "Hello, I'm a {*} bridge bot.", means: "going-on" },
  { line: "Use `{*}help` for help{*}", means: "going-on" },
  ...refused(
    "admin",
    "You are not whitelisted to use this bridge.",
    "That command is limited to bridge administrators.",
    "You do not have the permissions to {*}",
  ),
  ...refused("bridge-log", "Unhandled error while handling command{*}"),
  ...refused(undefined, "Unknown command. Try `{*}help` for help.", "Flood error: {*}"),
];

const CHAT_TAKEN: readonly Phrase[] = refused(
  "chat-taken",
  "That Telegram chat already has a portal at {*}",
  "The chat you were trying to bridge already has a Matrix portal room.",
  "The portal seems to have created a Matrix room between you calling {*}",
);

/**
 * What mautrix-telegram of Python is told and answers. Never `delete-and-continue`, which deletes the chat's other room, nor `unbridge-and-continue`, nor
 * `delete-portal`, which puts everybody out.
 */
export const MAUTRIX_TELEGRAM: Wording<MautrixTelegramAsk> = {
  versions: "0.15",
  asks: {
    version: {
      say: "{prefix} version",
      seconds: 15,
      answers: [
        { line: "[mautrix-telegram]({*}) {version}", means: "done" },
        ...refused("bridge-log", "Bridge version unknown"),
        ...ALWAYS,
      ],
    },
    // Without a level it only says how it is used, to administrators.
    admin: {
      say: "{prefix} set-pl",
      seconds: 15,
      answers: [{ line: "**Usage:** `{*}set-pl {*}", means: "done" }, ...ALWAYS],
    },
    id: {
      say: "{prefix} id",
      seconds: 20,
      answers: [
        { line: "This room is bridged to Telegram chat ID `{there}`.", means: "done" },
        { line: "This is not a portal room.", means: "done" },
        ...ALWAYS,
      ],
    },
    // An id of a chat begins with a dash, which nothing that is filled in may do.
    bridge: {
      say: "{prefix} bridge -{chat}",
      seconds: 30,
      answers: [
        {
          line: "That Telegram chat has no existing portal. To confirm bridging the chat to this room, use `{*}continue`",
          means: "done",
        },
        ...refused("room-linked", "This room is already a portal room."),
        ...refused("chat-excluded", "This bridge doesn't allow bridging that Telegram chat."),
        ...CHAT_TAKEN,
        ...refused(
          undefined,
          "That doesn't seem like a prefixed Telegram chat ID.",
          "**Usage:** `{*}bridge {*}",
        ),
        ...ALWAYS,
      ],
    },
    continue: {
      say: "{prefix} continue",
      seconds: 60,
      answers: [
        {
          line: "Bridging complete. Portal synchronization should begin momentarily.",
          means: "done",
        },
        { line: "Warning: The bot does not have privileges to redact {*}", means: "going-on" },
        { line: "Mismatching peer type in command and portal table, {*}", means: "going-on" },
        ...refused(
          "chat-unknown",
          "Failed to get info of telegram chat. {*}",
          "You don't seem to be in that chat.",
          "The bot doesn't seem to be in that chat.",
        ),
        ...CHAT_TAKEN,
        ...refused("bridge-log", "Fatal error: {*}"),
        ...refused(undefined, "Please use `{*}continue` to confirm the bridging or {*}"),
        ...ALWAYS,
      ],
    },
    cancel: {
      say: "{prefix} cancel",
      seconds: 15,
      answers: [
        { line: "Room bridging cancelled.", means: "done" },
        { line: "Room unbridging cancelled.", means: "done" },
        { line: "Portal deletion cancelled.", means: "done" },
        { line: "No ongoing command.", means: "done" },
        ...ALWAYS,
      ],
    },
    unbridge: {
      say: "{prefix} unbridge {room}",
      seconds: 30,
      answers: [
        {
          line: 'Please confirm unbridging chat "{title}" from room {*} by typing `{*}confirm-unbridge`',
          means: "done",
        },
        { line: "That is not a portal room.", means: "done" },
        ...ALWAYS,
      ],
    },
    confirm: {
      say: "{prefix} confirm-unbridge",
      seconds: 60,
      answers: [
        { line: "Room successfully unbridged.", means: "done" },
        ...refused(undefined, "Room unbridging cancelled."),
        ...ALWAYS,
      ],
    },
  },
};
