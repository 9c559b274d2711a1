import { createHash, randomInt, scrypt } from "node:crypto";

/** Crockford's base 32: no letter looks like a digit. */
const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const BATCH = 8;
/** 100 bits, five of each letter. */
const SECRET = 20;
const GROUP = 5;

/** What somebody is given to redeem: which batch it is of, and what only it says. */
export interface Code {
  readonly batch: string;
  readonly secret: string;
}

/** The name of the batch that a command made: the same each time. */
export function batchOf(event: string): string {
  const hash = createHash("sha256").update(event).digest();
  return [...hash.subarray(0, BATCH)].map((byte) => LETTERS[byte % LETTERS.length]).join("");
}

export function newSecret(): string {
  return Array.from({ length: SECRET }, () => LETTERS[randomInt(LETTERS.length)]).join("");
}

/** As people read and type it: `7K2M9QXA-XXXXX-XXXXX-XXXXX-XXXXX`. */
export function codeText({ batch, secret }: Code): string {
  const groups = secret.match(new RegExp(`.{${String(GROUP)}}`, "g")) ?? [];
  return [batch, ...groups].join("-");
}

/** The code that somebody typed, with whatever case and dashes; undefined where it cannot be one. */
export function readCode(typed: string): Code | undefined {
  const letters = typed
    .toUpperCase()
    .replace(/[\s-]/g, "")
    .replace(/O/g, "0")
    .replace(/[IL]/g, "1");
  if (letters.length !== BATCH + SECRET) return undefined;
  if ([...letters].some((letter) => !LETTERS.includes(letter))) return undefined;
  return { batch: letters.slice(0, BATCH), secret: letters.slice(BATCH) };
}

/** What is kept of a code. A secret of 100 random bits cannot be guessed; scrypt (RFC 7914) makes each guess cost 16 MB and some milliseconds all the same. */
export function hashOf(secret: string, salt: string): Promise<string> {
  return new Promise((resolve, reject) => {
    scrypt(secret, Buffer.from(salt, "hex"), 24, { N: 16_384, r: 8, p: 1 }, (error, key) => {
      if (error === null) resolve(key.toString("base64url"));
      else reject(error);
    });
  });
}
