import type { UserId } from "../../kernel/ids.ts";
import type { RoomDocument } from "../../store/room.ts";

/** What Usher remembers of a bot that it brought in. */
export type BotRecord = NonNullable<RoomDocument["bots"]>[number];

export function botsOf(document: RoomDocument | undefined): readonly BotRecord[] {
  return document?.bots ?? [];
}

/** The document with this record, in place of an earlier one about the same bot. */
export function withBot(document: RoomDocument, record: BotRecord): RoomDocument {
  const others = botsOf(document).filter(({ user }) => user !== record.user);
  return { ...document, bots: [...others, record] };
}

export function withoutBot(document: RoomDocument, user: UserId): RoomDocument {
  const { bots, ...rest } = document;
  const left = botsOf(document).filter((record) => record.user !== user);
  if (left.length === (bots ?? []).length) return document;
  return left.length === 0 ? rest : { ...rest, bots: left };
}
