import type { UserId } from "../../kernel/ids.ts";
import type { KnownConnection } from "./connections.ts";
import { connectedOf, type ConnectionChange } from "./records.ts";

/** What is to come back where it is taken away now: as it stands in the room, whoever has made it so. */
export function asItStands(
  { id, name, entry, key, record, state }: KnownConnection,
  ofHookshot: UserId,
): Omit<ConnectionChange, "cause" | "person" | "at" | "deed"> {
  const bot = record?.bot ?? ofHookshot;
  const { label, until, url = record?.url } = state ?? record ?? {};
  return { id, name, ...connectedOf({ entry, bot, key, label, until, url }) };
}
