import { z } from "zod";
import { SHORTCODE } from "../pack.ts";
import { LeftOut, shortLine } from "./found.ts";
import { telegramLink } from "./links.ts";
import type { ZippedFile } from "./zipFile.ts";

/** What a zip says of itself and of its pictures, in one of the ways that programs have. */
export interface ZipAbout {
  readonly name: string | undefined;
  /** What it is told by when it comes again; undefined: by its file's name. */
  readonly id: string | undefined;
  readonly attribution: string | undefined;
  readonly licence?: string | undefined;
  /** By the last part of their names. */
  readonly pictures: ReadonlyMap<string, PictureAbout>;
  /** Those that are no pictures of the pack. */
  readonly files: ReadonlySet<ZippedFile>;
}

interface PictureAbout {
  /** Its shortcode. */
  readonly code?: string | undefined;
  readonly body?: string | undefined;
}

type About = Omit<ZipAbout, "files">;

/** A text of somebody's, of which nothing else is known; what is no text counts as absent. */
const words = z.string().optional().catch(undefined);

/** maunium's stickerpicker, as its `sticker-pack` writes it. */
const maunium = z.object({
  title: words,
  id: words,
  stickers: z.array(z.looseObject({ id: words, body: words, filename: words })).max(2_000),
  "net.maunium.telegram.pack": z.object({ short_name: words }).optional().catch(undefined),
});

/** Misskey's export of custom emoji, version 2. */
const misskey = z.object({
  host: words,
  emojis: z
    .array(
      z.looseObject({
        fileName: z.string(),
        emoji: z.looseObject({ name: z.string(), license: words }),
      }),
    )
    .max(2_000),
});

const whatsAppPack = z.looseObject({
  identifier: words,
  name: words,
  publisher: words,
  tray_image_file: words,
  stickers: z
    .array(
      z.looseObject({
        image_file: z.string(),
        emojis: z.array(z.string()).optional().catch(undefined),
        accessibility_text: words,
      }),
    )
    .max(2_000),
});

/** The sample apps for WhatsApp; some have the pack itself, some a list. Of several packs nothing is said of all that is true of one alone. */
const whatsApp = z.union([
  whatsAppPack,
  z
    .looseObject({ sticker_packs: z.array(whatsAppPack).min(1) })
    .transform(({ sticker_packs: packs }): z.infer<typeof whatsAppPack> => {
      const [first, ...others] = packs;
      if (first !== undefined && others.length === 0) return first;
      const makers = new Set(packs.flatMap(({ publisher }) => publisher ?? []));
      return {
        publisher: makers.size === 0 ? undefined : [...makers].join(", "),
        stickers: packs.flatMap(({ stickers }) => stickers),
      };
    }),
]);

/** What the files of a zip say of it. What is none of these shapes is taken for a file like all others. */
export async function readAbout(files: readonly ZippedFile[]): Promise<ZipAbout> {
  const named = (name: string): ZippedFile | undefined =>
    files.find(({ baseName }) => baseName.toLowerCase() === name);
  for (const [name, read] of [
    ["pack.json", ofMaunium],
    ["meta.json", ofMisskey],
    ["contents.json", ofWhatsApp],
  ] as const) {
    const file = named(name);
    const about = file && read(parsed(await textOf(file)));
    if (file !== undefined && about !== undefined) {
      const tray = about.tray === undefined ? undefined : named(about.tray.toLowerCase());
      const isListed = about.tray !== undefined && about.pictures.has(about.tray);
      const beside = tray === undefined || isListed ? [] : [tray];
      return { ...about, files: new Set([file, ...beside]) };
    }
  }
  return ofStickerMaker(named);
}

/** `.wastickers` of Sticker Maker: two texts, and a picture for the list of packs. */
async function ofStickerMaker(named: (name: string) => ZippedFile | undefined): Promise<ZipAbout> {
  const [title, author] = [named("title.txt"), named("author.txt")];
  const isOne = title !== undefined;
  const beside = isOne ? [title, author, named("cover.png"), named("tray.png")] : [];
  const name = isOne ? shortLine(await textOf(title), 60) : undefined;
  const by = isOne && author !== undefined ? shortLine(await textOf(author), 100) : undefined;
  return {
    name,
    id: name === undefined ? undefined : `${name}\n${by ?? ""}`,
    attribution: by,
    pictures: new Map(),
    files: new Set(beside.filter((file) => file !== undefined)),
  };
}

type Read = (said: unknown) => (About & { readonly tray?: string | undefined }) | undefined;

const ofMaunium: Read = (said) => {
  const { data } = maunium.safeParse(said);
  if (data === undefined) return undefined;
  const telegram = data["net.maunium.telegram.pack"]?.short_name;
  return {
    name: shortLine(data.title, 60),
    id: data.id,
    attribution: telegramLink(telegram),
    pictures: new Map(
      data.stickers.flatMap(({ id, body, filename }) => {
        const file = filename ?? id;
        return file === undefined ? [] : [[file, { body: shortLine(body, 200) }] as const];
      }),
    ),
  };
};

const ofMisskey: Read = (said) => {
  const { data } = misskey.safeParse(said);
  if (data === undefined) return undefined;
  const host = shortLine(data.host, 100);
  const licences = new Set(data.emojis.flatMap(({ emoji }) => shortLine(emoji.license, 100) ?? []));
  return {
    name: host === undefined ? undefined : shortLine(`Emoji of ${host}`, 60),
    id: host === undefined ? undefined : `misskey\n${host}`,
    attribution: host === undefined ? undefined : `Emoji of ${host}`,
    licence: shortLine([...licences].join("; "), 100),
    pictures: new Map(
      data.emojis.map(
        ({ fileName, emoji: { name } }) =>
          [
            fileName,
            SHORTCODE.test(name) ? { code: name } : { body: shortLine(name, 200) },
          ] as const,
      ),
    ),
  };
};

const ofWhatsApp: Read = (said) => {
  const { data } = whatsApp.safeParse(said);
  if (data === undefined) return undefined;
  return {
    name: shortLine(data.name, 60),
    id: data.identifier,
    attribution: shortLine(data.publisher, 100),
    tray: data.tray_image_file,
    pictures: new Map(
      data.stickers.map((one) => {
        const body = shortLine(one.accessibility_text ?? one.emojis?.join(" "), 200);
        return [one.image_file, { body }] as const;
      }),
    ),
  };
};

/** Empty where it cannot be read. */
async function textOf(file: ZippedFile): Promise<string> {
  try {
    return new TextDecoder().decode(await file.read());
  } catch (error) {
    if (error instanceof LeftOut) return "";
    throw error;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No schema takes it.
    return undefined;
  }
}
