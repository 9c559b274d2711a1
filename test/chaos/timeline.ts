import { path, type ClientApi, type Content } from "../harness/clientApi.ts";

export interface TimelineEvent {
  readonly event_id: string;
  readonly type: string;
  readonly sender: string;
  readonly content: Content;
  readonly state_key?: string;
}

/** Everything that ever happened in a room, oldest first. */
export async function timeline(api: ClientApi, room: string): Promise<readonly TimelineEvent[]> {
  const newestFirst: TimelineEvent[] = [];
  let from: string | undefined;
  do {
    const query = new URLSearchParams({ dir: "b", limit: "500", ...(from === undefined ? {} : { from }) });
    const page = await api.call<{ chunk: TimelineEvent[]; end?: string }>("GET", `${path`/rooms/${room}/messages`}?${query.toString()}`);
    newestFirst.push(...page.chunk);
    from = page.chunk.length === 0 ? undefined : page.end;
  } while (from !== undefined);
  return newestFirst.reverse();
}
