import type { UserId } from "../../../kernel/ids.ts";
import type { StateEvent } from "../../../matrix/port.ts";
import { isSameChannel } from "../ircChannel.ts";
import { BRIDGING } from "./answers.ts";

/** The state by which the bridge tells of a request, and which it leaves as it was when the link goes. */
export const REQUEST = "m.room.bridging";

/** How a request to link stands. */
export interface Request {
  readonly status: "pending" | "success" | "failure";
  /** In whose name it was made. */
  readonly by: string;
  readonly ageMs: number;
}

interface Wanted {
  readonly bot: UserId;
  readonly server: string;
  readonly channel: string;
  readonly now: number;
}

/** The request for this channel, by what the bridge's own bot says of it in the room. */
export function requestOf(
  state: readonly StateEvent[],
  { bot, server, channel, now }: Wanted,
): Request | undefined {
  const start = `irc://${server}/`.toLowerCase();
  const isKey = (key: string): boolean =>
    key.toLowerCase().startsWith(start) && isSameChannel(key.slice(start.length), channel);
  const event = state.find(
    ({ type, sender, stateKey }) => type === REQUEST && sender === bot && isKey(stateKey),
  );
  const read = BRIDGING.safeParse(event?.content);
  if (event === undefined || !read.success) return undefined;
  const { user_id: by, status } = read.data;
  return { status, by, ageMs: now - event.originServerTs };
}
