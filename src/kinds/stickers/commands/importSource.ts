import type { Request } from "../../../chat/command.ts";
import { linkTarget } from "../../../chat/links.ts";
import { asTyped } from "../../../chat/tokenize.ts";
import { UsherError } from "../../../kernel/errors.ts";
import { asRoomAlias, asRoomId, type RoomId } from "../../../kernel/ids.ts";
import type { Rooms } from "../../../matrix/port.ts";
import type { FoundPack } from "../imports/found.ts";
import { signalPackOf, telegramSet } from "../imports/links.ts";
import { linkedPack } from "../imports/linkedPack.ts";
import type { MauniumDeps } from "../imports/mauniumPack.ts";
import { roomPack, type RoomPackDeps } from "../imports/roomPack.ts";
import { signalPack, type SignalDeps } from "../imports/signalPack.ts";
import { telegramPack, type TelegramDeps } from "../imports/telegramPack.ts";
import type { Source } from "./importPack.ts";

export type SourceDeps = RoomPackDeps &
  MauniumDeps &
  TelegramDeps &
  SignalDeps & { readonly matrix: Pick<Rooms, "resolveAlias"> };

/** Whether a word is where a pack lies, and not what one is called. */
export function isPlace(said: string): boolean {
  return (
    placeIn(said) !== undefined ||
    telegramSet(said) !== undefined ||
    signalPackOf(said) !== undefined ||
    /^https:\/\//i.test(said)
  );
}

/** A pack that is named by where it lies: in another room, with Telegram or Signal, on a website. `which`: one of several there. */
export function sourceMeant(
  deps: SourceDeps,
  { said, which }: { readonly said: string; readonly which: string | undefined },
  { room: here, person }: Request,
): Source {
  const place = placeIn(said);
  const behind = which === undefined ? "" : ` ${asTyped(which)}`;
  const source = (load: () => Promise<FoundPack>): Source => ({
    load,
    exactly: `add stickers ${asTyped(said)}${behind}`,
  });
  if (place !== undefined)
    return source(async () => {
      const room = asRoomId(place) ?? (await resolved(deps, place));
      if (room === undefined || room === here)
        throw new UsherError("sticker-room", { room: place });
      return roomPack(deps, { room, said: which, person });
    });
  const [set, signal] = [telegramSet(said), signalPackOf(said)];
  if (set !== undefined) return source(() => telegramPack(deps, set));
  if (signal !== undefined) return source(() => signalPack(deps, signal));
  const url = URL.canParse(said) ? new URL(said) : undefined;
  return source(() => {
    if (url?.protocol !== "https:" || url.username !== "" || url.password !== "")
      throw new UsherError("sticker-link", { host: undefined });
    return linkedPack(deps, { url, said: which });
  });
}

/** The id or alias of a room. */
function placeIn(said: string): string | undefined {
  const target = linkTarget(said) ?? said;
  return asRoomId(target) ?? asRoomAlias(target);
}

async function resolved({ matrix }: SourceDeps, place: string): Promise<RoomId | undefined> {
  const alias = asRoomAlias(place);
  return alias === undefined ? undefined : matrix.resolveAlias(alias);
}
