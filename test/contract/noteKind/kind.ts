import { fileURLToPath } from "node:url";
import { restOfLine } from "../../../src/chat/arguments.ts";
import { defineCommand, required, type Command } from "../../../src/chat/command.ts";
import type { SettingsOf } from "../../../src/config/configSection.ts";
import type { Secrets } from "../../../src/config/secrets.ts";
import type { Kind, KindDefinition, KindDeps } from "../../../src/integrations/kind.ts";
import type { CatalogueSection } from "../../../src/integrations/liveCatalogue.ts";
import { UsherError } from "../../../src/kernel/errors.ts";
import { digest } from "../../../src/kernel/ids.ts";
import type { Need } from "../../../src/matrix/power.ts";
import { NOTE_ERRORS } from "./errors.ts";
import { SECTION } from "./config.ts";
import { fetchNote } from "./fetchNote.ts";
import { noteItems } from "./items.ts";
import { NOTE_TYPE } from "./dataMap.ts";
import { Notes } from "./notes.ts";
import { notePart, type NoteChange } from "./records.ts";
import { readNote } from "./readNote.ts";
import { relay } from "./relay.ts";
import { addSharedNote, sharedNote } from "./shared.ts";
import { noteUpgrade } from "./upgrade.ts";

const PUT_UP: Need = { kind: "state", type: NOTE_TYPE };

const section: CatalogueSection = {
  kind: "note",
  plural: "notes",
  made: () => ({
    entries: [
      {
        kind: "note",
        id: "sticky",
        name: "Sticky note",
        description: "A note that stays",
        price: "free",
        host: { by: "operator" },
        enabled: true,
      },
    ],
    adopt: () => undefined,
  }),
};

/** One more kind of what is put into rooms, which nothing of Usher knows: the proof that a kind is a folder. */
export const NOTES: KindDefinition<SettingsOf<typeof SECTION>> = {
  templates: fileURLToPath(new URL("./templates/", import.meta.url)),
  errors: NOTE_ERRORS,
  layers: {
    homeserver: { template: "layer/note", view: {} },
    manager: { template: "layer/note", view: {} },
    integration: "none",
    "third-party": "none",
  },
  configSection: SECTION,
  prepare: ({ settings, secrets }) => ({
    section,
    open: (deps) => open(deps, { site: new URL(settings.site), secrets }),
  }),
};

function open(
  { matrix, documents, clock, setUps, http, log, credentials }: KindDeps,
  own: { readonly site: URL; readonly secrets: Secrets },
): Kind {
  const notes = new Notes({ matrix, documents, clock });
  const shared = sharedNote(matrix, notes);
  setUps.define(shared);
  return {
    kind: section.kind,
    plural: section.plural,
    abilities: [{ id: "notes", need: PUT_UP, said: "right/notes" }],
    status: (room) => ({
      here: { template: "note-status", view: { count: notePart.of(room).length } },
    }),
    info: ({ name, description }) => ({ template: "note-info", view: { name, description } }),
    adding: adding(notes),
    more: [
      addSharedNote(setUps, shared, clock),
      fetchNote({ ...own, notes, http, matrix, log }),
      readNote({ ...own, notes, http, credentials }),
    ],
    items: noteItems(notes, credentials),
    upgradeHandler: noteUpgrade(notes, documents),
    undoHandler: {
      deeds: { "add-note": "undo/note", "set-note": "undo/note", "remove-note": "undo/note" },
      usual: [PUT_UP],
      thing: ({ id }: NoteChange) => id,
      stands: async (room, { id, before, after }: NoteChange) => {
        const shown = await notes.shown(room, id);
        if (shown === before?.name) return "before";
        return shown === after?.name ? "after" : "otherwise";
      },
      needs: () => Promise.resolve([PUT_UP]),
      undo: async (room, { id, before }: NoteChange) => {
        await notes.put(room, id, before);
        return {};
      },
    },
    rights: {
      part: notePart,
      byItself: "nothing",
      // What stands on paper, nobody but the operators can take down.
      byHand: ({ name }) => (String(name).endsWith("on paper") ? String(name) : undefined),
      outward: "nothing",
    },
    part: relay(matrix),
  };
}

function adding(notes: Notes): Command {
  return defineCommand({
    words: "add note",
    parameters: { name: required(restOfLine("name", 60)) },
    example: "add note Milk",
    changes: true,
    deed: "add-note",
    needs: () => [PUT_UP],
    plan: async ({ name }, { room }) => {
      const same = (await notes.list(room)).some((note) => note.name === name);
      if (same) throw new UsherError("note-twice", { name });
      return { preview: { template: "note-preview", view: { name } } };
    },
    perform: async ({ name }, { room, person, event: cause }) => {
      const id = `note-${digest("note", cause).slice(0, 6)}`;
      const after = { id, name, addedBy: person, cause };
      await notes.change(room, "add-note", { before: null, after }, { person, cause });
      return { template: "note-added", view: { id, name } };
    },
  });
}
