import { defineCommand, optional, type Command, type Request } from "../../../chat/command.ts";
import { nameOrId } from "../../../chat/nameOrId.ts";
import { asTyped } from "../../../chat/tokenize.ts";
import type { KeyedQueue } from "../../../kernel/tasks.ts";
import type { Media } from "../../../matrix/port.ts";
import { declareUpload } from "../../../privacy/declared.ts";
import { PACK_SHEET } from "../dataMap.ts";
import { inParts, membersOf, pictureFiles } from "../exported/packFiles.ts";
import { packKey } from "../shortcodes.ts";
import { storedZip } from "../exported/storedZip.ts";
import { packMeant } from "../meant.ts";
import { shortHash } from "../pack.ts";
import type { KnownPack, Packs } from "../packs.ts";

export interface ExportPackDeps {
  readonly packs: Packs;
  readonly matrix: Pick<Media, "download" | "sendFile" | "mostBytes">;
  /** The room's other commands go on while pictures are fetched. */
  readonly queue: Pick<KeyedQueue, "aside">;
}

const ZIP = declareUpload("the pictures of a sticker pack as a ZIP", PACK_SHEET);
/** How large one ZIP is at most where the homeserver does not say what it takes; bytes. */
const USUAL_BYTES = 50_000_000;
/** So many shortcodes of pictures that cannot be had are named. */
const NAMED = 10;

/** `stickers export [pack]`: the pictures of a pack and a `pack.json` as a ZIP, or as several where the homeserver takes no file that large. */
export function exportPack({ packs, matrix, queue }: ExportPackDeps): Command {
  return defineCommand({
    words: "stickers export",
    aliases: ["sticker export", "export stickers"],
    parameters: { pack: optional(nameOrId("several words")) },
    example: "stickers export Cats",
    changes: false,
    answer: async ({ pack: said }, request) => {
      const known = await packMeant(packs, request.room, said);
      const { id, name, pack } = known;
      if (pack.images.size === 0)
        return { template: "sticker/empty", view: { name, id: asTyped(id) } };
      const { files, lost, parts } = await queue.aside(request.room, () =>
        sent(matrix, request, known),
      );
      const missing = lost.slice(0, NAMED).map((code) => ({ code }));
      return {
        template: "sticker/exported",
        view: {
          ...{ name, count: files.length, some: files.length > 0, files: parts.length },
          ...{ missing, isMissing: lost.length > 0, more: lost.length - missing.length },
        },
      };
    },
  });
}

async function sent(matrix: ExportPackDeps["matrix"], request: Request, known: KnownPack) {
  const { files, lost } = await pictureFiles(matrix, known.pack);
  const parts = inParts(files, (await matrix.mostBytes()) ?? USUAL_BYTES);
  for (const [index, part] of parts.entries())
    await sendPart(matrix, request, { known, part, number: index + 1, of: parts.length });
  return { files, lost, parts };
}

async function sendPart(
  matrix: ExportPackDeps["matrix"],
  { room, event, thread }: Request,
  {
    known: { id, name, pack },
    part,
    number,
    of,
  }: {
    readonly known: KnownPack;
    readonly part: Parameters<typeof membersOf>[2];
    readonly number: number;
    readonly of: number;
  },
): Promise<void> {
  const numbered = (text: string, behind: string): string => (of === 1 ? text : text + behind);
  // What others have as a key is no name for a file.
  const key = numbered(packKey(id, new Set()), `-${String(number)}`);
  const about = {
    // Other rooms have packs of the same key, and whoever imports both has two.
    id: `${key}-${shortHash([room, id]).slice(0, 6)}`,
    name: numbered(name, ` (${String(number)} of ${String(of)})`),
    about: pack.about,
  };
  const file = {
    ...{ holds: ZIP, name: `${key}.zip`, mimetype: "application/zip" },
    bytes: await storedZip(membersOf(matrix, about, part)),
    ...(thread === undefined ? {} : { thread }),
  };
  await matrix.sendFile(room, file, { cause: event, step: `zip-${String(number)}` });
}
