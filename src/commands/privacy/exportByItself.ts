import type { Speaker } from "../../chat/speaker.ts";
import { asEventId } from "../../kernel/ids.ts";
import { errorFields, pseudonym, type Log } from "../../kernel/log.ts";
import type { Identities, Rooms } from "../../matrix/port.ts";
import type { KnownCase } from "../../rights/cases/knownCase.ts";
import { identityFault } from "../../rights/people/identity.ts";
import type { Exports } from "../../rights/export/exports.ts";
import type { Documents } from "../../store/documents.ts";
import { exportSent } from "./export.ts";

interface ByItselfDeps {
  readonly exports: Pick<Exports, "oneAtATime" | "send">;
  readonly matrix: Identities & Pick<Rooms, "privateRoom">;
  readonly documents: Documents;
  readonly speaker: Pick<Speaker, "say">;
  readonly canEncrypt: boolean;
  readonly log: Log;
}

/**
 * Makes and sends the file that somebody asked for and did not get, into their private room. Whether it was sent; never rejects. Not to whoever has another
 * identity than they had: weeks may have passed since they asked (docs/decisions/0008).
 */
export async function exportByItself(
  { exports, matrix, documents, speaker, canEncrypt, log }: ByItselfDeps,
  { id, facts: { person } }: KnownCase,
): Promise<boolean> {
  // Its own, so that the file is one however often it is begun.
  const event = asEventId(`$case-${id}`);
  if (person === undefined || event === undefined) return false;
  try {
    const fault = await identityFault({ matrix, documents }, person);
    if (fault !== undefined) throw fault;
    const room = await matrix.privateRoom(person, canEncrypt ? "encrypted" : undefined);
    const sent = await exports.oneAtATime(person, () => exports.send({ person, event }, { room }));
    const place = { room, event, apart: true, thread: undefined, calledAs: "" } as const;
    await speaker.say(place, { ...exportSent(sent, canEncrypt), onlyFor: person }, "export");
    return true;
  } catch (error) {
    log.warn({
      class: "bot",
      what: "export.not-sent",
      who: pseudonym(person),
      ...errorFields(error),
    });
    return false;
  }
}
