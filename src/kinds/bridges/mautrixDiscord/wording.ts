import { refused } from "../dialogue/refused.ts";
import type { Phrase, Wording } from "../dialogue/wording.ts";

export const MAUTRIX_DISCORD_ASKS = ["ping", "listed", "bridge", "unbridge"] as const;

export type MautrixDiscordAsk = (typeof MAUTRIX_DISCORD_ASKS)[number];

/** What it says whatever it is asked. The greeting comes by itself in a room into which its bot has just come. */
const ALWAYS: readonly Phrase[] = [
  { line: "Hello, I'm a {*} bridge bot.", means: "going-on" },
  { line: "Use `{*}help` for help{*}", means: "going-on" },
  { line: "This room has been {*} as your management room.", means: "going-on" },
  ...refused(
    "admin",
    "That command is limited to bridge administrators.",
    "That command requires room admin rights.",
  ),
  ...refused("login", "That command requires you to be logged in."),
  ...refused(
    undefined,
    "Unknown command, use the `{*}help` command for help.",
    "Failed to get room power levels to see if you're allowed to use that command",
  ),
];

/** What mautrix-discord 0.7 is told and answers. Never `--replace`, which takes a channel from its other room, nor `--create`, which makes a webhook on Discord. */
export const MAUTRIX_DISCORD: Wording<MautrixDiscordAsk> = {
  versions: "0.7",
  asks: {
    ping: {
      say: "{prefix} ping",
      seconds: 15,
      answers: [
        { line: "You're logged in as @{*} (`{*}`)", means: "done" },
        ...refused(
          "login",
          "You're not logged in",
          "You have a Discord token stored, but are not connected {*}",
          "You're logged in, but the Discord connection seems to be dead{*}",
        ),
        ...ALWAYS,
      ],
    },
    // Without a webhook it changes nothing, and says whether it knows the room.
    listed: {
      say: "{prefix} set-relay {room}",
      seconds: 30,
      answers: [
        { line: "Portal with room ID {room} not found", means: "done" },
        { line: "Usage: {linked}", means: "done" },
        { line: "This channel already has a relay webhook {linked}", means: "done" },
        { line: "This channel has a relay webhook set, {linked}", means: "done" },
        { line: "Only guild channels can have {linked}", means: "done" },
        ...ALWAYS,
      ],
    },
    bridge: {
      say: "{prefix} bridge {channel}",
      seconds: 60,
      answers: [
        { line: "Room successfully bridged", means: "done" },
        ...refused("room-linked", "This is already a portal room. {*}"),
        ...refused("chat-taken", "That channel is already bridged to {*}"),
        ...refused("chat-unknown", "Channel not found"),
        ...refused(
          undefined,
          "Failed to get power levels in old room {*}",
          "**Usage**: `{*}bridge {*}",
        ),
        ...ALWAYS,
      ],
    },
    // It says nothing where it does it: the bot leaves.
    unbridge: {
      say: "{prefix} unbridge",
      seconds: 60,
      answers: [
        { line: "That command can only be ran in portal rooms.", means: "done" },
        ...ALWAYS,
      ],
    },
  },
};
