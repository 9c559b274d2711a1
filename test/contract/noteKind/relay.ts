import type { Batch } from "../../../src/matrix/intake.ts";
import type { Part } from "../../../src/matrix/part.ts";
import type { Sending } from "../../../src/matrix/port.ts";

const CALL = /^Wanted: (.{1,60})$/;

/** Says again what people call out in a room. It is given nothing of those for whom its kind may not act. */
export function relay(matrix: Sending): Part {
  return {
    name: "note-relay",
    handle: async ({ rooms }: Batch) => {
      for (const { roomId, eventId, content } of rooms.flatMap(({ events }) => events)) {
        const [, wanted] = CALL.exec(String(content["body"])) ?? [];
        if (wanted !== undefined)
          await matrix.send(
            roomId,
            { body: `Somebody wants ${wanted}` },
            { cause: eventId, step: "relay" },
          );
      }
    },
  };
}
