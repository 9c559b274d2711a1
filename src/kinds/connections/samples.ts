import type { View } from "../../kernel/errors.ts";

const ada = "@ada:example.org";
const bot = "@hookshot:example.org";
const name = "example.org";
const id = "feed-k2m4q";
const key = "https://example.org/news.xml";
const ours = {
  ...{ price: "price/free", operator: true, who: undefined },
  policy: "https://example.org/privacy",
};
const ownHost = { ...ours, policy: undefined };
const theirs = {
  ...{ price: "price/paid", operator: false, who: "Example Bots" },
  policy: "https://bots.example.org/privacy",
};
const down = { template: "connection-fault/down", view: {} };
const there = {
  ...{ id, name, key, sort: "Feed", known: true, addedBy: ada, addedOn: "2026-11-29" },
  state: { template: "connection-state/live", view: {} },
};
const foreign = { ...there, known: false, addedBy: undefined, addedOn: undefined };
const shown = {
  ...{ ...there, isRead: true, unread: undefined, here: true, ...ours },
  fault: undefined,
};
const offered = { name: "Feed", description: "News of a website", bot };

/** What is said about connections. */
export const SAMPLES: Readonly<Record<string, readonly View[]>> = {
  "change/add-connection": [{}],
  "change/remove-connection": [{}],
  "connection-added/feed": [{ name, id }],
  "connection-fault/down": [{}],
  "connection-fault/slow": [{}],
  "connection-fault/unusable": [{}],
  "connection-info/feed": [{ ...offered, ...ours }],
  "connection-state/gone": [{}],
  "connection-state/half-done": [{}],
  "connection-state/live": [{}],
  "connection-step/connect": [{ name }],
  "connection-step/invite": [{ bot }],
  "connection-step/join": [{ bot }],
  "connection-step/power": [{ bot }],
  "connection-step/shown": [{ name }],
  "connection/already-gone": [{ name }],
  "connection/exists": [
    { name, id, addedBy: ada },
    { name, id, addedBy: undefined },
  ],
  "connection/feed-preview": [
    {
      name,
      key,
      bot,
      level: 50,
      seesPast: true,
      ...ours,
      noticeUrl: "https://example.org/privacy",
    },
    { name, key, bot, level: undefined, seesPast: false, ...theirs, noticeUrl: undefined },
  ],
  "connection/half-done": [{ name, id, addedBy: undefined }],
  "connection/host": [ours, ownHost, theirs],
  "connection/keeps": [ours, theirs],
  "connection/remove-preview": [
    { name, addedBy: ada, bot },
    { name, addedBy: undefined, bot: undefined },
  ],
  "connection/removed": [{ name }],
  "connection/shown": [
    shown,
    { ...shown, isRead: false, unread: "HTTP 404", fault: down },
    { ...foreign, isRead: false, unread: undefined, here: false, fault: undefined },
  ],
  "connection/status": [
    { count: 0, fault: undefined },
    { count: 2, fault: down },
  ],
  "connection/waiting": [{ name, id }],
  "deed/add-connection": [{}],
  "deed/remove-connection": [{}],
  "doctor/hookshot": [
    { well: true, bot, api: "http://127.0.0.1:9002", fault: undefined },
    { well: true, bot, api: undefined, fault: undefined },
    { well: false, bot, api: "http://127.0.0.1:9002", fault: down },
  ],
  "error/connection-gone": [{ id }],
  "error/feed-address": [{}],
  "error/hookshot-asker-power": [
    { own: true, needed: 50, has: 0 },
    { own: false, needed: 50, has: 0 },
  ],
  "error/hookshot-bot-banned": [{ bot }],
  "error/hookshot-bot-gone": [{}],
  "error/hookshot-bot-power": [{}],
  "error/hookshot-bot-stayed": [{ bot }],
  "error/hookshot-disabled": [{ name: "Feed" }],
  "error/hookshot-encrypted": [{}],
  "error/hookshot-forbidden": [{}],
  "error/hookshot-login": [{}],
  "error/hookshot-none": [{}],
  "error/hookshot-off": [{}],
  "error/hookshot-refused": [{ line: "Could not read feed from URL: 404" }],
  "error/hookshot-silent": [{}],
  "error/hookshot-stays": [{}],
  "error/hookshot-unclear": [{ status: 502 }, { status: undefined }],
  "help/add-feed": [{}],
  "kept/D3-connections": [{}],
  "kind/connection": [{}],
  "layer/connection-homeserver": [{}],
  "layer/connection-integration": [{}],
  "layer/connection-third-party": [{}],
  "list/connections": [{ connections: [there, foreign] }],
  "undo/connect": [{}],
  "undo/disconnect": [{}],
};
