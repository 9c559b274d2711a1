import type { Signs } from "../../chat/signs.ts";
import { settled } from "../../chat/journal.ts";
import type { SetUps } from "../../integrations/setUps.ts";
import { setUpsOf } from "../../integrations/setUpRecords.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { UserId } from "../../kernel/ids.ts";
import type { KeyedQueue } from "../../kernel/tasks.ts";
import type { Scope } from "../../privacy/erased.ts";
import type { Documents } from "../../store/documents.ts";
import { roomDocument, type RoomDocument } from "../../store/room.ts";

interface FreezeDeps {
  readonly documents: Documents;
  /** Shared with whoever else acts on rooms. Keys are room ids. */
  readonly queue: Pick<KeyedQueue, "run">;
  readonly setUps: Pick<SetUps, "remove">;
  readonly signs: Pick<Signs, "takeAway">;
}

/**
 * Ends what goes on for a person who is being erased: what they have half set up is taken back, their questions wait no longer. What cannot be
 * taken back stays in its room; nobody remembers then that it was theirs.
 */
export function freezer({ documents, queue, setUps, signs }: FreezeDeps) {
  return async (person: UserId, { room: only, part, item }: Scope): Promise<void> => {
    for await (const { document } of documents.aboutPerson(roomDocument, person)) {
      const room = document.id;
      if (only !== undefined && only !== room) continue;
      for (const setUp of setUpsOf(document)) {
        if (setUp.person !== person || part?.deeds.includes(setUp.deed) === false) continue;
        if (item !== undefined && item !== setUp.id) continue;
        await queue.run(room, async () => {
          try {
            await setUps.remove(room, setUp.id, person);
          } catch (error) {
            if (!(error instanceof UsherError)) throw error;
          }
        });
      }
      const asks =
        part === undefined &&
        item === undefined &&
        document.pending.some((one) => one.person === person);
      if (!asks) continue;
      await documents.update(roomDocument, room, (current) => withoutQuestions(current, person));
      signs.takeAway(room);
    }
  };
}

function withoutQuestions(document: RoomDocument, person: UserId): RoomDocument {
  return document.pending
    .filter((one) => one.person === person)
    .reduce((left, { event }) => settled(left, event), document);
}
