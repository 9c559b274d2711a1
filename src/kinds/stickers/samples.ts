import type { View } from "../../kernel/errors.ts";
import { IMPORT_SAMPLES } from "./imports/samples.ts";
import { PICTURE_SAMPLES } from "./pictures/samples.ts";

const ada = "@ada:example.org";
const host = { price: "price/free", operator: true, who: undefined, policy: undefined };
const theirs = {
  ...{ price: "price/paid", operator: false, who: "Example Stickers" },
  policy: "https://stickers.example.org/privacy",
};
const pack = {
  ...{ id: "cats", name: "Cats", count: 2, known: true, addedBy: ada, addedOn: "2026-11-30" },
  ...{ attribution: "Ada's own pictures", licence: "CC BY 4.0" },
};
const foreign = {
  ...{ ...pack, count: 1, known: false, addedOn: undefined },
  ...{ attribution: undefined, licence: undefined },
};
const others = { ...foreign, addedBy: undefined };
const nameless = { ...pack, addedBy: undefined };
const gone = { id: "dogs", name: "Dogs", addedBy: ada, addedOn: "2026-11-29" };
const packs = [
  { id: "cats", name: "Cats" },
  { id: "dogs", name: "Dogs" },
];
const sheet = {
  ...{ name: "Cats", id: "cats", count: 22, page: 1, pages: 2, several: true, next: 2 },
  example: "cat-wave",
  ...{ attribution: pack.attribution, licence: pack.licence },
  stickers: [
    { number: 1, code: "cat-wave", says: "A cat waves" },
    { number: 2, code: "cat-sleep", says: undefined },
  ],
};
/** Pictures that are left out, for each of the reasons; and none. */
const [LEFT_OUT = {}] = IMPORT_SAMPLES["sticker/left-out"] ?? [];
const NONE_LEFT_OUT = { areOut: false, outCount: 0, moreOut: 0, out: [] };
const formatted = { name: "Cats", kept: [], isKept: false, more: 0, changed: true };
const needed = { level: 50, role: "role/moderator" };

/** What is said about sticker packs. */
export const SAMPLES: Readonly<Record<string, readonly View[]>> = {
  ...PICTURE_SAMPLES,
  ...IMPORT_SAMPLES,
  "change/add-pack": [{}],
  "change/add-sticker": [{}],
  "change/change-sticker": [{}],
  "change/drop-sticker": [{}],
  "change/make-pack": [{}],
  "change/remove-pack": [{}],
  "change/set-pack": [{}],
  "deed/add-pack": [{}],
  "deed/add-sticker": [{}],
  "deed/change-sticker": [{}],
  "deed/drop-sticker": [{}],
  "deed/make-pack": [{}],
  "deed/remove-pack": [{}],
  "deed/send-sticker": [{}],
  "deed/set-pack": [{}],
  "error/sticker-code": [
    { left: 9, taken: true, stays: false },
    { left: 1, taken: false, stays: true },
  ],
  "error/sticker-code-tries": [{ taken: false, stays: false }],
  "error/sticker-codes-direct": [{ id: "cats" }],
  "error/sticker-codes-free": [{ name: "Cats", id: "cats" }],
  "error/sticker-not-redeemed": [
    { name: "Cats", howToPay: "Five euros at the front desk.", payAt: undefined },
    { name: "Cats", howToPay: "See our shop.", payAt: "https://shop.example.org/" },
  ],
  "error/sticker-own-unknown": [{ said: "cats" }],
  "error/sticker-ambiguous": [{ said: "hi", packs, more: 3, example: "cats" }],
  "error/sticker-entry": [{ name: "Jitsi", id: "jitsi" }],
  "error/sticker-collect-empty": [{}],
  "error/sticker-collect-none": [{}],
  "error/sticker-collect-other": [{ name: "Cats", count: 3 }],
  "error/sticker-entry-large": [{ code: "cat-wave", name: "Cats", id: "cats" }],
  "error/sticker-no-reply": [{}],
  "error/sticker-pack-none": [{}],
  "error/sticker-pack-unknown": [
    { said: "cat", nearest: "cats" },
    { said: "x", nearest: undefined },
  ],
  "error/sticker-pack-which": [{ packs, more: 3, example: "cats" }],
  "error/sticker-setting": [{ setting: "x", settings: ["name", "attribution", "licence"] }],
  "error/sticker-setting-value": [{ setting: "name", most: 60 }],
  "error/sticker-shortcode": [
    { said: "hé", nearest: "he" },
    { said: "é", nearest: undefined },
  ],
  "error/sticker-source-gone": [{ name: "Cats" }],
  "error/sticker-taken": [{ code: "cat", name: "Cats", other: "cat-2" }],
  "error/sticker-unknown": [
    { said: "cat-wav", nearest: "cat-wave" },
    { said: "x", nearest: undefined },
  ],
  "help/add-stickers": [{}],
  "help/admin-codes-new": [{}],
  "help/stickers-disable": [{}],
  "help/stickers-done": [{}],
  "help/stickers-enable": [{}],
  "help/stickers-export": [{}],
  "help/stickers-format": [{}],
  "help/stickers-mine": [{}],
  "help/stickers-order": [{}],
  "help/stickers-redeem": [{}],
  "kept/D8-collecting": [{}],
  "kept/D8-own": [{}],
  "sticker/code-hidden": [
    { taken: true, stays: false },
    { taken: false, stays: true },
  ],
  "sticker/codes-made": [
    { name: "Cats", count: 1 },
    { name: "Cats", count: 50 },
  ],
  "sticker/codes-preview": [
    { name: "Cats", count: 1, clear: true },
    { name: "Cats", count: 50, clear: false },
  ],
  "sticker/collected": [
    {
      ...{ id: "cats", name: "Cats", count: 22, named: [{ code: "cat" }], unnamed: 2, bare: 2 },
      ...{ first: "cat", isFull: true, most: 200, isSince: true, since: 3, ...LEFT_OUT },
    },
    {
      ...{ id: "cats", name: "Cats", count: 1, named: [{ code: "cat" }], unnamed: 0, bare: 0 },
      ...{ first: undefined, isFull: false, most: 200, isSince: false, since: 0, ...NONE_LEFT_OUT },
    },
  ],
  "sticker/collected-none": [{ ...LEFT_OUT, isSince: true, since: 1 }],
  "sticker/sent-since": [{ isSince: true, since: 1 }],
  "sticker/collecting": [{ name: "Cats", most: 200 }],
  "sticker/disabled": [
    { name: "Cats", id: "cats", redeemed: true },
    { name: "Cats", id: "cats", redeemed: false },
  ],
  "sticker/enabled": [{ name: "Cats", id: "cats" }],
  "sticker/mine": [
    {
      enabled: [
        { name: "Cats", id: "cats", redeemed: true, gone: false },
        { name: "old", id: "old", redeemed: false, gone: true },
      ],
      some: true,
      off: [
        { name: "Dogs", id: "dogs", gone: false },
        { name: "birds", id: "birds", gone: true },
      ],
      more: true,
    },
  ],
  "sticker/mine-none": [{}],
  "sticker/mine-sent": [{}],
  "sticker/redeemed": [
    { name: "Cats", id: "cats", free: false, taken: true, stays: false },
    { name: "Cats", id: "cats", free: true, taken: false, stays: true },
  ],
  "help/sticker": [{}],
  "help/stickers-add": [{}],
  "help/stickers-describe": [{}],
  "help/stickers-drop": [{}],
  "help/stickers-new": [{}],
  "help/stickers-rename": [{}],
  "help/stickers-show": [{}],
  "kept/D8-packs": [{}],
  "kept/D8-packs-state": [{}],
  "kept/D8-pictures": [{}],
  "kind/sticker": [{}],
  "layer/sticker-homeserver": [{}],
  "layer/sticker-manager": [{}],
  "list/packs": [
    { mine: [pack, nameless], others: [foreign], gone: [gone], more: 0 },
    { mine: [], others: [{ ...foreign, count: 3 }], gone: [], more: 900 },
  ],
  "right/packs": [{}],
  "sticker/add-pack-preview": [
    { name: "Cats", count: 40, again: false, encrypted: true, ...host, noticeUrl: undefined },
    {
      name: "Cats",
      count: 1,
      again: true,
      encrypted: false,
      ...theirs,
      noticeUrl: "https://example.org/p",
    },
  ],
  "sticker/add-preview": [
    { code: "cat-wave", name: "Cats", says: undefined },
    { code: "cat-wave", name: "Cats", says: "A cat waves" },
  ],
  "sticker/added": [
    { code: "cat-wave", name: "Cats", bare: true },
    { code: "cat-wave", name: "Cats", bare: false },
  ],
  "sticker/already-gone": [{ id: "cats" }],
  "sticker/changed": [
    { code: "cat-wave", next: "cat-hello", name: "Cats", renamed: true },
    { code: "cat-wave", next: "cat-wave", name: "Cats", renamed: false },
  ],
  "sticker/done-preview": [
    { name: "Cats", count: 1 },
    { name: "Cats", count: 12 },
  ],
  "sticker/drop-gone": [{ code: "cat-wave" }],
  "sticker/drop-preview": [{ code: "cat-wave", name: "Cats" }],
  "sticker/dropped": [{ code: "cat-wave", name: "Cats" }],
  "sticker/empty": [{ name: "Cats", id: "cats" }],
  "sticker/exported": [
    {
      ...{ name: "Cats", count: 40, some: true, files: 2, missing: [], isMissing: false },
      more: 0,
    },
    {
      ...{ name: "Cats", count: 1, some: true, files: 1, isMissing: true, more: 2 },
      missing: [{ code: "cat-wave" }],
    },
    { name: "Cats", count: 0, some: false, files: 0, missing: [], isMissing: true, more: 0 },
  ],
  "sticker/forgotten": [{}],
  "sticker/format-preview": [
    { name: "Cats", gif: true },
    { name: "Cats", gif: false },
  ],
  "sticker/formatted": [
    { ...formatted, gif: true, count: 3, changed: true },
    { ...formatted, gif: false, count: 1, kept: [{ code: "cat" }], isKept: true, more: 2 },
    { ...formatted, gif: true, count: 0, changed: true },
    { ...formatted, gif: true, count: 0, changed: false },
    { ...formatted, gif: false, count: 0, changed: false },
  ],
  "sticker/from": [
    { attribution: "Ada", licence: undefined },
    { attribution: undefined, licence: "CC BY 4.0" },
  ],
  "sticker/host": [host, { ...host, policy: "https://example.org/privacy" }, theirs],
  "sticker/info": [{ name: "Cats", description: "Forty cats", ...host }],
  "sticker/maker": [{ addedBy: ada }, { addedBy: undefined }],
  "sticker/made": [{ name: "Cats", id: "cats" }],
  "sticker/new-preview": [
    { name: "Cats", encrypted: true, same: undefined },
    { name: "Cats", encrypted: false, same: { id: "cats" } },
  ],
  "sticker/ordered": [{ code: "cat-wave", name: "Cats", number: 1 }],
  "sticker/pack": [pack, foreign, nameless, others],
  "sticker/pack-added": [
    { name: "Cats", id: "cats", count: 40 },
    { name: "Cats", id: "cats", count: 1 },
  ],
  "sticker/pack-gone": [gone],
  "sticker/pack-same": [
    { name: "Cats", id: "cats", count: 40 },
    { name: "Cats", id: "cats", count: 1 },
  ],
  "sticker/remove-preview": [pack, foreign].map(({ id, name, count, known, addedBy }) => ({
    ...{ id, name, count, known, addedBy },
  })),
  "sticker/removed": [{ id: "cats", name: "Cats" }],
  "sticker/sent": [{ code: "cat-wave" }],
  "sticker/set": [pack, foreign].map(({ id, name, attribution, licence }) => ({
    ...{ id, name, attribution, licence },
  })),
  "sticker/set-preview": [
    {
      name: "Cats",
      known: true,
      addedBy: ada,
      next: "More cats",
      says: undefined,
      under: undefined,
    },
    { name: "Cats", known: false, addedBy: ada, next: undefined, says: "Ada", under: "CC0" },
  ],
  "sticker/sheet": [
    sheet,
    {
      ...sheet,
      count: 1,
      pages: 1,
      several: false,
      next: undefined,
      stickers: sheet.stickers.slice(0, 1),
    },
  ],
  "sticker/status": [{ count: 2 }],
  "sticker/status-takes": [{ needed }, { needed: { level: 0, role: undefined } }],
  "sticker/unchanged": [{ id: "cats", name: "Cats" }],
  "undo/pack": [{}],
};
