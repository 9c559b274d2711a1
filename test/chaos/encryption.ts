import type { Content } from "../harness/clientApi.ts";
import type { Person } from "../harness/person.ts";
import { objections } from "../harness/strictness.ts";
import type { TimelineEvent } from "./timeline.ts";

interface KeysAnswer {
  readonly device_keys: Readonly<
    Record<string, Readonly<Record<string, { readonly keys: Content }>>>
  >;
  readonly master_keys: Readonly<Record<string, { readonly keys: Content }>>;
}

/** The public keys of a user's identity and devices, as the homeserver gives them to this person. */
export async function keysOf(person: Person, user: string): Promise<string> {
  const answer = await person.api.call<KeysAnswer>("POST", "/keys/query", {
    device_keys: { [user]: [] },
  });
  const devices = Object.values(answer.device_keys[user] ?? {}).map(({ keys }) => keys);
  return JSON.stringify([answer.master_keys[user]?.keys, devices]);
}

/** What is wrong with the encryption of all that Usher sent: something unencrypted, unreadable or with a shield, a place in a key used twice. */
export async function encryptionFaults(
  person: Person,
  usher: string,
  events: readonly TimelineEvent[],
): Promise<string[]> {
  const encrypted = events.filter(
    ({ type, sender }) => type === "m.room.encrypted" && sender === usher,
  );
  const places = encrypted.map(
    ({ content }) =>
      `${String(content["session_id"])} at ${String(placeOf(String(content["ciphertext"])))}`,
  );
  const twice = places.filter((place, index) => places.indexOf(place) !== index);
  return [
    ...(await objections([person], usher)),
    ...twice.map((place) => `two messages are encrypted with the key ${place}`),
  ];
}

/** Where in its key's sequence a message stands. Of the specification, "m.megolm.v1.aes-sha2": a version, then tagged values; the place is the first. */
function placeOf(ciphertext: string): number {
  const [version, tag, ...bytes] = Buffer.from(ciphertext, "base64");
  if (version !== 3 || tag !== 8) throw new Error("this is no Megolm message of version 3");
  let place = 0;
  for (const [index, byte] of bytes.entries()) {
    place += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) break;
  }
  return place;
}
