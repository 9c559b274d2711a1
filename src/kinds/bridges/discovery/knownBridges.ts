import type { Content } from "../../../matrix/port.ts";

/** A bridge as it comes, before anybody has named anything in it otherwise. */
export interface KnownBridge {
  /** The id that its entry of the catalogue gets. */
  readonly id: string;
  readonly name: string;
  /** The account of its bot, without the server. */
  readonly localpart: string;
  /** What its entry says beside that; undefined where only the operator knows it, as a secret. */
  readonly fields: Content | undefined;
}

function bridgev2(id: string, name: string, prefix: string): KnownBridge {
  return { id, name, localpart: `${id}bot`, fields: { connector: "bridgev2", prefix } };
}

/** The names under which bridges come by themselves: the accounts of their example configurations, and what commands to them begin with. */
export const KNOWN_BRIDGES: readonly KnownBridge[] = [
  {
    ...{ id: "irc", name: "IRC", localpart: "heisenbridge" },
    fields: {
      connector: "heisenbridge",
      networks: { libera: { servers: ["irc.libera.chat:6697+tls"] } },
    },
  },
  bridgev2("telegram", "Telegram", "!tg"),
  bridgev2("signal", "Signal", "!signal"),
  bridgev2("whatsapp", "WhatsApp", "!wa"),
  bridgev2("slack", "Slack", "!slack"),
  bridgev2("discord", "Discord", "!discord"),
  bridgev2("meta", "Meta", "!meta"),
  bridgev2("facebook", "Facebook Messenger", "!fb"),
  bridgev2("instagram", "Instagram", "!ig"),
  bridgev2("gmessages", "Google Messages", "!gm"),
  bridgev2("googlechat", "Google Chat", "!gc"),
  bridgev2("gvoice", "Google Voice", "!gv"),
  bridgev2("twitter", "X", "!tw"),
  bridgev2("bluesky", "Bluesky", "!bsky"),
  bridgev2("linkedin", "LinkedIn", "!linkedin"),
  bridgev2("zulip", "Zulip", "!zulip"),
  { ...bridgev2("irc", "IRC", "!irc"), localpart: "ircbot" },
  {
    ...{ id: "irc", name: "IRC (matrix-appservice-irc)", localpart: "appservice-irc" },
    fields: undefined,
  },
];
