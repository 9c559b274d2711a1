import type { Answer, Plan, Request } from "../../../chat/command.ts";
import { asTyped } from "../../../chat/tokenize.ts";
import type { View } from "../../../kernel/errors.ts";
import type { Media, RoomEncryption, Timeline } from "../../../matrix/port.ts";
import { isRenamed } from "../imports/codes.ts";
import { shortLine, LEFT_OUT_FLAGS, type FoundPack } from "../imports/found.ts";
import type { Imports } from "../imports/imports.ts";
import type { Imported } from "../imports/outcome.ts";
import { zipPack } from "../imports/zipPack.ts";
import { ZIP_LIMITS } from "../imports/zipFile.ts";
import { nameOfPack } from "../pack.ts";
import { repliedTo, saidOf } from "../replied.ts";

export interface ImportDeps {
  readonly imports: Imports;
  readonly matrix: RoomEncryption & Timeline & Pick<Media, "attachment">;
}

/** A pack somewhere else, as a command names it. */
export interface Source {
  readonly load: () => Promise<FoundPack>;
  /** The command line that means it at any time; undefined: as it was typed. */
  readonly exactly?: string;
}

/** Pictures that are told by name in an answer; of the others there is the number. */
const TOLD = 10;

/** The file that a command answers. Rejects with `sticker-no-reply`, and as `zipPack` and `attachment`, when it is loaded. */
export function fileAnswered({ matrix }: ImportDeps, request: Request): Source {
  return {
    load: async () => {
      const message = await repliedTo(matrix, request);
      const { fileName = "" } = saidOf(message);
      return zipPack(await matrix.attachment(message.content, ZIP_LIMITS.bytes), fileName);
    },
  };
}

/** What would come in. */
export async function planImport(
  { imports, matrix }: ImportDeps,
  { load, exactly }: Source,
  { room }: Request,
): Promise<Plan> {
  const { name, source, pictures, attribution, licence, over } = await load();
  const there = await imports.known(room, source);
  const view = {
    ...{ name: there ?? name, again: there !== undefined, count: pictures.length, over },
    ...{ attribution: shortLine(attribution, 100), licence: shortLine(licence, 60) },
    ...{ encrypted: (await matrix.encryption(room)) !== "none" },
  };
  return {
    preview: { template: "sticker/import-preview", view },
    ...(exactly === undefined ? {} : { exactly }),
  };
}

/** Brings it in, and says what came in and what did not. */
export async function performImport(
  { imports }: ImportDeps,
  { load }: Source,
  request: Request,
): Promise<Answer> {
  return importedAnswer(await imports.run(request, load));
}

function importedAnswer(done: Imported): Answer {
  if (done.is === "cancelled")
    return { template: "sticker/import-cancelled", view: { count: done.placed } };
  const { found, going } = done;
  const out = leftOut(found, going?.placed ?? {});
  if (done.is === "nothing")
    return { template: "sticker/import-nothing", view: { name: found.name, ...out } };
  const { change, pack } = done;
  const edits = change?.edit.images ?? [];
  const added = edits.filter(({ before }) => before === null);
  const codes = going?.codes ?? {};
  const fresh = new Set(added.map(({ code }) => code));
  const renamed = found.pictures.flatMap((picture) => {
    const code = codes[picture.key];
    return code !== undefined && fresh.has(code) && isRenamed(picture, code)
      ? [{ name: picture.name, code }]
      : [];
  });
  const id = change?.id ?? going?.pack ?? "";
  return {
    template: "sticker/imported",
    view: {
      ...{ name: nameOfPack(pack, id), id: asTyped(id), count: pack.images.size },
      ...{ added: added.length, changed: edits.length - added.length, over: found.over },
      ...{ renamed: renamed.slice(0, TOLD), moreRenamed: Math.max(0, renamed.length - TOLD) },
      ...{ areRenamed: renamed.length > 0, same: change === undefined, ...out },
    },
  };
}

/** Which pictures are left out, and why, for the template `sticker/left-out`. */
function leftOut(
  { pictures }: FoundPack,
  placed: Readonly<Record<string, { why?: string | undefined }>>,
): View {
  return leftOutView(
    pictures.flatMap(({ name, key }) => {
      const why = placed[key]?.why;
      return why === undefined ? [] : [{ name, why }];
    }),
  );
}

/** For the template `sticker/left-out`. */
export function leftOutView(out: readonly { readonly name: string; readonly why: string }[]): View {
  return {
    areOut: out.length > 0,
    outCount: out.length,
    out: out.slice(0, TOLD).map(({ name, why }) => ({
      name,
      ...Object.fromEntries(LEFT_OUT_FLAGS.map((one) => [one, one === why])),
    })),
    moreOut: Math.max(0, out.length - TOLD),
  };
}
