import type { View } from "../../../kernel/errors.ts";
import { LEFT_OUT_FLAGS } from "./found.ts";

const why = (one: string): View =>
  Object.fromEntries(LEFT_OUT_FLAGS.map((each) => [each, each === one]));
const out = {
  ...{ areOut: true, outCount: LEFT_OUT_FLAGS.length + 2, moreOut: 2 },
  out: LEFT_OUT_FLAGS.map((one) => ({ name: "cat.png", ...why(one) })),
};
const none = { areOut: false, outCount: 0, moreOut: 0, out: [] };
const imported = {
  ...{ name: "Cats", id: "cats", count: 40, added: 38, changed: 2, over: 3, same: false },
  ...{ areRenamed: true, renamed: [{ name: "12 Katze.png", code: "Katze" }], moreRenamed: 2 },
};
const same = {
  ...{ ...imported, count: 1, added: 0, changed: 0, over: 0, same: true },
  ...{ areRenamed: false, renamed: [], moreRenamed: 0 },
};

/** What is said of packs that are imported. */
export const IMPORT_SAMPLES: Readonly<Record<string, readonly View[]>> = {
  "error/sticker-add-what": [
    { arePacks: true, more: 3, packs: [{ id: "cats", name: "Cats" }] },
    { arePacks: false, more: 0, packs: [] },
  ],
  "error/sticker-link": [{ host: "example.org" }, { host: undefined }],
  "error/sticker-link-which": [{ names: [{ name: "cats" }], more: 3, example: "cats" }],
  "error/sticker-room": [{ room: "#cats:example.org" }],
  "error/sticker-room-none": [{}],
  "error/sticker-room-which": [
    {
      ...{ room: "!cats:example.org", packs: [{ id: "cats", name: "Cats" }], more: 3 },
      example: "cats",
    },
  ],
  "error/sticker-set-none": [{ name: "Cats" }],
  "error/sticker-signal-key": [{}],
  "error/sticker-signal-none": [{}],
  "error/sticker-telegram-off": [{}],
  "error/sticker-telegram-token": [{}],
  "layer/sticker-third-party": [{}],
  "error/zip-empty": [{}],
  "error/zip-files": [{ most: 2_000 }],
  "error/zip-none": [{}],
  "help/stickers-cancel": [{}],
  "kept/D8-imports": [{}],
  "sticker/cancel-none": [{}],
  "sticker/cancelling": [{}],
  "sticker/import-cancelled": [{ count: 12 }, { count: 0 }],
  "sticker/import-nothing": [{ name: "Cats", ...out }],
  "sticker/import-preview": [
    {
      name: "Cats",
      again: false,
      count: 40,
      over: 3,
      attribution: "Ada",
      licence: "CC0",
      encrypted: true,
    },
    {
      name: "Cats",
      again: true,
      count: 1,
      over: 0,
      attribution: undefined,
      licence: undefined,
      encrypted: false,
    },
  ],
  "sticker/imported": [
    { ...imported, ...out },
    { ...same, ...none },
  ],
  "sticker/importing": [{ name: "Cats", number: 40, count: 120 }],
  "sticker/left-out": [out],
};
