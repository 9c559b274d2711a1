import { text } from "../../../chat/arguments.ts";
import {
  defineCommand,
  optional,
  type Answer,
  type Command,
  type Request,
} from "../../../chat/command.ts";
import { permit } from "../../../chat/permit.ts";
import { asTyped, quote } from "../../../chat/tokenize.ts";
import { UsherError } from "../../../kernel/errors.ts";
import type { KeyedQueue } from "../../../kernel/tasks.ts";
import type {
  Media,
  OwnAccount,
  PowerLevels,
  RoomEncryption,
  RoomEvent,
  Timeline,
} from "../../../matrix/port.ts";
import { MOST_COLLECTED, type Collections } from "../collecting/collections.ts";
import { formatOf, type PackFormat } from "../format.ts";
import { imageOf } from "../image.ts";
import { packMeant } from "../meant.ts";
import { packNeeds } from "../needs.ts";
import { SHORTCODE, type Pack } from "../pack.ts";
import type { KnownPack, Packs } from "../packs.ts";
import type { Pictures } from "../pictures/pictures.ts";
import { MOST_SENT, placePicture } from "../placing.ts";
import { isReply, repliedTo, saidOf } from "../replied.ts";
import { packSaid } from "../named.ts";
import { suggestedShortcode, unused } from "../shortcodes.ts";

export interface AddStickerDeps {
  readonly collections: Pick<Collections, "begin" | "of">;
  readonly packs: Packs;
  readonly pictures: Pick<Pictures, "sticker">;
  readonly matrix: OwnAccount &
    PowerLevels &
    RoomEncryption &
    Timeline &
    Pick<Media, "attachment" | "upload">;
  /** The room's other commands go on while the picture is fetched and made: its server may not answer. */
  readonly queue: Pick<KeyedQueue, "aside">;
}

/** What is to be added, once all of it is known. */
interface Wanted {
  readonly pack: KnownPack;
  readonly code: string;
  readonly picture: RoomEvent;
}
interface Given {
  readonly code: string | undefined;
  readonly pack: string | undefined;
}

/**
 * `stickers add [shortcode] [pack=…] [alt=…]`, as a reply to a picture: it becomes a sticker. With neither a reply nor a shortcode, all pictures that follow do, when
 * `stickers done` is said.
 */
export function addSticker(deps: AddStickerDeps): Command {
  const { packs, matrix, queue } = deps;
  return defineCommand({
    words: "stickers add",
    aliases: ["sticker add", "add sticker"],
    parameters: { code: optional(text("shortcode", 100)) },
    options: { pack: packSaid, alt: optional(text("alt", 200)) },
    example: "stickers add cat-wave",
    changes: true,
    deed: "add-sticker",
    needs: () => packNeeds(),
    plan: async ({ code: said, pack: where, alt }, request) => {
      if (await areToFollow(deps, { said, alt }, request)) {
        const { id } = await packMeant(packs, request.room, where);
        await demandNoOther(deps, id, request);
        return { unseen: true, exactly: `stickers add pack=${quote(id)}` };
      }
      const { pack, code, picture } = await wanted(deps, { code: said, pack: where }, request);
      const exactly = line(code, pack.id, alt);
      // Whoever shows a picture in an encrypted room has not shown it to the homeserver.
      if ((await matrix.encryption(request.room)) === "none") return { unseen: true, exactly };
      const view = { code, name: pack.name, says: alt ?? saidOf(picture).caption };
      return { preview: { template: "sticker/add-preview", view }, exactly };
    },
    perform: async ({ code: said, pack: where, alt }, request) => {
      const { room, person, event: cause } = request;
      if (await areToFollow(deps, { said, alt }, request)) return begun(deps, where, request);
      const again = await packs.again(room, cause);
      const [edit] = again?.edit.images ?? [];
      if (again !== undefined && edit !== undefined)
        return added(edit.code, again.name, edit.after?.["body"] === undefined);
      const { pack, code, picture } = await wanted(deps, { code: said, pack: where }, request);
      const { caption } = saidOf(picture);
      const format = formatOf(pack.pack.about);
      const image = await queue.aside(room, () =>
        placed(deps, picture, { code, alt: alt ?? caption, format }),
      );
      await demandStill(deps, { code, pack: pack.id }, request);
      const make = (now: Pack | undefined): Pack => ({
        about: now?.about ?? pack.pack.about,
        images: new Map([...(now?.images ?? []), [code, image] as const]),
      });
      await packs.change(room, { id: pack.id, deed: "add-sticker", make }, { person, cause });
      const bare = alt === undefined && caption === undefined;
      return added(code, pack.name, bare);
    },
  });
}

/** It may have taken long. Rejects where the person may no longer change packs, and as `wanted`: what somebody has called the same meanwhile stays. */
async function demandStill(deps: AddStickerDeps, given: Given, request: Request): Promise<void> {
  const { matrix } = deps;
  const needs = { deed: "add-sticker", needs: packNeeds(given.pack) };
  const denied = permit(needs, await matrix.power(request.room), request.person, matrix.me);
  if (denied !== undefined) throw denied;
  await wanted(deps, given, request);
}

/** Whether no one picture is meant, but those that are sent next. */
async function areToFollow(
  { matrix }: AddStickerDeps,
  { said, alt }: { readonly said: string | undefined; readonly alt: string | undefined },
  request: Request,
): Promise<boolean> {
  return said === undefined && alt === undefined && !(await isReply(matrix, request));
}

/** Rejects with `sticker-collect-other` where pictures would be forgotten that this person has sent for another pack. */
async function demandNoOther(
  { packs, collections }: Pick<AddStickerDeps, "packs" | "collections">,
  id: string,
  { person, room }: Pick<Request, "person" | "room">,
): Promise<void> {
  const now = collections.of(person, room);
  if (now === undefined || now.pack === id || now.events.length === 0) return;
  const other = (await packs.list(room)).shown.find((one) => one.id === now.pack);
  if (other === undefined) return;
  throw new UsherError("sticker-collect-other", { name: other.name, count: now.events.length });
}

async function begun(
  { packs, collections }: AddStickerDeps,
  where: string | undefined,
  { room, person, event }: Request,
): Promise<Answer> {
  const { id, name } = await packMeant(packs, room, where);
  await demandNoOther({ packs, collections }, id, { person, room });
  await collections.begin(person, room, id, event);
  return { template: "sticker/collecting", view: { name, most: MOST_COLLECTED } };
}

function added(code: string, name: string, bare: boolean): Answer {
  return { template: "sticker/added", view: { code, name, bare } };
}

/** Rejects with `sticker-no-reply`, `attachment-none`, `sticker-shortcode`, `sticker-taken`, and as `packMeant`. */
async function wanted(
  { packs, matrix }: AddStickerDeps,
  { code: said, pack: where }: Given,
  request: Request,
): Promise<Wanted> {
  const picture = await repliedTo(matrix, request);
  const { url, file } = picture.content;
  // Said before a yes is asked for.
  if (url === undefined && file === undefined) throw new UsherError("attachment-none");
  const pack = await packMeant(packs, request.room, where);
  const { fileName, caption } = saidOf(picture);
  const taken = new Set(pack.pack.images.keys());
  if (said === undefined) {
    const made = suggestedShortcode(caption ?? fileName ?? "") ?? "sticker";
    return { pack, code: unused(made, taken), picture };
  }
  const code = said.replace(/^:(.+):$/, "$1");
  if (!SHORTCODE.test(code))
    throw new UsherError("sticker-shortcode", { said, nearest: suggestedShortcode(code) });
  const other = [...taken].find((one) => one.toLowerCase() === code.toLowerCase());
  if (other !== undefined)
    throw new UsherError("sticker-taken", {
      code: other,
      name: pack.name,
      other: unused(code, taken),
    });
  return { pack, code, picture };
}

/** The picture as a pack has it, lying in the media repository. Rejects as `attachment`, `Pictures.sticker` and `upload`. */
async function placed(
  { matrix, pictures }: AddStickerDeps,
  { content }: RoomEvent,
  {
    code,
    alt,
    format,
  }: { readonly code: string; readonly alt: string | undefined; readonly format: PackFormat },
) {
  const bytes = await matrix.attachment(content, MOST_SENT);
  const picture = await pictures.sticker(bytes, format);
  return imageOf(await placePicture(matrix, code, picture), picture, alt);
}

function line(code: string, pack: string, alt: string | undefined): string {
  const words = `stickers add ${asTyped(code)} pack=${quote(pack)}`;
  return alt === undefined ? words : `${words} alt=${quote(alt)}`;
}
