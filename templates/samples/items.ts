import type { View } from "../../src/kernel/errors.ts";

const widget = {
  id: "pad-7k2m4q",
  name: "Team pad",
  url: "https://pad.example.org/p/team?view=all&b=1",
};
const person = "@ada:example.org";
const added = { ...widget, addedBy: person, addedOn: "2026-11-23" };
const change = { name: widget.name, id: widget.id, person, on: "2026-11-23" };
const nobodyCame = { restored: false, joined: false, invited: false, declined: false };

/** What is said of what stands in rooms, of whatever kind: listed, changed, taken out, taken back. */
export const ITEM_SAMPLES: Readonly<Record<string, readonly View[]>> = {
  "already-gone": [{ id: widget.id }],
  "argument/settings-invalid": [{}],
  "argument/settings-open": [{}],
  "deed/remove-item": [{}],
  "deed/undo": [{}],
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
  "error/item-missing": [
    { words: "show", things: [{ id: "pad-1", name: "Pad" }], more: false, example: "show Pad" },
    { words: "show", things: [{ id: "pad-1", name: "Pad" }], more: true, example: "show Pad" },
    { words: "show", things: [], more: false, example: undefined },
  ],
  "error/item-unknown": [
    { id: "pad-1", advice: "remove pad-7k2m4q" },
    { id: "pad-1", advice: undefined },
  ],
  "error/settings-none": [{}],
  "error/undo-overtaken": [{ id: widget.id, name: widget.name }],
  "help/list": [{}],
  "help/remove": [{}],
  "help/set": [{}],
  "help/show": [{}],
  "help/undo": [{}],
  list: [
    {
      parts: [{ template: "list/widgets", view: { mine: [added], others: [], gone: [] } }],
      example: "Team pad",
    },
  ],
  "undo/nothing": [{ unkept: false }, { unkept: true }],
  "undo/unkept": [{}],
  "undo/preview": [{ ...change, what: "change/add", effect: "undo/state" }],
  undone: [
    { ...change, what: "change/pin", ...nobodyCame, restored: true },
    { ...change, what: "change/remove-bot", ...nobodyCame, joined: true },
    { ...change, what: "change/remove-bot", ...nobodyCame, invited: true },
    { ...change, what: "change/remove-bot", ...nobodyCame, declined: true },
  ],
};
