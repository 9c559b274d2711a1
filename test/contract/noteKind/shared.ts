import { restOfLine, userId } from "../../../src/chat/arguments.ts";
import type { Answer } from "../../../src/chat/command.ts";
import { defineCommand, required, type Command } from "../../../src/chat/command.ts";
import { membershipOf } from "../../../src/integrations/eventWaiter.ts";
import type { SetUpDefinition } from "../../../src/integrations/setUp.ts";
import type { SetUps } from "../../../src/integrations/setUps.ts";
import type { Clock } from "../../../src/kernel/clock.ts";
import { digest, type RoomId } from "../../../src/kernel/ids.ts";
import type { Need } from "../../../src/matrix/power.ts";
import type { Content, RoomState } from "../../../src/matrix/port.ts";
import { FRAME_TYPE, NOTE_TYPE } from "./dataMap.ts";
import type { Notes } from "./notes.ts";
import { notePart, type NoteSetUp } from "./records.ts";

/** How long the command waits for the guest; ms. */
const PATIENCE_MS = 100;

/** How long the guest is waited for in all; ms. */
export const LIMIT_MS = 24 * 60 * 60_000;

const SHARED_NEEDS: readonly Need[] = [
  { kind: "state", type: FRAME_TYPE },
  { kind: "state", type: NOTE_TYPE },
];

/** A note for somebody who is to come: a frame is hung, the guest is waited for, then the note is put into it. */
export function sharedNote(matrix: RoomState, notes: Notes): SetUpDefinition<NoteSetUp> {
  const frame = async (room: RoomId, id: string, content: Content): Promise<void> => {
    const now = (await matrix.state(room, FRAME_TYPE, id)) ?? {};
    if (JSON.stringify(now) !== JSON.stringify(content))
      await matrix.setState(room, FRAME_TYPE, id, content);
  };
  return {
    deed: "add-note",
    steps: [
      {
        name: "frame",
        said: () => step("note-step/frame"),
        run: async ({ id }, room) => {
          await frame(room, id, { hangs: true });
          return undefined;
        },
        undo: ({ id }, room) => frame(room, id, {}),
      },
      {
        name: "guest",
        said: ({ guest }) => step("note-step/guest", { guest }),
        until: {
          concerns: ({ guest }, event) => membershipOf(guest)(event),
          look: async ({ guest }, room) => {
            const member = await matrix.state(room, "m.room.member", guest, "fresh");
            return member?.["membership"] === "join" ? "come" : "not yet";
          },
          ms: PATIENCE_MS,
          limitMs: LIMIT_MS,
        },
      },
      {
        name: "note",
        said: () => step("note-step/note"),
        run: async ({ id, name, person, cause }, room) => {
          const after = { id, name, addedBy: person, cause };
          await notes.change(room, "add-note", { before: null, after }, { person, cause });
          return undefined;
        },
        undo: ({ id }, room) => notes.put(room, id, null),
      },
    ],
    isDone: (room, { cause }) => notePart.of(room).some((note) => note.cause === cause),
    answer: ({ id, name, guest }, { is }) => ({
      template: is === "done" ? "note-added" : is === "waiting" ? "note-waiting" : "note-gone",
      view: is === "waiting" ? { id, name, guest } : is === "done" ? { id, name } : { name },
    }),
    needs: () => Promise.resolve(SHARED_NEEDS),
  };
}

/** `add shared note <guest> <name>`: the set-up of several steps of this kind. */
export function addSharedNote(
  setUps: SetUps,
  definition: SetUpDefinition<NoteSetUp>,
  clock: Clock,
): Command {
  return defineCommand({
    words: "add shared note",
    parameters: { guest: required(userId("guest")), name: required(restOfLine("name", 60)) },
    example: "add shared note @carol:example.org Milk",
    changes: true,
    deed: "add-note",
    needs: () => SHARED_NEEDS,
    plan: ({ name }) => Promise.resolve({ preview: { template: "note-preview", view: { name } } }),
    perform: async ({ guest, name }, { room, person, event: cause }) => {
      const id = `note-${digest("note", cause).slice(0, 6)}`;
      const deed = "add-note" as const;
      const order = { cause, person, at: clock.now(), deed, id, name, guest };
      return definition.answer(order, await setUps.run(room, order), room);
    },
  });
}

function step(template: string, view: Answer["view"] = {}): Answer {
  return { template, view };
}
