import { z } from "zod";
import { restOfLine } from "../../../src/chat/arguments.ts";
import { defineCommand, required, type Command } from "../../../src/chat/command.ts";
import { Secret } from "../../../src/config/secret.ts";
import type { KindDeps } from "../../../src/integrations/kind.ts";
import { UsherError } from "../../../src/kernel/errors.ts";
import type { RoomId } from "../../../src/kernel/ids.ts";
import type { Need } from "../../../src/matrix/power.ts";
import { NOTE_TYPE } from "./dataMap.ts";
import type { Notes } from "./notes.ts";
import type { Note } from "./records.ts";

const PUT_UP: Need = { kind: "state", type: NOTE_TYPE };
const answer = z.object({ note: z.string().max(60), key: z.string().max(100) });
const MAX_BYTES = 1_000;

interface ReadNoteDeps extends Pick<KindDeps, "http" | "credentials"> {
  readonly notes: Notes;
  readonly site: URL;
}

/**
 * `read note <note>`: reads a note from the website for whoever put it up, with the key that the website gave for that person: it is kept sealed, and in
 * memory no longer than the question takes.
 */
export function readNote({ notes, site, http, credentials }: ReadNoteDeps): Command {
  const asked = async (key: Secret | undefined): Promise<z.infer<typeof answer>> => {
    const headers = { authorization: `Bearer ${key?.reveal() ?? "nobody yet"}` };
    const said = await http.ask(site, { headers, maxBytes: MAX_BYTES, allowPrivate: true });
    return said.json(answer);
  };
  const meant = async (room: RoomId, said: string): Promise<Note> => {
    const found = (await notes.list(room)).find(({ id, name }) => id === said || name === said);
    if (found === undefined)
      throw new UsherError("item-unknown", { id: said, said, advice: undefined });
    return found;
  };
  return defineCommand({
    words: "read note",
    parameters: { note: required(restOfLine("note", 60)) },
    example: "read note Milk",
    changes: true,
    deed: "read-note",
    needs: () => [PUT_UP],
    plan: async ({ note }, { room }) => {
      const { id, name } = await meant(room, note);
      const preview = { template: "note-read-preview", view: { name } } as const;
      return { preview, exactly: `read note ${id}` };
    },
    perform: async ({ note }, { room, person, event: cause }) => {
      const before = await meant(room, note);
      const { id } = before;
      const known = await credentials.get({ person, room, id });
      if (known === undefined) {
        const { key } = await asked(undefined);
        await credentials.put({ person, room, id, name: "the notes' website" }, new Secret(key));
      }
      const { note: name } = await asked(await credentials.get({ person, room, id }));
      await notes.change(
        room,
        "set-note",
        { before, after: { ...before, name } },
        { person, cause },
      );
      return { template: "note-set", view: { name } };
    },
  });
}
