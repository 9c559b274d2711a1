import { z } from "zod";
import { asTyped } from "../../../chat/tokenize.ts";
import { UsherError } from "../../../kernel/errors.ts";
import { asMxcUri } from "../../../kernel/ids.ts";
import type { HttpClient, WebsiteAnswer } from "../../../net/websites.ts";
import { telegramLink } from "./links.ts";
import { keyOf, LeftOut, shortLine, taken, type FoundPack, type FoundPicture } from "./found.ts";
import { placeOf, type RoomPackDeps } from "./roomPack.ts";

export interface MauniumDeps extends Pick<RoomPackDeps, "matrix"> {
  readonly http: Pick<HttpClient, "ask">;
}

/** How large a file of these may be: 1,000 stickers with their thumbnails are half of that; bytes. */
const MOST_BYTES = 2 * 1024 * 1024;
/** Packs as the question which one is meant shows them. */
const SHOWN = 10;

const words = z.string().optional().catch(undefined);

/** One pack as maunium's stickerpicker has it. */
const packFile = z.object({
  title: words,
  id: words,
  stickers: z.array(
    z.looseObject({ url: z.string(), body: words, id: words, info: z.unknown().optional() }),
  ),
  "net.maunium.telegram.pack": z.object({ short_name: words }).optional().catch(undefined),
});

/** Which packs there are: files beside it, or elsewhere. */
const indexFile = z.object({ packs: z.array(z.string().max(2_048)).min(1).max(500) });

const file = z.union([packFile, indexFile]);

/** What a website has answered under an address. */
interface Answered {
  readonly url: URL;
  /** Which pack of several is meant, by its file's name. */
  readonly said: string | undefined;
  readonly answer: WebsiteAnswer;
}

/**
 * A pack of maunium's stickerpicker of what lies under its address, or under that of an index of several. Rejects with `sticker-link-which`, `website-unexpected`, and as
 * `HttpClient.ask`.
 */
export async function mauniumPack(
  deps: MauniumDeps,
  { url, said, answer }: Answered,
): Promise<FoundPack> {
  const read = readFile(url, answer);
  if (!("packs" in read)) return found(deps, url, read);
  const at = meant(read.packs, url, said);
  const pack = await asked(deps, at);
  if ("packs" in pack) throw new UsherError("sticker-link", { host: at.host });
  return found(deps, at, pack);
}

async function asked({ http }: MauniumDeps, url: URL): Promise<z.infer<typeof file>> {
  const answer = await http.ask(url, { maxBytes: MOST_BYTES });
  if (answer.status !== 200) throw new UsherError("sticker-link", { host: url.host });
  return readFile(url, answer);
}

/** Rejects with `website-too-large` and `website-unexpected`. */
function readFile({ host }: URL, answer: WebsiteAnswer): z.infer<typeof file> {
  if (answer.bytes.length > MOST_BYTES)
    throw new UsherError("website-too-large", { host, most: MOST_BYTES / 1024 });
  return answer.json(file);
}

function meant(packs: readonly string[], index: URL, said: string | undefined): URL {
  const all = packs.flatMap((one) => {
    const url = URL.canParse(one, index.href) ? new URL(one, index) : undefined;
    return url?.protocol === "https:" ? [{ url, name: nameOf(url) }] : [];
  });
  const found = said === undefined ? all : all.filter(({ name }) => name === said);
  const [one, ...others] = found;
  if (one !== undefined && others.length === 0) return one.url;
  const asked = one === undefined ? all : found;
  const names = asked.slice(0, SHOWN).map(({ name }) => ({ name: asTyped(name) }));
  const more = asked.length - names.length;
  throw new UsherError("sticker-link-which", { names, more, example: names[0]?.name ?? "" });
}

function nameOf({ pathname }: URL): string {
  return (
    shortLine(
      pathname
        .split("/")
        .at(-1)
        ?.replace(/\.json$/i, ""),
      60,
    ) ?? "pack"
  );
}

function found(deps: MauniumDeps, url: URL, pack: z.infer<typeof packFile>): FoundPack {
  const { pictures, over } = taken(pack.stickers);
  const telegram = pack["net.maunium.telegram.pack"]?.short_name;
  return {
    source: keyOf("maunium", url.origin, url.pathname),
    name: shortLine(pack.title, 60) ?? nameOf(url),
    attribution: telegramLink(telegram) ?? `Imported from ${url.host}`,
    over,
    pictures: pictures.map((one, index) => picture(deps, one, index)),
  };
}

function picture(
  deps: MauniumDeps,
  { url: said, body: text, id, info }: z.infer<typeof packFile>["stickers"][number],
  index: number,
): FoundPicture {
  const body = shortLine(text, 200);
  const url = asMxcUri(said);
  const name = body ?? shortLine(id, 60) ?? `${String(index + 1)}.`;
  return {
    ...{ name: shortLine(name, 60) ?? name, words: body ?? "", body },
    key: keyOf("maunium", id ?? said),
    from: url === undefined ? { read: nowhere } : placeOf(deps, { url, info }, body),
  };
}

function nowhere(): Promise<never> {
  return Promise.reject(new LeftOut("away"));
}
