import { defineCommand, type Answer, type Command, type Request } from "../../../chat/command.ts";
import { permit } from "../../../chat/permit.ts";
import { asTyped } from "../../../chat/tokenize.ts";
import { UsherError } from "../../../kernel/errors.ts";
import type { RoomId, UserId } from "../../../kernel/ids.ts";
import type { KeyedQueue } from "../../../kernel/tasks.ts";
import { isAborted } from "../../../matrix/errors.ts";
import type { OwnAccount, PowerLevels, RoomEncryption, RoomMembers } from "../../../matrix/port.ts";
import { MOST_COLLECTED, type Collections } from "../collecting/collections.ts";
import {
  converted,
  type Converted,
  type ConvertDeps,
  type MadeSticker,
} from "../collecting/convert.ts";
import type { Collection, Making } from "../collecting/document.ts";
import { formatOf } from "../format.ts";
import { packMeant } from "../meant.ts";
import { packNeeds } from "../needs.ts";
import { ordered, type Pack } from "../pack.ts";
import type { Packs } from "../packs.ts";
import { progressOf, type ProgressDeps } from "../progress.ts";
import type { PackChange } from "../records.ts";
import { unused } from "../shortcodes.ts";
import { leftOutView } from "./importPack.ts";

export interface DoneDeps extends ConvertDeps, ProgressDeps {
  readonly packs: Packs;
  readonly collections: Pick<
    Collections,
    "of" | "take" | "goesOn" | "uploaded" | "finish" | "giveBack"
  >;
  readonly matrix: ConvertDeps["matrix"] & OwnAccount & PowerLevels & RoomEncryption & RoomMembers;
  /** The room's other commands go on while pictures are made. */
  readonly queue: Pick<KeyedQueue, "aside">;
}

/** So many new shortcodes are named. */
const NAMED = 20;

/** `stickers done`: the pictures that somebody has sent since `stickers add` become stickers. */
export function stickersDone(deps: DoneDeps): Command {
  const { packs, matrix, collections } = deps;
  return defineCommand({
    words: "stickers done",
    aliases: ["sticker done", "done"],
    parameters: {},
    example: "stickers done",
    changes: true,
    deed: "add-sticker",
    needs: () => packNeeds(),
    plan: async (_, request) => {
      const { pack, events } = sent(deps, request);
      const { name } = await packMeant(packs, request.room, pack);
      if ((await matrix.encryption(request.room)) === "none") return { unseen: true };
      const view = { name, count: events.length };
      return { preview: { template: "sticker/done-preview", view } };
    },
    perform: async (_, request) => {
      const { room, person, event: cause } = request;
      const again = await packs.again(room, cause);
      const done = again === undefined ? await brought(deps, request) : { change: again, out: [] };
      const since = await collections.finish(person, room, cause);
      return done === undefined ? { template: "sticker/forgotten", view: {} } : told(done, since);
    },
  });
}

/** Rejects with `sticker-collect-none` and `sticker-collect-empty`. */
function sent({ collections }: DoneDeps, { person, room }: Request): Collection {
  const found = collections.of(person, room);
  if (found === undefined) throw new UsherError("sticker-collect-none");
  if (found.events.length === 0) throw new UsherError("sticker-collect-empty");
  return found;
}

/** What came of it, for the answer. */
interface Done {
  readonly change: PackChange | undefined;
  readonly out: Converted["out"];
  readonly isFull?: boolean;
}

/** Undefined where it was cancelled meanwhile. Rejects as `sent` and `packMeant`, and where the person may no longer change packs: the pictures wait again then. */
async function brought(deps: DoneDeps, request: Request): Promise<Done | undefined> {
  const { room, person, event: cause } = request;
  const taken = await deps.collections.take(person, room, cause);
  if (taken === undefined) {
    sent(deps, request);
    return undefined;
  }
  try {
    return await become(deps, { room, person, taken });
  } catch (error) {
    // What is cut off by a stop goes on at the next start.
    if (error instanceof UsherError && isAborted(error)) throw error;
    await deps.collections.giveBack(person, room, cause);
    throw error;
  }
}

interface Taken {
  readonly room: RoomId;
  readonly person: UserId;
  readonly taken: Making;
}

async function become(deps: DoneDeps, asked: Taken): Promise<Done | undefined> {
  const { packs, matrix, queue } = deps;
  const { room, person, taken } = asked;
  const { cause, pack: id } = taken;
  const { pack, name } = await packMeant(packs, room, id);
  const goesOn = (): boolean => deps.collections.goesOn(person, room, cause);
  const edits = deps.collections.of(person, room)?.edits ?? {};
  const wanted = { room, format: formatOf(pack.about), taken, edits };
  const { made, out } = await queue.aside(room, () =>
    converted(deps, wanted, {
      goesOn,
      next: progressOf(deps, cause, { doing: "done", name, count: taken.events.length }),
      uploaded: (event, image) => deps.collections.uploaded({ person, room, cause }, event, image),
    }),
  );
  // Whoever was put out of the room may still have the power there that they had.
  if (!goesOn() || !(await matrix.members(room)).joined.has(person)) return undefined;
  // It may have taken long, and who may do what may have changed.
  const needs = { deed: "add-sticker", needs: packNeeds(id) };
  const denied = permit(needs, await matrix.power(room), person, matrix.me);
  if (denied !== undefined) throw denied;
  const make = (now: Pack | undefined): Pack => withMade(now ?? pack, made);
  const change =
    made.length === 0
      ? undefined
      : await packs.change(room, { id, deed: "add-sticker", make }, { person, cause });
  return { change, out, isFull: taken.events.length >= MOST_COLLECTED };
}

function withMade({ about, images }: Pack, made: readonly MadeSticker[]): Pack {
  const all = new Map(images);
  for (const { words, image } of made) all.set(unused(words, new Set(all.keys())), image);
  return { about, images: ordered(all) };
}

function told({ change, out, isFull = false }: Done, since: number): Answer {
  const left = { ...leftOutView(out), isSince: since > 0, since };
  if (change === undefined) return { template: "sticker/collected-none", view: left };
  const { id, name, edit } = change;
  const bare = edit.images.filter(({ after }) => after?.["body"] === undefined);
  const named = edit.images.slice(0, NAMED).map(({ code }) => ({ code }));
  return {
    template: "sticker/collected",
    view: {
      ...{ id: asTyped(id), name, count: edit.images.length, named, bare: bare.length },
      ...{ unnamed: edit.images.length - named.length, first: bare[0]?.code },
      ...{ isFull, most: MOST_COLLECTED, ...left },
    },
  };
}
