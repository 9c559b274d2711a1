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
  ...{ price: "price/paid", operator: false, who: "Bridges.example" },
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
const shown = { ...linked, known: true, kickEnds: false, ...ours, health: undefined, traits };
const other = { to: "Cats on Telegram", bot: "@telegrambot:example.org" };
const down = { template: "bridge-health/down", view: {} };

const asking = { bridge: "oftc", network: undefined, channel: "#example" };
const consent = { template: "bridge-consent/irc-operator", view: { minutes: 5 } };
const well = {
  ...{ id: "irc", name: bridge, well: false, fault: undefined },
  ...{ down: false, old: false, unusable: false, slow: false },
};

const typed = { template: "login-typed/taken", view: {} };
const asked = {
  instructions: "Use the number of the app",
  name: "Phone number",
  description: "with +",
};
const codeShown = { instructions: "Open the app", bridge: "Telegram", typed };
const toBot = { bridge: "Telegram", bot: "@telegrambot:example.org", words: "login" };

/** What everybody may set then, as a preview has it. */
function lowered(...types: readonly string[]): readonly View[] {
  return types.map((type, place) => ({ type, first: place === 0 }));
}

const inviting = { seesPast: true, level: undefined, invites: true, noticeUrl: undefined };

/** What is asked before each sort of bridge comes, where there is the most to say. */
const PREVIEWS: readonly View[] = [
  {
    ...{ name, bridge, bot, ...ours, appears, invites: false, lowered: [] },
    ...{ seesPast: true, level: 50, noticeUrl: "https://example.org/privacy" },
  },
  { ...{ name, bridge, bot, ...theirs, appears, ...inviting }, lowered: [] },
  ...["chat-relay", "own-login"].map((one) => ({
    ...{ name: "-1001234567890", bridge, bot, ...theirs, ...inviting },
    appears: { template: `bridge-appears/${one}`, view: {} },
    lowered: lowered(
      ...["m.bridge", "uk.half-shot.bridge", "com.beeper.room_features"],
      "io.element.functional_members",
    ),
  })),
  {
    ...{ name, bridge, bot, ...theirs, ...inviting },
    appears: { template: "bridge-appears/irc-members", view: {} },
    lowered: lowered("m.room.bridging", "uk.half-shot.bridge"),
  },
  {
    ...{ name: "-1001234567890", bridge, bot, ...theirs, ...inviting, inRoom: true },
    appears: { template: "bridge-appears/chat-relay", view: {} },
    lowered: lowered("m.bridge", "uk.half-shot.bridge"),
  },
].map((view) => ({ inRoom: false, ...view }));

/** What is said about bridges. */
export const SAMPLES: Readonly<Record<string, readonly View[]>> = {
  "bridge-advice/admin": [{}],
  "bridge-advice/asker-power": [{}],
  "bridge-advice/bot-power": [{}],
  "bridge-advice/bridge-full": [{}],
  "bridge-advice/bridge-log": [{}],
  "bridge-advice/channel-closed": [{}],
  "bridge-advice/channel-excluded": [{}],
  "bridge-advice/channel-taken": [{}],
  "bridge-advice/chat-excluded": [{}],
  "bridge-advice/chat-taken": [{}],
  "bridge-advice/chat-unknown": [{}],
  "bridge-advice/consent-denied": [{}],
  "bridge-advice/consent-late": [{}],
  "bridge-advice/double-bridge": [{}],
  "bridge-advice/guild-unknown": [{}],
  "bridge-advice/login": [{}],
  "bridge-advice/login-again": [{}],
  "bridge-advice/login-forbidden": [{}],
  "bridge-advice/login-over": [{}],
  "bridge-advice/network-unknown": [{}],
  "bridge-advice/not-seen": [{}],
  "bridge-advice/operator-absent": [{}],
  "bridge-advice/operator-busy": [{}],
  "bridge-advice/operator-none": [{}],
  "bridge-advice/own-login": [{}],
  "bridge-advice/provisioning-off": [{}],
  "bridge-advice/relay-off": [{}],
  "bridge-advice/request-open": [{}],
  "bridge-advice/room-linked": [{}],
  "bridge-advice/room-private": [{}],
  "bridge-advice/secret": [{}],
  "bridge-advice/server": [{}],
  "bridge-advice/self-service": [{}],
  "bridge-advice/too-many-logins": [{}],
  "bridge-advice/too-often": [{}],
  "bridge-advice/too-old": [{}],
  "bridge-alters/avatar": [{}],
  "bridge-alters/name": [{}],
  "bridge-alters/topic": [{}],
  "bridge-appears/chat-relay": [{}],
  "bridge-appears/irc-members": [{}],
  "bridge-appears/irc-relay": [{}],
  "bridge-appears/own-login": [{}],
  "bridge-consent/discord": [{ minutes: 5 }, { minutes: 1 }],
  "bridge-consent/irc-operator": [{ minutes: 5 }, { minutes: 1 }],
  "bridge-fault/down": [{}],
  "bridge-fault/gone": [{ id: place.id }],
  "bridge-fault/slow": [{ seconds: 10 }],
  "bridge-fault/too-old": [{}],
  "bridge-fault/unusable": [{}],
  "bridge-found/address": [{}],
  "bridge-found/announced": [{ bot, address: "https://bridges.example.org/telegram" }],
  "bridge-found/by-hand": [{ bot }],
  "bridge-found/by-name": [{ bot }],
  "bridge-found/in-room": [{ bot }],
  "bridge-health/down": [{}],
  "bridge-health/slow": [{ seconds: 10 }],
  "bridge-health/too-old": [{}],
  "bridge-health/unusable": [{}],
  "bridge-keeps/appservice-discord": [{}],
  "bridge-keeps/appservice-irc": [{}],
  "bridge-keeps/heisenbridge": [{}],
  "bridge-keeps/mautrix": [{}],
  "bridge-puppeting/automatic": [relays, unnamed],
  "bridge-puppeting/manual": [{ ...relays, avatar: true }, unnamed],
  "bridge-puppeting/members": [{ farSide: "Discord" }],
  "bridge-puppeting/none": [{ ...relays, avatar: true }, unnamed],
  "bridge-puppeting/own": [{ farSide: "Telegram" }],
  "bridge-state/gone": [{}],
  "bridge-state/half-done": [{ id: place.id }],
  "bridge-state/lost": [{}],
  "bridge-state/here": [{}],
  "bridge-state/unfinished": [{}],
  "bridge-state/unseen": [{}],
  "bridge-step/finish": [{ name }],
  "bridge-step/invite": [{ bot }],
  "bridge-step/link": [{ name }],
  "bridge-step/linked": [{}],
  "bridge-step/power": [{ bot }],
  "bridge/added": [place],
  "bridge/also": [
    {
      others: [
        { ...other, first: true },
        { ...other, first: false },
      ],
    },
  ],
  "bridge/already-gone": [{ name }],
  "bridge/alters": [
    {
      things: [
        { template: "bridge-alters/name", view: {} },
        { template: "bridge-alters/topic", view: {} },
      ],
    },
  ],
  "bridge/exists": [{ name, id, addedBy: ada }],
  "bridge/given-up": [{}],
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
  "bridge/keeps": [
    { bridge, keeps: { template: "bridge-keeps/heisenbridge", view: {} }, ...ours },
    { bridge, keeps: { template: "bridge-keeps/mautrix", view: {} }, ...theirs },
  ],
  "bridge/preview": PREVIEWS,
  "bridge/remove-preview": [
    { name, bridge, bot, addedBy: ada },
    { name, bridge, bot, addedBy: undefined },
  ],
  "bridge/links": [
    {
      ...{ count: 41, page: 1, pages: 3, next: 2 },
      first: { room: "!abc:example.org", id: place.id },
      links: [
        { ...place, room: "!abc:example.org", state: { template: "bridge-state/lost", view: {} } },
      ],
    },
    { links: [] },
  ],
  "bridge/unlink-preview": [
    { name, room: "!abc:example.org", bot, bridge, isOutside: true },
    { name, room: "!abc:example.org", bot, bridge, isOutside: false },
  ],
  "bridge/unlinked": [
    { name, room: "!abc:example.org", isOutside: true },
    { name, room: "!abc:example.org", isOutside: false },
  ],
  "bridge/unlinked-by-operators": [{ name }],
  "bridge/removed": [{ name }],
  "bridge/shown": [
    shown,
    { ...shown, health: down, kickEnds: true },
    { ...linked, known: false, traits: [], health: undefined },
  ],
  "bridge/status": [
    { count: 0, any: false, faults: [] },
    {
      count: 2,
      any: true,
      faults: [
        { first: true, name: bridge, fault: { template: "bridge-fault/down", view: {} } },
        { first: false, name: "Slack", fault: { template: "bridge-fault/too-old", view: {} } },
      ],
    },
  ],
  "bridge/waiting": [
    { ...place, asked: undefined },
    { ...place, asked: consent },
  ],
  "doctor/bridge": [
    { ...well, well: true },
    ...(["down", "old", "unusable", "slow"] as const).map((is) => ({
      ...{ ...well, [is]: true },
      fault: { template: "bridge-fault/down", view: {} },
    })),
  ],
  "change/add-bridge": [{}],
  "change/remove-bridge": [{}],
  "deed/add-bridge": [{}],
  "deed/remove-bridge": [{}],
  "error/bridge-absent": [{ bot }],
  "error/bridge-asker-power": [{ name: "IRC", needed: 100 }],
  "error/bridge-bot-banned": [{ bot }],
  "error/bridge-bot-power": [{ bot, name: "IRC" }],
  "error/bridge-company": [{ name: "IRC" }],
  "error/bridge-consent-lost": [{ name: "IRC" }],
  "error/bridge-disabled": [{ name: "IRC" }],
  "error/bridge-encrypted": [{ name: "IRC" }],
  "error/bridge-gone": [{ id: "irc-k2m4q" }],
  "error/bridge-kick-power": [
    { bot, has: 0, needed: 50 },
    { bot, has: 100, needed: undefined },
  ],
  "error/bridge-login-gone": [{ said: "7", name: "Telegram", id: "telegram" }],
  "error/bridge-login-room": [{ words: "login", bridge: "telegram" }],
  "error/bridge-login-stays": [{ name: "Telegram" }],
  "error/bridge-fixed": [{ said: place.id }],
  "error/bridge-missing": [
    { bridges: [{ id: "irc", name: bridge, example: "libera #example" }], more: true },
    { bridges: [{ id: "irc", name: bridge, example: "libera #example" }], more: false },
    { bridges: [] },
  ],
  "error/bridge-network": [
    { bridge: "oftc", network: undefined, first: "oftc", networks: ["oftc", "libera"] },
    { bridge: "oftc", network: "efnet", first: "oftc", networks: ["oftc"] },
    { bridge: "oftc", network: undefined, first: undefined, networks: [] },
  ],
  "error/bridge-no-consent": [{ name: "IRC" }],
  "error/bridge-no-login": [{ name: "IRC" }],
  "error/bridge-nowhere": [{ id: place.id, room: "!abc:example.org" }],
  "error/bridge-outside": [{ name: bridge, room: "!abc:example.org" }],
  "error/bridge-operator": [
    { ...asking, consentBy: undefined, any: true, operators: ["ada", "bob"] },
    { ...asking, network: "oftc", consentBy: "eve", any: true, operators: ["ada"] },
    { ...asking, consentBy: undefined, any: false, operators: [] },
  ],
  "error/bridge-one-each": [
    { bridge, bot, other: { name, id } },
    { bridge, bot, other: undefined },
  ],
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
  "error/bridge-still-linked": [
    { bot, why: { template: "error/bridge-silent", view: { name: bridge } } },
  ],
  "error/bridge-target-channel": [{ bridge: "oftc" }],
  "error/bridge-target-chat": [{ bridge: "telegram", example: "channel:1234567890" }],
  "error/bridge-target-irc": [
    { bridge: "irc", network: "libera", networks: ["libera"], several: false },
    { bridge: "irc", network: "libera", networks: ["libera", "oftc"], several: true },
  ],
  "error/bridge-target-discord": [
    { bridge: "discord", example: "1234567890123456789 2345678901234567890" },
  ],
  "error/bridge-target-slack": [{ bridge: "slack", example: "T0123ABCD C0123ABCD" }],
  "error/bridge-target-several": [{ bridge: "irc", first: "libera #one" }],
  "error/bridge-target-unseen": [{ code: "U+202E" }],
  "error/bridge-unclear": [{ name: "IRC", lines: ["What is that?", "Try HELP"] }],
  "error/bridge-uncatalogued": [{ bridge: "oftc" }],
  "error/bridge-unknown": [
    { said: "ric", advice: "add bridge irc #example" },
    { said: "telex", advice: undefined },
  ],
  "error/bridge-would-kick": [
    { name: "Telegram", bot: "@telegrambot:example.org", level: 50, kick: 50 },
    { name: "Telegram", bot: "@telegrambot:example.org", level: undefined, kick: 50 },
  ],
  "help/add-bridge": [{}],
  "help/admin-links": [{}],
  "help/admin-unlink": [{}],
  "help/login": [{}],
  "help/logout": [{}],
  "kept/D4-bridge-links": [{}],
  "kept/D4-login": [{}],
  "kept/D4-login-made": [{}],
  "kept/D4-login-code": [{}],
  "kind/bridge": [{}],
  "layer/bridge-homeserver": [{}],
  "layer/bridge-integration": [{}],
  "layer/bridge-third-party": [{}],
  "list/bridges": [
    { bridges: [linked, { ...linked, addedBy: undefined }], others: [] },
    { bridges: [], others: [other] },
  ],
  "login-typed/stays": [{}],
  "login-typed/taken": [{}],
  "login-why/browser": [{}],
  "login-why/no-way": [{}],
  "login/as-text": [{ typed }],
  "login/ask": [
    { ...asked, typed: undefined, options: [], any: false },
    {
      ...asked,
      typed,
      options: [
        { number: "1", option: "Main" },
        { number: "2", option: "Other" },
      ],
      any: true,
    },
  ],
  "login/busy": [{ bridge: "Telegram", typed }],
  "login/by-hand": [
    { ...toBot, why: undefined, out: false },
    { ...toBot, why: { template: "login-why/no-way", view: {} }, out: true },
  ],
  "login/cancelled": [{ id: "telegram" }],
  "login/cut-off": [
    { id: "telegram", said: false, taken: false },
    { id: "telegram", said: true, taken: true },
    { id: "telegram", said: true, taken: false },
  ],
  "login/done": [{ bridge: "Telegram", id: "telegram", name: "+49 123", typed }],
  "login/failed": [
    { id: "telegram", typed, why: { template: "error/bridge-silent", view: { name: "Telegram" } } },
  ],
  "login/late": [{ id: "telegram" }],
  "login/show": [
    { ...codeShown, qr: true, code: undefined, bare: false },
    { ...codeShown, qr: false, code: "AB-CD", bare: false },
    { ...codeShown, qr: false, code: undefined, bare: true },
  ],
  "login/unlisted": [{ bridge: "Telegram", id: "telegram", typed }],
  "login/unsigned": [{ typed }],
  "login/ways": [
    {
      bridge: "Telegram",
      typed,
      flows: [
        { number: "1", name: "Phone", description: "by a code" },
        { number: "2", name: "QR", description: "" },
      ],
    },
  ],
  "logout/done": [{ bridge: "Telegram", names: ["+49 123"] }],
  "logout/none": [{ bridge: "Telegram", id: "telegram" }],
  "logout/preview": [{ bridge: "Telegram", names: ["+49 123", "+49 456"] }],
  "logout/which": [
    {
      bridge: "telegram",
      logins: [
        { id: "1", name: "+49 123", up: true },
        { id: "2", name: "+49 456", up: false },
      ],
    },
  ],
  "undo/link": [{}],
  "undo/unlink": [{}],
};
