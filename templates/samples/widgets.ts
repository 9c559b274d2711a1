import type { View } from "../../src/kernel/errors.ts";
import { mark } from "./mark.ts";

const widget = { id: "pad-7k2m4q", name: "Team pad", url: "https://pad.example.org/p/team?view=all&b=1" };
const person = "@ada:example.org";
const added = { ...widget, addedBy: person, addedOn: "2026-11-23" };

/** A website of its own, one of a third party, one of the operator. */
const site = { host: "pad.example.org", runBy: undefined, byOperator: false, policy: undefined, handsOver: [] };
const theirs = {
  host: "meet.example.com",
  runBy: "Example Meetings",
  byOperator: false,
  policy: "https://example.com/privacy",
  handsOver: ["variable/user-id", "variable/avatar"],
};
const ours = { host: "meet.example.org", runBy: undefined, byOperator: true, policy: undefined, handsOver: ["variable/room-id"] };

const change = { name: widget.name, id: widget.id, person, on: "2026-11-23" };

/** What the sentences about widgets and the catalogue are filled with. */
const nobodyCame = { restored: false, joined: false, invited: false, declined: false };

export const WIDGET_SAMPLES: Readonly<Record<string, readonly View[]>> = {
  "argument/settings-invalid": [{}],
  browse: [
    {
      kinds: [
        {
          kind: "kind/widget",
          entries: [
            { id: "jitsi", name: "Jitsi", description: "A video conference", price: undefined },
            { id: "spotify", name: "Spotify", description: "A song", price: "price/mixed" },
          ],
        },
      ],
      example: "jitsi",
    },
  ],
  "browse-empty": [{ word: "dance" }, { word: undefined }],
  "change/add": [{}],
  "change/add-bot": [{}],
  "change/remove-bot": [{}],
  "change/set-bot": [{}],
  "change/pin": [{}],
  "change/remove": [{}],
  "change/set": [{}],
  "change/unpin": [{}],
  "deed/add-widget": [{}],
  "deed/pin-widget": [{}],
  "deed/remove-widget": [{}],
  "deed/set-widget": [{}],
  "deed/undo": [{}],
  "deed/unpin-widget": [{}],
  "error/entry-not-widget": [{ name: "Poll bot", id: "poll", kind: "bot" }],
  "error/entry-unknown": [
    { said: "jisti", nearest: "jitsi" },
    { said: "dance", nearest: undefined },
  ],
  "error/undo-overtaken": [{ id: widget.id, name: widget.name }],
  "error/widget-address-unknown": [{ host: "pad.example.org" }],
  "error/widget-secret": [{ parameter: "password", name: "BigBlueButton" }],
  "error/widget-setting-fixed": [{ id: widget.id, name: widget.name }],
  "error/widget-setting-invalid": [
    {
      ...mark("add widget jitsi audio=perhaps", "audio=perhaps"),
      setting: "audio",
      help: "whether it begins without video",
      choices: ["yes", "no"],
      id: "jitsi",
    },
    { ...mark("add widget jitsi domain=?", "domain=?"), setting: "domain", help: "the Jitsi server", choices: [], id: "jitsi" },
  ],
  "error/widget-setting-missing": [{ ...mark("add widget youtube", ""), setting: "video", help: "the video's id", id: "youtube" }],
  "error/widget-setting-one-of": [{ settings: ["channel", "video"], id: "twitch" }],
  "error/widget-setting-unknown": [
    {
      ...mark("add widget jitsi domian=x.example", "domian=x.example"),
      setting: "domian",
      id: "jitsi",
      nearest: "domain",
      settings: ["domain", "name"],
    },
    { ...mark("add widget jitsi x=1", "x=1"), setting: "x", id: "jitsi", nearest: undefined, settings: ["domain", "name"] },
  ],
  "error/widget-settings-none": [{}],
  "error/widget-top-full": [{ top: [{ id: "pad-1", name: "Pad" }] }],
  "error/widget-unknown": [{ id: "pad-1" }],
  "error/item-ambiguous": [
    {
      said: "pad",
      things: [
        { id: "pad-1", name: "Agenda" },
        { id: "pad-2", name: "Minutes" },
      ],
      more: false,
    },
    { said: "pad", things: [{ id: "pad-1", name: "Agenda" }], more: true },
  ],
  "error/widget-url-invalid": [{ url: "ftp://pad.example.org" }],
  "help/add-widget": [{}],
  "help/browse": [{}],
  "help/info": [{}],
  "help/list": [{}],
  "help/pin": [{}],
  "help/remove": [{}],
  "help/set": [{}],
  "help/show": [{}],
  "help/undo": [{}],
  "help/unpin": [{}],
  "kind/bot": [{}],
  "kind/bridge": [{}],
  "kind/stickers": [{}],
  "kind/widget": [{}],
  list: [{ parts: [{ template: "list-widgets", view: { mine: [added], others: [], gone: [] } }] }],
  "list-widgets": [
    {
      mine: [added],
      others: [{ ...widget, addedBy: person }],
      gone: [{ id: widget.id, name: widget.name, addedBy: person, addedOn: "2026-11-23" }],
    },
  ],
  "price/free": [{}],
  "price/mixed": [{}],
  "price/paid": [{}],
  "undo-nothing": [{}],
  "undo-preview": [{ ...change, what: "change/add", effect: "undo/state" }],
  undone: [
    { ...change, what: "change/pin", ...nobodyCame, restored: true },
    { ...change, what: "change/remove-bot", ...nobodyCame, joined: true },
    { ...change, what: "change/remove-bot", ...nobodyCame, invited: true },
    { ...change, what: "change/remove-bot", ...nobodyCame, declined: true },
  ],
  "undo/bring-back": [{}],
  "undo/power": [{}],
  "undo/state": [{}],
  "undo/take-out": [{}],
  "variable/avatar": [{}],
  "variable/client": [{}],
  "variable/device-id": [{}],
  "variable/display-name": [{}],
  "variable/homeserver": [{}],
  "variable/language": [{}],
  "variable/room-id": [{}],
  "variable/theme": [{}],
  "variable/user-id": [{}],
  "variable/widget-id": [{}],
  "widget-added": [widget],
  "widget-already-gone": [{ id: widget.id }],
  "widget-exists": [{ ...widget, addedBy: person }],
  "widget-foreign-remove-preview": [{ ...widget, addedBy: "@eve:example.org" }],
  "widget-host": [site, theirs, ours],
  "widget-info": [
    {
      id: "jitsi",
      name: "Jitsi",
      description: "A video conference",
      price: "price/free",
      byOperator: false,
      bySite: false,
      who: "Element",
      policy: "https://example.com/privacy",
      settings: [
        { key: "domain", help: "the Jitsi server", required: false, choices: undefined, usual: "meet.example.org" },
        { key: "form", help: "what it is", required: true, choices: "song, album", usual: undefined },
      ],
      main: "<conference>",
      handsOver: ["variable/display-name"],
    },
    ...[true, false].map((byOperator) => ({
      id: "board",
      name: "Board",
      description: "A board",
      price: "price/free",
      byOperator,
      bySite: !byOperator,
      who: undefined,
      policy: undefined,
      settings: [],
      main: undefined,
      handsOver: [],
    })),
  ],
  "widget-place-preview": [
    { id: widget.id, name: widget.name, onTop: true, theirs: undefined },
    { id: widget.id, name: widget.name, onTop: false, theirs: "@eve:example.org" },
  ],
  "widget-placed": [true, false].map((onTop) => ({ name: widget.name, onTop })),
  "widget-placed-already": [true, false].map((onTop) => ({ id: widget.id, name: widget.name, onTop })),
  "widget-preview": [
    {
      name: widget.name,
      url: widget.url,
      entry: "Etherpad",
      asPage: `add widget custom ${widget.url}`,
      price: "price/free",
      ...theirs,
      noticeUrl: "https://example.org/privacy",
    },
    { name: widget.name, url: widget.url, entry: undefined, asPage: undefined, price: "price/mixed", ...site, noticeUrl: undefined },
  ],
  "widget-remove-preview": [{ ...widget, addedBy: person }],
  "widget-removed": [widget],
  "widget-set": [widget],
  "widget-set-preview": [
    { id: widget.id, was: widget.name, name: "Notes", theirs: undefined, page: undefined },
    { id: widget.id, was: widget.name, name: undefined, theirs: "@eve:example.org", page: { url: widget.url, ...theirs } },
  ],
  "widget-show": [
    {
      ...added,
      theirs: false,
      onTop: true,
      entry: "Etherpad",
      settings: [{ key: "pad", value: "team" }],
      ...theirs,
    },
    {
      ...widget,
      addedBy: person,
      addedOn: undefined,
      theirs: true,
      onTop: false,
      entry: undefined,
      settings: [],
      ...site,
      host: undefined,
    },
    {
      ...widget,
      addedBy: person,
      addedOn: undefined,
      theirs: true,
      onTop: false,
      entry: undefined,
      settings: [],
      ...site,
      host: undefined,
      handsOver: ["variable/user-id"],
    },
  ],
  "widget-show-gone": [{ id: widget.id, name: widget.name, addedBy: person, addedOn: "2026-11-23" }],
  "widget-unchanged": [{ id: widget.id, name: widget.name }],
};
