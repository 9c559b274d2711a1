import type { Answer } from "../../chat/command.ts";
import type { Speaker } from "../../chat/speaker.ts";
import type { Identities, Rooms } from "../../matrix/port.ts";
import type { CaseReply } from "../../store/cases.ts";
import type { KnownCase } from "./knownCase.ts";

export interface SayReplyDeps {
  readonly matrix: Pick<Rooms, "privateRoom"> & Identities;
  readonly speaker: Pick<Speaker, "say">;
  readonly canEncrypt: boolean;
  /** What the person is told of a reply; and without its words, where these could be read by whoever runs a homeserver. */
  readonly replied: (known: KnownCase, reply: CaseReply) => Answer;
  readonly replyWaits: (known: KnownCase) => Answer;
}

/**
 * Tells the person of a case what operators said to it, alone and encrypted where Usher can. Who has no device that could read it there is told in an
 * unencrypted chat of the two that something came, and how to see it. Rejects where it cannot be said now.
 */
export async function sayReply(
  { matrix, speaker, canEncrypt, replied, replyWaits }: SayReplyDeps,
  known: KnownCase,
  reply: CaseReply,
): Promise<void> {
  const { person } = known.facts;
  if (person === undefined) return;
  const unreadable = canEncrypt && (await matrix.identity(person)).is === "none";
  const only = unreadable ? "unencrypted" : canEncrypt ? "encrypted" : undefined;
  const room = await matrix.privateRoom(person, only);
  const { event } = reply;
  const place = { room, event, apart: true, thread: undefined, calledAs: "" } as const;
  const answer = unreadable ? replyWaits(known) : replied(known, reply);
  await speaker.say(place, { ...answer, onlyFor: person }, "case");
}
