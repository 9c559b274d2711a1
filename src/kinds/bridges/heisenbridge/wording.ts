import { refused } from "../dialogue/refused.ts";
import type { Phrase, Wording } from "../dialogue/wording.ts";

export type HeisenbridgeAsk =
  | "addNetwork"
  | "addServer"
  | "addTlsServer"
  | "open"
  | "nick"
  | "connect"
  | "plumb"
  | "unplumb"
  | "status"
  | "version";

/** Wherever it is told that Usher may not give such orders. */
const NOT_OURS: readonly Phrase[] = [
  { line: "Plumbing is currently reserved for admins only.", means: "refused", advice: "admin" },
  { line: 'Unknown command "{*}", type HELP for list', means: "refused", advice: "admin" },
];

const SERVER_ADDED: readonly Phrase[] = [
  { line: "Server added.", means: "done" },
  { line: "This server already exists.", means: "done" },
  { line: "Network does not exist", means: "refused" },
  ...NOT_OURS,
];

/** How it names what an IRC server refuses a join with (RFC 2812, 5.2), where it says that to Usher and not in a channel's room. */
const NO_JOIN = [
  "inviteonlychan",
  "bannedfromchan",
  "channelisfull",
  "badchannelkey",
  "nochanmodes",
];

/** What heisenbridge is told and answers. */
export const HEISENBRIDGE: Wording<HeisenbridgeAsk> = {
  versions: "1.14 to 1.15",
  passesOn: [
    ...["Notice from {*}", "Message from {*}", "Emote from {*}", "WALLOPS {*}", "Killed by {*}"],
    ...["{.} requested {*}", "{.} ({*}) requested {*}", "CTCP {*} reply from {*}"],
    ...["{.} has invited you to {*}", "{.} is away: {*}", "{.} is now away: {*}"],
  ],
  asks: {
    addNetwork: {
      say: "ADDNETWORK {network}",
      seconds: 15,
      answers: [
        { line: "Network added.", means: "done" },
        { line: "Network already exists", means: "done" },
        ...NOT_OURS,
      ],
    },
    addServer: { say: "ADDSERVER {network} {host} {port}", seconds: 15, answers: SERVER_ADDED },
    addTlsServer: {
      say: "ADDSERVER {network} {host} {port} --tls",
      seconds: 15,
      answers: SERVER_ADDED,
    },
    open: {
      say: "OPEN {network}",
      seconds: 15,
      answers: [
        { line: "You are already in {network} ({there})", means: "done" },
        { line: "Inviting back to {network} ({there})", means: "done" },
        { line: "You have been invited to {network}", means: "done" },
        { line: "Network does not exist", means: "refused" },
        ...NOT_OURS,
      ],
    },
    nick: {
      say: "NICK {nick}",
      seconds: 15,
      answers: [
        { line: "Nickname set to {nick}", means: "done" },
        { line: "{*}", means: "going-on" },
      ],
    },
    connect: {
      say: "CONNECT",
      seconds: 60,
      answers: [
        { line: "Already connected.", means: "done" },
        { line: "End of MOTD command{*}", means: "done" },
        { line: "End of /MOTD command{*}", means: "done" },
        { line: "End of message of the day{*}", means: "done" },
        { line: "MOTD File is missing{*}", means: "done" },
        { line: "Message of the day file is missing{*}", means: "done" },
        { line: "Already connecting.", means: "going-on" },
        { line: "Failed to connect: {*}", means: "going-on" },
        { line: "No servers to connect {*}", means: "refused", advice: "server" },
      ],
    },
    plumb: {
      say: "PLUMB {room} {channel}",
      // It sends so much to a server in so much time, and what it is told meanwhile waits.
      seconds: 60,
      answers: [
        { line: "{channel}: Joined {channel} as {*}", means: "done" },
        { line: "Joining room {*} to initiate plumb...", means: "going-on" },
        { line: "Joined room {*}, refreshing member state...", means: "going-on" },
        { line: "Got state for room {*}, plumbing...", means: "going-on" },
        { line: "Plumbed {*} to {channel}, to unplumb just kick me out.", means: "going-on" },
        { line: "Failed to join room: {*}", means: "refused" },
        { line: "You are already on {channel}", means: "refused", advice: "channel-taken" },
        { line: "Need to be connected to use this command.", means: "refused", advice: "server" },
        ...refused(
          "channel-closed",
          ...NO_JOIN.map((why) => `{.} ${why} {.} {channel} {*}`),
          "{channel} {.} Forwarding to another channel",
        ),
        ...NOT_OURS,
      ],
    },
    unplumb: {
      say: "UNPLUMB {channel}",
      seconds: 15,
      answers: [
        { line: "{channel} is not plumbed", means: "done" },
        // It leaves the room first and the channel later: until then it would leave what is linked anew.
        { line: "Leaving {*} to unplumb.", means: "going-on" },
        { line: "You left {channel}", means: "done" },
        ...NOT_OURS,
      ],
    },
    status: {
      say: "STATUS",
      seconds: 10,
      answers: [{ line: "Plumbs: {plumbs}", means: "done" }],
    },
    version: {
      say: "VERSION",
      seconds: 8,
      answers: [{ line: "heisenbridge v{version}", means: "done" }, ...NOT_OURS],
    },
  },
};
