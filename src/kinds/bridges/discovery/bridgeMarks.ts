import { z } from "zod";
import { asUserId, serverOf, type UserId } from "../../../kernel/ids.ts";
import type { StateEvent } from "../../../matrix/port.ts";

/** The types of the state with which bridges say what a room is linked to (MSC2346, by both of its names). */
const MARKS = ["m.bridge", "uk.half-shot.bridge"];

const mark = z.object({
  bridgebot: z.string(),
  protocol: z.object({ id: z.string(), displayname: z.string().optional().catch(undefined) }),
  "com.beeper.room_type": z.string().optional().catch(undefined),
  "com.beeper.room_type.v2": z.string().optional().catch(undefined),
});

/** A bridge by what its bot says in a room. */
export interface Marked {
  readonly bot: UserId;
  /** In words that an entry of the catalogue can have. */
  readonly id: string;
  readonly name: string;
}

/**
 * The bridges built with bridgev2 that have marked this room: by their bot itself, which is of this server and in the room. Whoever has the power writes a mark that names anybody; a mark may
 * be left over; and what people use to sort their chats is marked as well, without being linked.
 */
export function markedBridges(state: readonly StateEvent[], server: string): readonly Marked[] {
  const joined = new Set(
    state.flatMap(({ type, stateKey, content }) =>
      type === "m.room.member" && content["membership"] === "join" ? [stateKey] : [],
    ),
  );
  return state.flatMap(({ type, stateKey, sender, content }) => {
    const read = MARKS.includes(type) ? mark.safeParse(content) : undefined;
    // So bridgev2 writes its keys. Other bridges are told by the names of their bots alone.
    if (read?.data === undefined || !stateKey.includes("/") || stateKey.includes(":")) return [];
    const { bridgebot, protocol, ...rooms } = read.data;
    // What an account may be called today. Older ones may hold almost anything.
    const bot = /^@[a-z0-9._=/+-]+:/.test(bridgebot) ? asUserId(bridgebot) : undefined;
    if (bot === undefined || bot !== sender || serverOf(bot) !== server || !joined.has(bot))
      return [];
    const kind = rooms["com.beeper.room_type.v2"] ?? rooms["com.beeper.room_type"];
    if (kind === "personal_filtering_space") return [];
    const id = entryId(protocol.id.slice(protocol.id.lastIndexOf("/") + 1));
    return id === undefined ? [] : [{ bot, id, name: oneLine(protocol.displayname) ?? id }];
  });
}

function entryId(said: string): string | undefined {
  const id = said.toLowerCase().replaceAll(/[^a-z0-9-]/g, "");
  return /^[a-z][a-z0-9-]{1,31}$/.test(id) ? id : undefined;
}

/** Without what cannot be seen or turns the line; undefined where nothing is left. */
function oneLine(said = ""): string | undefined {
  const line = said
    .slice(0, 200)
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "")
    .trim()
    .slice(0, 60);
  return line === "" ? undefined : line;
}
