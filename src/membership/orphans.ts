import type { Answer } from "../chat/command.ts";
import { allBelongings, type Belonging, type Carrier } from "../integrations/carrier.ts";
import { UsherError } from "../kernel/errors.ts";
import { digest, type RoomId, type UserId } from "../kernel/ids.ts";
import { errorFields, pseudonym, type Log } from "../kernel/log.ts";
import type { Departure } from "../matrix/intake.ts";
import type { MatrixPort, MessageContent } from "../matrix/port.ts";
import type { RoomDocument } from "../store/room.ts";
import { roomName } from "./roomName.ts";

interface Parts {
  readonly matrix: Pick<MatrixPort, "privateRoom" | "send" | "state">;
  readonly log: Log;
  readonly render: (answer: Answer) => MessageContent;
  readonly carriers: readonly Carrier[];
}

/** Tells those who had added things in a room, each once and in private, that Usher is there no longer. Never rejects. */
export function orphanTeller({ matrix, log, render, carriers }: Parts) {
  const tell = async (room: RoomId, person: UserId, answer: Answer, cause: string): Promise<void> => {
    try {
      const direct = await matrix.privateRoom(person);
      await matrix.send(direct, { ...render(answer), onlyFor: person }, { cause, step: "orphaned" });
    } catch (error) {
      // Whoever has left the homeserver, or lets nobody in, cannot be told.
      const code = error instanceof UsherError ? { code: error.code } : errorFields(error);
      log.warn({ what: "orphaned.untold", where: pseudonym(room), who: pseudonym(person), ...code });
    }
  };

  return async (document: RoomDocument, how: Departure["how"] | undefined): Promise<void> => {
    // What was carried into the next room is not lost.
    if (document.upgrade?.state === "carried") return;
    const room = document.id;
    const people = Map.groupBy(allBelongings(carriers, document), ({ addedBy }) => addedBy);
    if (people.size === 0) return;
    const name = await roomName(matrix, room);
    for (const [person, things] of people) {
      // Of one stay, it is the same message however often it is sent.
      const cause = `${room} ${digest("orphaned", person, String(document.greetedAt ?? 0))}`;
      await tell(room, person, orphaned(room, name, how, things), cause);
    }
  };
}

function orphaned(room: RoomId, name: string | undefined, how: Departure["how"] | undefined, things: readonly Belonging[]): Answer {
  const view = {
    room,
    name,
    banned: how === "banned",
    left: how === "left",
    things: things.map(({ id, name: called }) => ({ id, called })),
  };
  return { template: "orphaned", view };
}
