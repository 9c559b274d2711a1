import { refused } from "../dialogue/refused.ts";
import type { Phrase, Wording } from "../dialogue/wording.ts";

export const BRIDGEV2_ASKS = [
  ...(["probe", "logins", "id", "bridge", "bridgeBy"] as const),
  ...(["bridgeOwn", "relay", "defaultRelay", "unbridge"] as const),
] as const;

export type Bridgev2Ask = (typeof BRIDGEV2_ASKS)[number];

/** What it says whatever it is asked. The greeting comes by itself in a room that it takes for one in which it is given orders. */
const ALWAYS: readonly Phrase[] = [
  { line: "Hello, I'm a {*} bridge bot.", means: "going-on" },
  { line: "Use `{*}help` for help{*}", means: "going-on" },
  { line: "This room has been marked as your management room.", means: "going-on" },
  ...refused("too-old", "Unknown command, use the `{*}help` command for help."),
  ...refused(
    "admin",
    "That command is limited to bridge administrators.",
    "That command requires room admin rights.",
    "You must be in the target room to run commands there",
  ),
  ...refused(
    undefined,
    "Failed to get room power levels to see if you're allowed to use that command",
    "Failed to check if you're in the target room",
    "Usage: `{*} doin {*}",
  ),
];

/** What is said of linking. Success may come with a relay that the bridge has set by itself, or failed to. */
const BRIDGE: readonly Phrase[] = [
  {
    line: "Successfully plumbed this room to `{channel}` on {*} and set `{relay}` as relay",
    means: "done",
  },
  {
    line: "Successfully plumbed this room to `{channel}` on {*}, but failed to set {*} as relay",
    means: "done",
  },
  { line: "Successfully plumbed this room to `{channel}` on {*}", means: "done" },
  ...refused("room-linked", "This room is already bridged to {*}"),
  ...refused(
    "chat-taken",
    "That chat is already bridged to {*}",
    "That chat is already bridged to another room, and you don't have the permission to delete it.",
  ),
  ...refused(
    "chat-unknown",
    "No portal found with ID `{*}`. {*}",
    "No portal found with ID `{*}`{*}",
  ),
  ...refused(
    "bot-power",
    "I don't have sufficient permissions for `{*}` events. {*}",
    "Failed to check power levels in room: {*}",
  ),
  ...refused("admin", "You don't have permission to bridge this room"),
  ...refused(
    "login",
    "You're not logged in",
    "You're not logged in and none of the default relays were found",
    "No login found with ID `{*}`",
    "Login `{*}` does not belong to you",
    "Login `{*}` is not logged in",
  ),
  ...refused(
    undefined,
    "Failed to get chat info: {*}",
    "Chat info not found",
    "Failed to plumb room: {*}",
    "Usage: `{*} bridge {*}",
  ),
  ...ALWAYS,
];

const RELAY: readonly Phrase[] = [
  {
    line: "Messages sent by users who haven't logged in will now be relayed through {*}",
    means: "done",
  },
  ...refused("relay-off", "This bridge does not allow relay mode"),
  ...refused("admin", "You don't have permission to manage the relay in this room"),
  ...refused(
    "login",
    "You're not logged in and there are no default relay users configured",
    "You're not allowed to use yourself as relay and none of the default relay users are in the chat",
    "None of the default relay users are in the chat. {*}",
    "You're not logged in and none of the default relay users are in the chat",
    "In split portals, only the receiver ({*}) can be set as relay",
    "User login with ID `{*}` not found",
    "User login with ID `{*}` not found`",
    "Only bridge admins can set another user's login as the relay",
    "You're not allowed to use yourself as relay",
  ),
  ...refused(
    undefined,
    "Failed to get logins in portal to find default relay",
    "Failed to save relay settings",
    "That command can only be ran in portal rooms.",
  ),
  ...ALWAYS,
];

/**
 * What bridges built with bridgev2 are told and answer. Never `--overwrite`, which deletes the chat's other room, nor `--ignore-permissions`, nor `sudo --create`,
 * which has the bridge remember somebody who has never spoken to it.
 */
export const BRIDGEV2: Wording<Bridgev2Ask> = {
  versions: "mautrix-go 0.27 to 0.30",
  asks: {
    // Without a chat it only says how it is used, where there is such a command.
    probe: {
      say: "{prefix} bridge",
      seconds: 15,
      answers: [
        { line: "Usage: `{*} bridge {*}", means: "done" },
        { line: "This room is already bridged to {*}", means: "done" },
        ...refused("admin", "You don't have permission to bridge this room"),
        ...ALWAYS,
      ],
    },
    logins: {
      say: "{prefix} list-logins",
      seconds: 15,
      answers: [
        { line: "* `{login}` ({*}) - `{state}`", means: "done" },
        { line: "* `{*}` ({*}) - `{*}`", means: "going-on" },
        ...refused("login", "You're not logged in"),
        ...refused("admin", "You do not have permissions to log into this bridge."),
        ...ALWAYS,
      ],
    },
    id: {
      say: "{prefix} doin {room} id",
      seconds: 20,
      answers: [
        { line: "This room is bridged to `{there}` (receiver: `{*}`) on {*}", means: "done" },
        { line: "This room is bridged to `{there}` on {*}", means: "done" },
        { line: "That command can only be ran in portal rooms.", means: "done" },
        ...ALWAYS,
      ],
    },
    bridge: { say: "{prefix} doin {room} bridge {channel}", seconds: 60, answers: BRIDGE },
    bridgeBy: {
      say: "{prefix} doin {room} bridge {login} {channel}",
      seconds: 60,
      answers: BRIDGE,
    },
    bridgeOwn: {
      say: "{prefix} sudo {person} doin {room} bridge {channel}",
      seconds: 60,
      answers: [
        ...refused("not-seen", "User not found. {*}"),
        ...refused("own-login", "You're not logged in"),
        ...refused(undefined, "Invalid user ID `{*}`", "Failed to get user"),
        ...BRIDGE,
      ],
    },
    relay: { say: "{prefix} doin {room} set-relay {login}", seconds: 30, answers: RELAY },
    defaultRelay: { say: "{prefix} doin {room} set-relay", seconds: 30, answers: RELAY },
    // It says nothing where it does it: the bot leaves.
    unbridge: {
      say: "{prefix} doin {room} unbridge",
      seconds: 60,
      answers: [
        { line: "That command can only be ran in portal rooms.", means: "done" },
        ...refused("admin", "You don't have permission to unbridge this portal"),
        ...refused(undefined, "Failed to remove portal mxid: {*}", "Failed to clean up room: {*}"),
        ...ALWAYS,
      ],
    },
  },
};
