import { z } from "zod";
import { defineCommand, type Command } from "../../../src/chat/command.ts";
import type { Secrets } from "../../../src/config/secrets.ts";
import type { KindDeps } from "../../../src/integrations/kind.ts";
import { digest } from "../../../src/kernel/ids.ts";
import { inMemory } from "../../../src/matrix/byteSource.ts";
import type { Need } from "../../../src/matrix/power.ts";
import { LAST_NOTE, NOTE_FILE, NOTE_TYPE } from "./dataMap.ts";
import type { Notes } from "./notes.ts";

const PUT_UP: Need = { kind: "state", type: NOTE_TYPE };
const answer = z.object({ note: z.string().max(60) });
const MAX_BYTES = 1_000;

interface FetchNoteDeps extends Pick<KindDeps, "http" | "matrix" | "log"> {
  readonly notes: Notes;
  readonly secrets: Secrets;
  readonly site: URL;
}

/** Puts up a note from a website, by way of a file: whatever a kind is given is used once. */
export function fetchNote({ notes, secrets, site, http, matrix, log }: FetchNoteDeps): Command {
  const fetched = async (): Promise<string> => {
    const key = secrets.read("key")?.reveal() ?? "";
    const said = await http.ask(site, {
      headers: { authorization: `Bearer ${key}` },
      maxBytes: MAX_BYTES,
      allowPrivate: true,
    });
    const bytes = inMemory(Buffer.from(said.json(answer).note));
    const file = { holds: NOTE_FILE, name: "note.txt", mimetype: "text/plain", bytes };
    const address = await matrix.upload(file);
    await matrix.setAccountData(LAST_NOTE, { address });
    const back = await matrix.download(address, MAX_BYTES);
    return Buffer.concat(await Array.fromAsync(back.bytes)).toString();
  };
  return defineCommand({
    words: "fetch note",
    parameters: {},
    example: "fetch note",
    changes: true,
    deed: "fetch-note",
    needs: () => [PUT_UP],
    plan: () => Promise.resolve({ preview: { template: "note-fetch-preview", view: {} } }),
    perform: async (_, { room, person, event: cause }) => {
      const name = await fetched();
      log.info({ class: "ops", what: "note.fetched", count: name.length });
      const id = `note-${digest("note", cause).slice(0, 6)}`;
      const after = { id, name, addedBy: person, cause };
      await notes.change(room, "add-note", { before: null, after }, { person, cause });
      return { template: "note-added", view: { id, name } };
    },
  });
}
