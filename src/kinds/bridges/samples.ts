import type { View } from "../../kernel/errors.ts";

const ada = "@ada:example.org";
const bot = "@heisenbridge:example.org";
const name = "#example on libera";
const bridge = "IRC";
const id = "irc-k2m4q";
const place = { name, bridge, id };
const ours = {
  ...{ price: "price/free", operator: true, who: undefined },
  policy: "https://example.org/privacy",
};
const ownBridge = { ...ours, policy: undefined };
const theirs = {
  ...{ price: "price/paid", operator: false, who: "Example Bridges" },
  policy: "https://bridges.example.org/privacy",
};
const appears = { template: "bridge-appears/irc-relay", view: {} };
const relays = { farSide: "IRC", name: true, avatar: false };
const unnamed = { ...relays, name: false };
const traits = [
  { template: "bridge-puppeting/none", view: relays },
  { template: "bridge-keeps/heisenbridge", view: {} },
];
const linked = {
  ...{ ...place, bot, addedBy: ada, addedOn: "2026-11-29" },
  state: { template: "bridge-state/here", view: {} },
};
const shown = { ...linked, known: true, ...ours, health: undefined, traits };
const down = { template: "bridge-health/down", view: {} };

/** What is said about bridges. */
export const SAMPLES: Readonly<Record<string, readonly View[]>> = {
  "bridge/added": [place],
  "bridge/alters": [
    {
      things: [
        { template: "bridge-alters/name", view: {} },
        { template: "bridge-alters/topic", view: {} },
      ],
    },
  ],
  "bridge/already-gone": [{ name }],
  "bridge/exists": [{ name, id, addedBy: ada }],
  "bridge/half-done": [{ name, id, addedBy: undefined }],
  "bridge/host": [ours, ownBridge, theirs],
  "bridge/info": [
    {
      name: "IRC",
      id: "irc",
      description: "Links rooms with IRC",
      bot,
      appears,
      traits,
      ...ours,
      example: "libera #example",
    },
  ],
  "bridge/preview": [
    {
      ...{ name, bridge, bot },
      ...ours,
      seesPast: true,
      appears,
      level: 50,
      invites: false,
      noticeUrl: "https://example.org/privacy",
    },
    {
      name,
      bridge,
      bot,
      ...theirs,
      seesPast: false,
      appears,
      level: undefined,
      invites: true,
      noticeUrl: undefined,
    },
  ],
  "bridge/remove-preview": [
    { name, bridge, bot, addedBy: ada },
    { name, bridge, bot, addedBy: undefined },
  ],
  "bridge/removed": [{ name }],
  "bridge/shown": [
    shown,
    { ...shown, health: down },
    { ...linked, known: false, traits: [], health: undefined },
  ],
  "bridge/status": [{ count: 0 }, { count: 2 }],
  "bridge/waiting": [place],
  "bridge-advice/admin": [{}],
  "bridge-advice/bot-power": [{}],
  "bridge-advice/channel-closed": [{}],
  "bridge-advice/channel-taken": [{}],
  "bridge-advice/chat-taken": [{}],
  "bridge-advice/chat-unknown": [{}],
  "bridge-advice/login": [{}],
  "bridge-advice/not-seen": [{}],
  "bridge-advice/own-login": [{}],
  "bridge-advice/relay-off": [{}],
  "bridge-advice/room-linked": [{}],
  "bridge-advice/server": [{}],
  "bridge-advice/too-old": [{}],
  "bridge-alters/avatar": [{}],
  "bridge-alters/name": [{}],
  "bridge-alters/topic": [{}],
  "bridge-appears/chat-relay": [{}],
  "bridge-appears/irc-relay": [{}],
  "bridge-appears/own-login": [{}],
  "bridge-health/down": [{}],
  "bridge-health/too-old": [{}],
  "bridge-health/unusable": [{}],
  "bridge-keeps/bridgev2": [{}],
  "bridge-keeps/heisenbridge": [{}],
  "bridge-puppeting/automatic": [relays, unnamed],
  "bridge-puppeting/manual": [{ ...relays, avatar: true }, unnamed],
  "bridge-puppeting/none": [{ ...relays, avatar: true }, unnamed],
  "bridge-puppeting/own": [{ farSide: "Telegram" }],
  "bridge-state/gone": [{}],
  "bridge-state/half-done": [{}],
  "bridge-state/here": [{}],
  "bridge-step/finish": [{ name }],
  "bridge-step/invite": [{ bot }],
  "bridge-step/link": [{ name }],
  "bridge-step/linked": [{}],
  "bridge-step/power": [{ bot }],
  "change/add-bridge": [{}],
  "change/remove-bridge": [{}],
  "deed/add-bridge": [{}],
  "deed/remove-bridge": [{}],
  "error/bridge-absent": [{ bot }],
  "error/bridge-bot-banned": [{ bot }],
  "error/bridge-company": [{ name: "IRC" }],
  "error/bridge-disabled": [{ name: "IRC" }],
  "error/bridge-encrypted": [{ name: "IRC" }],
  "error/bridge-gone": [{ id: "irc-k2m4q" }],
  "error/bridge-refused": [
    {
      name: "IRC",
      line: "Plumbing is currently reserved for admins only.",
      advice: { template: "bridge-advice/admin", view: {} },
    },
    { name: "IRC", line: "Failed to join room: forbidden", advice: undefined },
  ],
  "error/bridge-silent": [{ name: "IRC" }],
  "error/bridge-stayed": [{ bot }],
  "error/bridge-target-chat": [{ bridge: "telegram", example: "channel:1234567890" }],
  "error/bridge-would-kick": [
    { name: "Telegram", bot: "@telegrambot:example.org", level: 50, kick: 50 },
    { name: "Telegram", bot: "@telegrambot:example.org", level: undefined, kick: 50 },
  ],
  "error/bridge-target-irc": [
    { bridge: "irc", network: "libera", networks: ["libera"], several: false },
    { bridge: "irc", network: "libera", networks: ["libera", "oftc"], several: true },
  ],
  "error/bridge-unclear": [{ name: "IRC", lines: ["What is that?", "Try HELP"] }],
  "error/bridge-unknown": [
    { said: "ric", advice: "add bridge irc #example" },
    { said: "telex", advice: undefined },
  ],
  "help/add-bridge": [{}],
  "kept/D4-bridge-links": [{}],
  "kind/bridge": [{}],
  "layer/bridge-homeserver": [{}],
  "layer/bridge-integration": [{}],
  "layer/bridge-third-party": [{}],
  "list/bridges": [{ bridges: [linked, { ...linked, addedBy: undefined }] }],
  "undo/link": [{}],
  "undo/unlink": [{}],
};
