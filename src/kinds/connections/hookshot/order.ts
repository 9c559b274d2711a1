import type { EventId, RoomId, UserId } from "../../../kernel/ids.ts";
import type { Sending } from "../../../matrix/port.ts";
import type { Wanted } from "./meant.ts";

/** Types the command by which hookshot connects a room: it says ✅, and writes its state, or says why not. Said again after a crash it is the same message. */
export async function order(
  matrix: Sending,
  room: RoomId,
  wanted: Wanted,
  { bot, now }: { readonly bot: UserId; readonly now: number },
): Promise<EventId> {
  const { sort, cause } = wanted;
  const body = ["!hookshot", ...sort.words(wanted, now).map(quoted)].join(" ");
  const step = `${sort.id} by command`;
  return matrix.send(room, { body, asText: true, mentions: [bot] }, { cause, step });
}

/** In quotes where a word could end, or begin another: what is in it has no quotes or backslashes. */
function quoted(word: string): string {
  return /^[\w.:/?&=%~+@,;!()#-]+$/.test(word) ? word : `"${word}"`;
}
