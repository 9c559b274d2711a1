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
const feedEnds = { template: "connection-ends/feed", view: {} };
const hookEnds = { template: "connection-ends/webhook", view: {} };
const there = {
  ...{
    id,
    name,
    address: key,
    until: undefined,
    sort: "Feed",
    known: true,
    addedBy: ada,
    addedOn: "2026-11-29",
  },
  state: { template: "connection-state/live", view: {} },
};
const foreign = { ...there, known: false, addedBy: undefined, addedOn: undefined };
const shown = {
  ...{ ...there, isRead: true, unread: undefined, here: true, ...ours },
  ...{ fault: undefined, open: false, again: false, once: false },
  ...{ url: undefined, bot: undefined, hand: undefined },
};
const hook = { id: "webhook-k2m4q", name: "builds" };
const settings = [{ key: "label", value: "News" }];
const byHand = {
  here: "!hookshot github repo https://github.com/example/project",
  logIn: "github login",
  token: false,
};
const projectPreviews = [
  {
    ...{ name: "example/project", bot, level: 50, seesPast: true, hand: byHand, ...ours },
    noticeUrl: "https://example.org/privacy",
  },
  {
    ...{ name: "example/project", bot, level: undefined, seesPast: false, hand: byHand },
    ...{ ...theirs, noticeUrl: undefined },
  },
];
const offered = { name: "Feed", description: "News of a website", bot };

/** What is said about connections. */
export const SAMPLES: Readonly<Record<string, readonly View[]>> = {
  "change/add-connection": [{}],
  "change/remove-connection": [{}],
  "connection-added/feed": [{ name, id }],
  "connection-added/github": [{ name, id }],
  "connection-added/gitlab": [{ name, id }],
  "connection-added/jira": [{ name, id }],
  "connection-added/outbound": [{ name: hook.name, id: hook.id, url: key, to: ada }],
  "connection-added/webhook": [{ name: hook.name, id: hook.id, to: ada }],
  "connection-ends/feed": [{}],
  "connection-ends/github": [{}],
  "connection-ends/gitlab": [{}],
  "connection-ends/jira": [{}],
  "connection-ends/outbound": [{}],
  "connection-ends/webhook": [{}],
  "connection-fault/down": [{}],
  "connection-fault/slow": [{}],
  "connection-fault/unusable": [{}],
  "connection-info/feed": [{ ...offered, ...ours }],
  "connection-info/github": [{ ...offered, name: "GitHub repository", ...ours }],
  "connection-info/gitlab": [{ ...offered, name: "GitLab project", ...ours }],
  "connection-info/jira": [{ ...offered, name: "Jira project", ...ours }],
  "connection-info/outbound": [{ ...offered, name: "Outgoing webhook", ...ours }],
  "connection-info/webhook": [{ ...offered, name: "Webhook", ...ours }],
  "connection-secret/outbound": [
    {
      ...{ id: hook.id, name: hook.name, room: "!r%3Aexample.org" },
      secret: "hs-ob-1b4e28ba-2fa1-11d2-883f-0016d3cca427",
    },
  ],
  "connection-secret/webhook": [
    {
      ...{ id: hook.id, name: hook.name, room: "!r%3Aexample.org" },
      secret: "https://hooks.example.org/webhook/1b4e28ba-2fa1-11d2-883f-0016d3cca427",
    },
  ],
  "connection-state/ended": [{}],
  "connection-state/gone": [{}],
  "connection-state/half-done": [{}],
  "connection-state/bot-gone": [{}],
  "connection-state/unconfigured": [{}],
  "connection-state/live": [{}],
  "connection-step/connect": [{ name }],
  "connection-step/invite": [{ bot }],
  "connection-step/join": [{ bot }],
  "connection-step/power": [{ bot }],
  "connection-step/shown": [{ name }],
  "connection-step/tell": [{ name }],
  "connection/already-gone": [{ name }],
  "connection/by-hand": [
    { name, id, bot, hand: byHand },
    { name, id, bot, hand: { ...byHand, token: true } },
  ],
  "connection/exists": [
    { name, id, addedBy: ada, idle: false },
    { name, id, addedBy: undefined, idle: true },
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
  "connection/github-preview": projectPreviews,
  "connection/gitlab-preview": projectPreviews,
  "connection/half-done": [{ name, id, addedBy: undefined }],
  "connection/host": [ours, ownHost, theirs],
  "connection/jira-preview": projectPreviews,
  "connection/keeps": [ours, theirs],
  "connection/log-in": [
    { bot, hand: byHand },
    { bot, hand: { ...byHand, token: true } },
  ],
  "connection/outbound-preview": [
    {
      ...{ name: hook.name, url: key, bot, level: 50, sealed: true, clear: true, ...ours },
      noticeUrl: "https://example.org/privacy",
    },
    {
      ...{ name: hook.name, url: key, bot, level: undefined, sealed: false, clear: false },
      ...{ ...theirs, noticeUrl: undefined },
    },
  ],
  "connection/remove-preview": [
    { name, addedBy: ada, bot, ends: feedEnds },
    { name, addedBy: undefined, bot: undefined, ends: hookEnds },
  ],
  "connection/removed": [
    { name, ends: feedEnds, again: undefined },
    { name: "example/project", ends: feedEnds, again: "add github example/project" },
  ],
  "connection/secret-sent": [
    { name, clear: true },
    { name, clear: false },
  ],
  "connection/set": [{ name, id, settings }],
  "connection/set-preview": [{ name, id, settings }],
  "connection/shown": [
    shown,
    { ...shown, isRead: false, unread: "HTTP 404", fault: down },
    { ...shown, address: undefined, until: "2027-01-31", isRead: false, open: true },
    { ...shown, address: undefined, isRead: false, again: true },
    { ...shown, address: undefined, isRead: false, once: true },
    { ...shown, address: undefined, isRead: false, url: key },
    { ...shown, address: undefined, isRead: false, bot, hand: byHand },
    { ...shown, ...foreign, isRead: false, unread: undefined, here: false, fault: undefined },
  ],
  "connection/status": [
    { count: 0, fault: undefined },
    { count: 2, fault: down },
  ],
  "connection/waiting": [{ name, id }],
  "connection/webhook-preview": [
    {
      ...{
        name: hook.name,
        bot,
        until: "2027-01-31",
        level: 50,
        clear: true,
        seesPast: true,
        ...ours,
      },
      noticeUrl: "https://example.org/privacy",
    },
    {
      ...{
        name: hook.name,
        bot,
        until: undefined,
        level: undefined,
        clear: false,
        seesPast: false,
      },
      ...{ ...theirs, noticeUrl: undefined },
    },
  ],
  "deed/add-connection": [{}],
  "deed/remove-connection": [{}],
  "deed/set-connection": [{}],
  "doctor/hookshot": [
    { well: true, bot, fault: undefined },
    { well: false, bot, fault: down },
  ],
  "doctor/hookshot-seen": [
    { bot, unknown: false, rooms: 3, absent: 0 },
    { bot, unknown: true, rooms: 3, absent: 1 },
  ],
  "error/connection-by-hand": [{ words: "add github example/project" }],
  "error/connection-fixed": [{}],
  "error/connection-set-api": [{}],
  "error/connection-setting-invalid": [{ setting: "label" }],
  "error/connection-setting-unknown": [
    { setting: "labl", nearest: "label", known: ["label", "template"] },
    { setting: "x", nearest: undefined, known: ["days"] },
  ],
  "error/connection-gone": [{ id }],
  "error/connection-asker-gone": [{}],
  "error/hookshot-knows-not": [{ name: hook.name, id: hook.id }],
  "error/feed-address": [{}],
  "error/github-unclear": [{}],
  "error/gitlab-unclear": [{}],
  "error/jira-unclear": [{}],
  "error/outbound-address": [{}],
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
  "error/hookshot-tells-once": [{ id: hook.id }],
  "error/hookshot-told-all": [{}],
  "error/hookshot-untold": [{}],
  "error/hookshot-unclear": [{ status: 502 }, { status: undefined }],
  "error/webhook-name": [{}],
  "help/add-feed": [{}],
  "help/add-github": [{}],
  "help/add-gitlab": [{}],
  "help/add-jira": [{}],
  "help/add-outbound": [{}],
  "help/add-webhook": [{}],
  "help/webhook-resend": [{}],
  "kept/D3-connections": [{}],
  "kind/connection": [{}],
  "layer/connection-homeserver": [{}],
  "layer/connection-integration": [{}],
  "layer/connection-third-party": [{}],
  "list/connections": [
    { connections: [there, foreign], more: 0 },
    { connections: [there], more: 2900 },
  ],
  "undo/connect": [{}],
  "undo/disconnect": [{}],
};
