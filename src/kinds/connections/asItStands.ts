import type { UserId } from "../../kernel/ids.ts";
import { connectedOf, type ConnectionChange, type ConnectionRecord } from "./records.ts";
import type { Details } from "./sorts.ts";

type Change = Omit<ConnectionChange, "cause" | "person" | "at" | "deed">;

/** What is known of a connection of a room. */
interface Known extends Pick<Change, "id" | "name" | "entry" | "key"> {
  readonly record: ConnectionRecord | undefined;
  readonly state: Pick<Details, "label" | "until" | "url"> | undefined;
}

/** What is to come back where it is taken away now: as it stands in the room, whoever has made it so. */
export function asItStands(
  { id, name, entry, key, record, state }: Known,
  ofHookshot: UserId,
): Change {
  const bot = record?.bot ?? ofHookshot;
  const { label, until, url = record?.url } = state ?? record ?? {};
  return { id, name, ...connectedOf({ entry, bot, key, label, until, url }) };
}
