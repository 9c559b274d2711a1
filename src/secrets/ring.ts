import { createSecretKey, randomBytes, type KeyObject } from "node:crypto";

/** The keys that people's data keys are wrapped with, by their ids (kid). Never empty. A `KeyObject` shows its bytes to nobody who prints it. */
export interface Ring {
  /** The kid of the key that wraps from now on. The others only open. */
  readonly primary: string;
  readonly keys: ReadonlyMap<string, KeyObject>;
}

const BYTES = 32;
const LINE = /^(?<kid>[a-z0-9][a-z0-9-]{0,39}):(?<key>[A-Za-z0-9+/]{43}=)(?<primary> primary)?$/;

const HEADER = [
  "# Usher's key ring: a line for each key. What people give Usher to keep can be read with these alone.",
  "# Keep a copy apart from backups of the data directory, and no key in it any more once it is retired.",
];

/** Whether a key may have this id. */
export function isKid(text: string): boolean {
  return /^[a-z0-9][a-z0-9-]{0,39}$/.test(text);
}

/**
 * Reads the file: `<kid>:<base64 of 32 bytes>` in each line, one of them ending in ` primary`; blank lines and those that begin with # say nothing. The
 * number of the line that is wrong where one is, 0 where the whole is: no key, none or two that are primary.
 */
export function parseRing(text: string): Ring | number {
  const keys = new Map<string, KeyObject>();
  const primaries: string[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const { kid = "", key = "", primary } = LINE.exec(line.trimEnd())?.groups ?? {};
    const bytes = Buffer.from(key, "base64");
    if (bytes.length !== BYTES || bytes.toString("base64") !== key || keys.has(kid))
      return index + 1;
    keys.set(kid, createSecretKey(bytes));
    if (primary !== undefined) primaries.push(kid);
  }
  const [primary, ...others] = primaries;
  return primary === undefined || others.length > 0 ? 0 : { primary, keys };
}

/** The file of a ring, keys included: it goes into that file and nowhere else. */
export function ringText({ primary, keys }: Ring): string {
  const lines = [...keys].map(
    ([kid, key]) => `${kid}:${key.export().toString("base64")}${kid === primary ? " primary" : ""}`,
  );
  return [...HEADER, ...lines, ""].join("\n");
}

/** The ring with one more key, made at random, which is the primary from now on; a ring of it alone where there was none. */
export function withNewKey(ring: Ring | undefined, kid: string): Ring {
  const key = createSecretKey(randomBytes(BYTES));
  return { primary: kid, keys: new Map([...(ring?.keys ?? []), [kid, key]]) };
}

/** The ring without one of its keys, which is not the primary. */
export function withoutKey({ primary, keys }: Ring, kid: string): Ring {
  return { primary, keys: new Map([...keys].filter(([one]) => one !== kid)) };
}

/** An id for a new key: its day, so that one sees how old it is, and a word of its own. */
export function makeKid(day: string): string {
  return `${day}-${randomBytes(3).toString("hex")}`;
}
