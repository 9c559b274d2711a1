import { createDecipheriv, createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { UsherError } from "../../../kernel/errors.ts";
import type { HttpClient } from "../../../net/websites.ts";
import { keyOf, LeftOut, shortLine, taken, type FoundPack } from "./found.ts";
import { fieldsOf, numberIn, textIn } from "./protobuf.ts";

export interface SignalDeps {
  readonly http: Pick<HttpClient, "ask">;
  /** Where Signal's packs lie. */
  readonly signalCdn: string;
}

/** How large an answer may be; Signal takes 300 kB for a sticker; bytes. */
const MOST_BYTES = 2 * 1024 * 1024;

/**
 * A sticker pack of Signal by its id and key: its list and its pictures lie encrypted where everybody can fetch them. Rejects with `sticker-signal-none` where there is
 * none, with `sticker-signal-key` where the key does not open it, and as `HttpClient.ask`.
 */
export async function signalPack(
  deps: SignalDeps,
  { id, key }: { readonly id: string; readonly key: string },
): Promise<FoundPack> {
  const keys = keysOf(key);
  const sealed = await fetched(deps, id, "manifest.proto");
  if (sealed === undefined) throw new UsherError("sticker-signal-none");
  const manifest = opened(sealed, keys);
  const pack = manifest && fieldsOf(manifest);
  if (pack === undefined) throw new UsherError("sticker-signal-key");
  const [title, author] = [textIn(pack, 1), textIn(pack, 2)];
  const stickers = pack.flatMap(({ field, bytes }) => {
    const said = field === 4 && bytes !== undefined ? fieldsOf(bytes) : undefined;
    return said === undefined ? [] : [{ number: numberIn(said, 1), emoji: textIn(said, 2) }];
  });
  const { pictures, over } = taken(stickers);
  return {
    source: keyOf("signal", id),
    name: shortLine(title, 60) ?? "Stickers",
    attribution: shortLine(author, 200),
    over,
    pictures: pictures.map(({ number, emoji }) => {
      const body = shortLine(emoji, 30);
      const name = `${String(number + 1)}.`;
      return {
        ...{ name: body === undefined ? name : `${name} ${body}`, words: "", body },
        key: keyOf("signal", String(number)),
        from: {
          // A pack of Signal never changes.
          version: keyOf("signal", id, String(number)),
          read: async () => {
            const file = await fetched(deps, id, `full/${String(number)}`);
            const bytes = file && opened(file, keys);
            if (bytes === undefined) throw new LeftOut(file === undefined ? "away" : "broken");
            return bytes;
          },
        },
      };
    }),
  };
}

interface Keys {
  readonly cipher: Uint8Array;
  readonly mac: Uint8Array;
}

/** As Signal's apps make them: HKDF with SHA-256, a salt of zeros, and the words "Sticker Pack". */
function keysOf(key: string): Keys {
  const made = hkdfSync("sha256", Buffer.from(key, "hex"), Buffer.alloc(32), "Sticker Pack", 64);
  const both = new Uint8Array(made);
  return { cipher: both.subarray(0, 32), mac: both.subarray(32) };
}

/** 16 bytes that begin it, AES-256-CBC, and 32 bytes of HMAC-SHA-256 over both; undefined where that does not fit. */
function opened(sealed: Uint8Array, { cipher, mac }: Keys): Uint8Array | undefined {
  if (sealed.length < 16 + 16 + 32) return undefined;
  const [body, said] = [sealed.subarray(0, -32), sealed.subarray(-32)];
  const found = createHmac("sha256", mac).update(body).digest();
  if (!timingSafeEqual(found, said)) return undefined;
  const decipher = createDecipheriv("aes-256-cbc", cipher, body.subarray(0, 16));
  try {
    return Buffer.concat([decipher.update(body.subarray(16)), decipher.final()]);
  } catch {
    return undefined;
  }
}

/** Undefined where there is none. */
async function fetched(
  { http, signalCdn }: SignalDeps,
  id: string,
  path: string,
): Promise<Uint8Array | undefined> {
  const url = new URL(`stickers/${id}/${path}`, signalCdn.replace(/\/*$/, "/"));
  // It is the operator's own choice where that lies.
  const { status, bytes } = await http.ask(url, { maxBytes: MOST_BYTES, allowPrivate: true });
  return status === 200 ? bytes : undefined;
}
