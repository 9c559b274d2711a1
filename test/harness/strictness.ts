import { EncryptedPerson } from "./encryptedPerson.ts";
import { bodyOf, membership } from "./expect.ts";
import type { SeenEvent } from "./observed.ts";
import type { Person } from "./person.ts";

/** What a strict client has to say against Usher's part in conversations that are encrypted; nothing of people whose clients do not encrypt. */
export async function objections(
  people: readonly Person[],
  usher: string,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const person of people) {
    if (!(person instanceof EncryptedPerson)) continue;
    const complain = (what: string, event: SeenEvent): unknown =>
      found.push(
        `${person.userId} sees ${what} beside ${JSON.stringify(bodyOf(event).slice(0, 80))} in ${event.roomId}`,
      );
    for (const event of person.messagesFrom(usher)) {
      // Of what Usher took away again nothing is left to be judged.
      if (takenAway(person, usher, event)) continue;
      const shield = await person.shieldOf(event.eventId);
      if (shield?.colour !== "none")
        complain(shield === undefined ? "no encryption" : `a ${shield.colour} shield`, event);
    }
    for (const event of unread(person, usher)) complain("no key", event);
  }
  return found;
}

function takenAway(person: Person, usher: string, { eventId }: SeenEvent): boolean {
  return person.seen.some(
    ({ type, sender, content }) =>
      type === "m.room.redaction" && sender === usher && content["redacts"] === eventId,
  );
}

/** What Usher sent into a room after this person had come, and their client could not read to this day. */
function unread(person: Person, usher: string): readonly SeenEvent[] {
  const readable = new Set(
    person.seen.filter((event) => event.encryption === "decrypted").map((event) => event.eventId),
  );
  const cameAt = (room: string): number =>
    person.seen.findLastIndex(membership(room, person.userId, "join"));
  return person.seen.filter(
    (event) =>
      event.sender === usher &&
      event.encryption === "unreadable" &&
      !readable.has(event.eventId) &&
      event.index > cameAt(event.roomId),
  );
}
