import { z } from "zod";
import type { UserId } from "../../../kernel/ids.ts";
import type { StateEvent } from "../../../matrix/port.ts";
import { isMark } from "../alterations.ts";

const KEY = "fi.mau.discord://discord/";
const mark = z.object({ channel: z.object({ id: z.string() }) });

/** The channel with which its bot has said last that a room is linked; it does not take back what it has said. What others wrote counts for nothing. */
export function markedChannel(state: readonly StateEvent[], bot: UserId): string | undefined {
  const [last] = state
    .filter((event) => isMark(event, bot) && event.sender === bot && event.stateKey.startsWith(KEY))
    .sort((one, other) => other.originServerTs - one.originServerTs);
  return mark.safeParse(last?.content).data?.channel.id;
}
