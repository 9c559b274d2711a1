import { RecentMap } from "../../kernel/recent.ts";
import { z } from "zod";
import type { Content } from "../port.ts";

const REMEMBERED = 20_000;

const encryptedContent = z.object({ session_id: z.string(), ciphertext: z.string() });

/**
 * Notices an encrypted message that comes a second time under another event id: a homeserver can copy one, and the copy decrypts just as
 * well. Each message of a room key has a number of its own, so the same number in another event is a copy.
 */
export class Replays {
  /** Event ids by session and number, oldest first. */
  readonly #seen = new RecentMap<string, string>(REMEMBERED);

  /** Whether this message was seen before in another event. Remembers it if not. */
  isReplay(content: Content, eventId: string): boolean {
    const place = placeOf(content);
    if (place === undefined) return false;
    const before = this.#seen.get(place);
    if (before !== undefined) return before !== eventId;
    this.#seen.set(place, eventId);
    return false;
  }
}

/** Session and number, undefined for what is no Megolm message. Format: Megolm specification, "Message format", version 3. */
function placeOf(content: Content): string | undefined {
  const parsed = encryptedContent.safeParse(content);
  if (!parsed.success) return undefined;
  const bytes = Buffer.from(parsed.data.ciphertext.slice(0, 32), "base64");
  if (bytes[0] !== 3 || bytes[1] !== 0x08) return undefined;
  let number = 0;
  for (let at = 2; at < 7; at += 1) {
    const byte = bytes[at];
    if (byte === undefined) return undefined;
    number += (byte & 0x7f) * 2 ** (7 * (at - 2));
    if (byte < 0x80) return `${parsed.data.session_id}|${String(number)}`;
  }
  return undefined;
}
