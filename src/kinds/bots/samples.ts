import type { View } from "../../kernel/errors.ts";
import { mark } from "../../../templates/samples/mark.ts";

const ada = "@ada:example.org";
const bot = { name: "Poll bot", user: "@poll:example.org", id: "poll-7k2m4q", named: true };
const called = { name: bot.name, user: bot.user, named: true };
const kicked = { template: "bot-presence/kicked", view: { by: ada, on: "2026-11-23" } };
const here = { template: "bot-presence/joined", view: {} };

const nothing = {
  description: undefined,
  operator: false,
  who: undefined,
  policy: undefined,
  itsServer: false,
  unknown: false,
  server: "example.org",
  service: undefined,
  price: undefined,
};
const catalogued = { ...nothing, description: "Asks the room questions", price: "price/free" };
const thirdParty = {
  ...catalogued,
  who: "Example Bots",
  policy: "https://bots.example.org/privacy",
  service: "Example Weather",
};
const ours = { ...catalogued, operator: true, policy: "https://example.org/privacy" };
const oursToo = { ...catalogued, operator: true };
const theirs = { ...catalogued, itsServer: true };
const stranger = { ...nothing, unknown: true };

const quiet = { silent: false, password: false, secret: false, odd: false };
const silent = { ...quiet, silent: true, code: "maubot-unreachable" };
const mute = [
  { ...quiet, password: true, code: "maubot-password" },
  { ...quiet, secret: true, code: "secret-unreadable" },
  { ...quiet, odd: true, code: "maubot-unexpected" },
];
const tokenWell = {
  ...{ id: "poll", unknown: false, silent: false, refused: false, other: false },
  well: true,
};
const tokens = (["silent", "refused", "other"] as const).map((why) => ({
  ...{ ...tokenWell, well: false },
  [why]: true,
}));
const added = { addedBy: ada, addedOn: "2026-11-23" };
const managed = { plugins: "xyz.maubot.echo 1.4.0", off: false, fault: undefined };

/** What a preview says of who runs a bot: all but what it does. */
function hostOf({ description: _, ...host }: View): View {
  return host;
}

/** What is said about bots. */
export const SAMPLES: Readonly<Record<string, readonly View[]>> = {
  "bot/status": [
    { count: 0, fault: undefined },
    { count: 2, fault: silent },
  ],
  "bot/managed": [
    { plugins: "xyz.maubot.echo 1.4.0", off: false, fault: undefined },
    { plugins: undefined, off: true, fault: silent },
  ],
  "bot/maubot-fault": [silent, ...mute],
  "doctor/bot-token": [...tokens, { ...tokenWell, unknown: true, well: false }, tokenWell],
  "error/bot-token": tokens.map(({ unknown: _, well: __, ...view }) => view),
  "bot-step/fetch": [{ user: bot.user }],
  "doctor/maubot": [
    { host: "127.0.0.1:29316", user: "admin", fault: undefined },
    ...[silent, ...mute].map((fault) => ({ host: "127.0.0.1:29316", user: "admin", fault })),
  ],
  "error/maubot-unreachable": [{}],
  "error/maubot-password": [{}],
  "error/maubot-too-large": [{}],
  "error/maubot-unexpected": [{ status: 502 }],
  "error/maubot-bot-refused": [
    { user: bot.user, joins: true, reason: "You are banned from this room." },
    { user: bot.user, joins: false, reason: "" },
  ],
  "error/maubot-instance": [
    { id: "poll", plugin: "xyz.maubot.poll", missing: true },
    { id: "poll", plugin: "xyz.maubot.poll", missing: false },
  ],
  "error/maubot-instance-taken": [{ id: "poll" }],
  "error/maubot-name": [{ name: "!a/b:example.org" }],
  "bot/name": [called, { ...called, name: bot.user, named: false }],
  "bot/about": [thirdParty, stranger],
  "bot/does": [{ description: "Asks the room questions" }],
  "bot/host": [hostOf(thirdParty), hostOf(ours), hostOf(oursToo), hostOf(theirs), hostOf(stranger)],
  "bot/added": [
    { ...bot, level: 50, given: true, withheld: false, refused: false, unsaid: false },
    { ...bot, level: 50, given: false, withheld: true, refused: false, unsaid: false },
    { ...bot, level: 50, given: false, withheld: false, refused: true, unsaid: true },
    { ...bot, level: 0, given: false, withheld: false, refused: false, unsaid: false },
  ],
  "bot/already-gone": [{ name: bot.name }],
  "bot/declined": [bot],
  "bot/exists": [{ ...bot, addedBy: ada }],
  "error/bot-self": [{}],
  "error/bot-invite-refused": [
    { user: bot.user, reason: "Federation denied with example.org.", passing: false },
    { user: bot.user, reason: undefined, passing: true },
  ],
  "bot/adopt-preview": [
    { ...called, ...hostOf(thirdParty), level: 50 },
    { ...called, ...hostOf(stranger), level: undefined },
  ],
  "bot/adopted": [
    { ...bot, level: 50, given: true, withheld: false },
    { ...bot, level: 50, given: false, withheld: true },
    { ...bot, level: 0, given: false, withheld: false },
  ],
  "bot/info": [
    { ...bot, ...thirdParty, level: 50, words: "!poll hello", managed },
    { ...bot, ...theirs, level: 0, words: undefined, managed: undefined },
  ],
  "bot/invited": [{ ...bot, seconds: 20 }],
  "bot/level-preview": [{ ...called, level: 50, has: 0 }],
  "bot/level-same": [{ ...called, level: 50 }],
  "bot/level-set": [{ ...called, level: 50 }],
  "bot-presence/absent": [{}],
  "bot-presence/banned": [kicked.view],
  "bot-presence/invited": [{}],
  "bot-presence/joined": [{}],
  "bot-presence/kicked": [kicked.view],
  "bot-presence/left": [{ on: "2026-11-23" }],
  "bot/preview": [
    {
      ...called,
      ...hostOf(thirdParty),
      level: 50,
      words: "!poll hello",
      seesPast: true,
      noAccount: false,
      noAnswer: true,
      noticeUrl: "https://example.org/privacy",
    },
    {
      ...called,
      ...hostOf(stranger),
      level: undefined,
      words: undefined,
      seesPast: false,
      noAccount: true,
      noAnswer: false,
      noticeUrl: undefined,
    },
  ],
  "bot/remove-preview": [
    { ...called, words: "!poll leave", addedBy: ada, itself: false },
    { ...called, words: undefined, addedBy: ada, itself: true },
    { ...called, words: undefined, addedBy: undefined, itself: false },
  ],
  "bot/removed": [true, false].map((removed) => ({ ...called, kicked: removed })),
  "bot/shown": [
    { ...bot, ...ours, presence: here, level: 50, added, managed },
    {
      ...{ ...bot, ...stranger, presence: kicked },
      ...{ level: undefined, added: undefined, managed: undefined },
    },
  ],
  "bot-step/invite": [{ user: bot.user }],
  "bot-step/join": [{ user: bot.user }],
  "bot-step/power": [{ user: bot.user }],
  "bot-step/words": [{ user: bot.user }],
  "bot/still-invited": [{ ...bot, addedBy: ada }],
  "change/add-bot": [{}],
  "change/remove-bot": [{}],
  "change/set-bot": [{}],
  "deed/add-bot": [{}],
  "deed/add-bot-with-power": [{}],
  "deed/remove-bot": [{}],
  "deed/set-bot": [{}],
  "error/bot-absent": [{ id: "poll" }],
  "error/bot-banned": [{ user: bot.user, by: ada }],
  "error/bot-creator": [{ user: bot.user }],
  "error/bot-disabled": [{ name: bot.name }],
  "error/bot-level-invalid": [mark("set poll-7k2m4q level=high", "level=high")],
  "error/bot-setting-unknown": [
    {
      ...mark("set poll-7k2m4q levle=50", "levle=50"),
      setting: "levle",
      advice: "set poll-7k2m4q level=50",
    },
    { ...mark("set poll-7k2m4q name=Poll", "name=Poll"), setting: "name", advice: undefined },
  ],
  "error/bot-stayed": [{ user: bot.user }],
  "error/bot-unknown": [
    { said: "pol", advice: "add bot poll" },
    { said: "weather", advice: undefined },
  ],
  "help/add-bot": [{}],
  "kept/D2-bots": [{}],
  "kind/bot": [{}],
  "layer/bot-homeserver": [{}],
  "layer/bot-integration": [{}],
  "layer/bot-manager": [{}],
  "layer/bot-third-party": [{}],
  "list/bots": [
    {
      mine: [{ ...bot, presence: here, level: 50, addedBy: ada, addedOn: "2026-11-23" }],
      others: [],
      replaced: true,
    },
    { mine: [], others: [{ ...bot, presence: here, level: 50 }], replaced: false },
  ],
  "right/invite": [{}],
  "right/remove": [{}],
  "undo/bring-back": [{}],
  "undo/power": [{}],
  "undo/take-out": [{}],
};
