import type { View } from "../../../src/kernel/errors.ts";

const note = { id: "note-7k2m4q", name: "Milk" };
const named = { name: note.name };
const person = "@ada:example.org";

/** What is said about notes. */
export const SAMPLES: Readonly<Record<string, readonly View[]>> = {
  "change/add-note": [{}],
  "change/remove-note": [{}],
  "change/set-note": [{}],
  "deed/add-note": [{}],
  "deed/fetch-note": [{}],
  "deed/read-note": [{}],
  "deed/remove-note": [{}],
  "deed/set-note": [{}],
  "error/note-twice": [named],
  "help/add-note": [{}],
  "help/add-shared-note": [{}],
  "help/fetch-note": [{}],
  "help/read-note": [{}],
  "layer/note": [{}],
  "kept/D99-notes": [{}],
  "kind/note": [{}],
  "list-notes": [{ notes: [note] }],
  "note-added": [note],
  "note-fetch-preview": [{}],
  "note-gone": [named],
  "note-info": [{ ...named, description: "A note that stays" }],
  "note-preview": [named],
  "note-remove-preview": [named],
  "note-removed": [named],
  "note-read-preview": [named],
  "note-set": [named],
  "note-set-preview": [named],
  "note-shown": [{ ...note, addedBy: person }],
  "note-status": [{ count: 2 }],
  "note-step/frame": [{}],
  "note-step/guest": [{ guest: person }],
  "note-step/note": [{}],
  "note-waiting": [{ ...note, guest: person }],
  "right/notes": [{}],
  "undo/note": [{}],
};
