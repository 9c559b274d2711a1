import { z } from "zod";
import type { Secrets } from "../../../config/secrets.ts";
import { sleep, type Clock } from "../../../kernel/clock.ts";
import { UsherError } from "../../../kernel/errors.ts";
import type { HttpClient, WebsiteAnswer } from "../../../net/websites.ts";
import { keyOf, LeftOut, shortLine, taken, type FoundPack, type FoundPicture } from "./found.ts";
import { telegramLink } from "./links.ts";

export interface TelegramDeps {
  readonly http: Pick<HttpClient, "ask">;
  readonly secrets: Pick<Secrets, "read">;
  readonly clock: Clock;
  /** Ends when Usher stops. */
  readonly signal: AbortSignal;
  /** Where the Bot API answers, as the operator has configured it. */
  readonly telegram: { readonly api: string } | undefined;
}

/** A set has 200 at most; bytes. */
const MOST_ANSWER = 1024 * 1024;
/** The Bot API gives 20 MB; a sticker has 512 kB by Telegram's own rule; bytes. */
const MOST_FILE = 4 * 1024 * 1024;
/** How often one thing is asked where Telegram wants less asked, and how long it is waited at most; ms. */
const TRIES = 5;
const LONGEST_WAIT_MS = 60_000;

const answered = z.object({
  ok: z.boolean(),
  result: z.unknown().optional(),
  parameters: z.object({ retry_after: z.number().optional() }).optional(),
});

/** Bot API, "StickerSet" and "Sticker"; a set mixes formats, which bytes tell. */
const stickerSet = z.object({
  name: z.string(),
  title: z.string(),
  stickers: z.array(
    z.looseObject({
      file_id: z.string(),
      file_unique_id: z.string(),
      emoji: z.string().optional(),
    }),
  ),
});
const filePath = z.object({ file_path: z.string().regex(/^[\w./-]{1,200}$/) });

/**
 * A sticker set of Telegram by its name. Rejects with `sticker-telegram-off` where the operator has configured no bot, with `sticker-set-none` where there is none of that
 * name, with `sticker-link` where Telegram answers otherwise, and as `HttpClient.ask`. The token stands in each address: nothing of one is ever said or logged.
 */
export async function telegramPack(deps: TelegramDeps, name: string): Promise<FoundPack> {
  const set = stickerSet.safeParse(await method(deps, "getStickerSet", { name }));
  if (!set.success) throw new UsherError("sticker-set-none", { name });
  const { title, stickers, name: known } = set.data;
  const { pictures, over } = taken(stickers);
  return {
    source: keyOf("telegram", known.toLowerCase()),
    name: shortLine(title, 60) ?? known,
    attribution: telegramLink(known),
    over,
    pictures: pictures.map((one, index) => picture(deps, one, index)),
  };
}

function picture(
  deps: TelegramDeps,
  { file_id, file_unique_id, emoji }: z.infer<typeof stickerSet>["stickers"][number],
  index: number,
): FoundPicture {
  const number = String(index + 1);
  const body = shortLine(emoji, 30);
  return {
    ...{ name: body === undefined ? `${number}.` : `${number}. ${body}`, words: "", body },
    key: keyOf("telegram", file_unique_id),
    from: { version: keyOf("telegram", file_unique_id), read: () => fileOf(deps, file_id) },
  };
}

async function fileOf(deps: TelegramDeps, file_id: string): Promise<Uint8Array> {
  const read = filePath.safeParse(await method(deps, "getFile", { file_id }));
  if (!read.success) throw new LeftOut("away");
  const answer = await asked(deps, `file/bot${tokenOf(deps)}/${read.data.file_path}`, MOST_FILE);
  if (answer.status !== 200) throw new LeftOut("away");
  return answer.bytes;
}

/** What a method of the Bot API gives; undefined where it refuses. */
async function method(
  deps: TelegramDeps,
  name: string,
  said: Readonly<Record<string, string>>,
): Promise<unknown> {
  const query = new URLSearchParams(said).toString();
  const answer = await asked(deps, `bot${tokenOf(deps)}/${name}?${query}`, MOST_ANSWER);
  if (answer.status === 401 || answer.status === 404)
    throw new UsherError("sticker-telegram-token");
  return answer.json(answered).result;
}

/** Asks again where Telegram wants to be asked later (`retry_after`, seconds). */
async function asked(
  { http, telegram, clock, signal }: TelegramDeps,
  path: string,
  maxBytes: number,
): Promise<WebsiteAnswer> {
  if (telegram === undefined) throw new UsherError("sticker-telegram-off");
  for (let tried = 1; ; tried += 1) {
    // It is the operator's own choice where that lies.
    // Not resolved against it: what stands before the colon of a token would be a scheme.
    const url = new URL(`${telegram.api.replace(/\/*$/, "/")}${path}`);
    const answer = await http.ask(url, { maxBytes, allowPrivate: true });
    if (answer.status !== 429 || tried === TRIES) return answer;
    const { retry_after: seconds = 1 } = answer.json(answered).parameters ?? {};
    await sleep(clock, Math.min(LONGEST_WAIT_MS, seconds * 1_000), signal);
  }
}

/** Rejects with `sticker-telegram-off`. */
function tokenOf({ secrets, telegram }: TelegramDeps): string {
  const token = telegram && secrets.read("telegram.token");
  if (token === undefined) throw new UsherError("sticker-telegram-off");
  return token.reveal().trim();
}
