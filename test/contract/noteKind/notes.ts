import { withChanges } from "../../../src/integrations/changes.ts";
import type { Clock } from "../../../src/kernel/clock.ts";
import type { EventId, RoomId, UserId } from "../../../src/kernel/ids.ts";
import type { RoomState } from "../../../src/matrix/port.ts";
import type { Documents } from "../../../src/store/documents.ts";
import { roomDocument } from "../../../src/store/room.ts";
import { NOTE_TYPE } from "./dataMap.ts";
import { notePart, type Note, type NoteChange } from "./records.ts";

interface NotesDeps {
  readonly matrix: RoomState;
  readonly documents: Documents;
  readonly clock: Clock;
}

/** Notes on a room's wall: state events, and who asked for them. Each step compares first, so that it may be done again. */
export class Notes {
  readonly #deps: NotesDeps;

  constructor(deps: NotesDeps) {
    this.#deps = deps;
  }

  async list(room: RoomId): Promise<readonly Note[]> {
    return notePart.of(await this.#deps.documents.get(roomDocument, room));
  }

  async find(room: RoomId, id: string): Promise<Note | undefined> {
    return (await this.list(room)).find((note) => note.id === id);
  }

  /** Makes a note what it is to be, or takes it down; remembers what was there. */
  async change(
    room: RoomId,
    deed: NoteChange["deed"],
    { before, after }: Pick<NoteChange, "before" | "after">,
    { person, cause }: { readonly person: UserId; readonly cause: EventId },
  ): Promise<void> {
    const { documents, clock } = this.#deps;
    const { id, name } = after ?? before ?? { id: "", name: "" };
    const at = clock.now();
    const change: NoteChange = { cause, person, at, id, name, deed, before, after };
    await documents.update(roomDocument, room, (document) => withChanges(document, [change], at));
    await this.put(room, id, after);
  }

  /** The room's state first, then the record of it. */
  async put(room: RoomId, id: string, note: Note | null): Promise<void> {
    const { matrix, documents } = this.#deps;
    const content = note === null ? {} : { name: note.name };
    const now = (await matrix.state(room, NOTE_TYPE, id)) ?? {};
    if (JSON.stringify(now) !== JSON.stringify(content))
      await matrix.setState(room, NOTE_TYPE, id, content);
    await documents.update(roomDocument, room, (document) => {
      const others = notePart.of(document).filter((one) => one.id !== id);
      return notePart.in(document, note === null ? others : [...others, note]);
    });
  }

  /** What the room shows of it. */
  async shown(room: RoomId, id: string): Promise<unknown> {
    return (await this.#deps.matrix.state(room, NOTE_TYPE, id))?.["name"];
  }
}
