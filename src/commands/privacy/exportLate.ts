import type { Speaker } from "../../chat/speaker.ts";
import type { RoomId } from "../../kernel/ids.ts";
import { errorFields, pseudonym, type Log } from "../../kernel/log.ts";
import type { RoomEncryption } from "../../matrix/port.ts";
import type { SentExport } from "../../rights/export/exports.ts";
import type { Asked } from "../../rights/export/placeExport.ts";
import { exportSent } from "./export.ts";

interface LateDeps {
  readonly matrix: RoomEncryption;
  readonly speaker: Pick<Speaker, "say">;
  readonly log: Log;
}

/** Says what belongs to files that came later than they were asked for, or, where they do not come, that. Never rejects: they can ask. */
export async function exportLate(
  { matrix, speaker, log }: LateDeps,
  { person, event }: Asked,
  room: RoomId,
  sent: SentExport | undefined,
): Promise<void> {
  const place = { room, event, apart: true, thread: undefined, calledAs: "" } as const;
  try {
    const answer =
      sent === undefined
        ? { template: "privacy/export-given-up", view: {} }
        : exportSent(sent, (await matrix.encryption(room)) === "encrypted");
    await speaker.say(place, { ...answer, onlyFor: person }, "export late");
  } catch (error) {
    log.warn({
      class: "bot",
      what: "export.late-untold",
      who: pseudonym(person),
      ...errorFields(error),
    });
  }
}
