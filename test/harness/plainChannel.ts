import { path, type ClientApi, type Content } from "./clientApi.ts";
import type { Observed } from "./observed.ts";

/** How a person's client sends and hears; the plain one here, an encrypting one beside it. */
export interface Channel {
  send(room: string, type: string, content: Content): Promise<string>;
  /** Resolves when the first answer of the homeserver has been taken in; from then on everything new is observed. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

interface RawEvent {
  readonly event_id?: string;
  readonly type: string;
  readonly sender: string;
  readonly content: Content;
  readonly state_key?: string;
  readonly origin_server_ts?: number;
  readonly unsigned?: { readonly prev_content?: Content };
}
interface Timeline {
  readonly events: readonly RawEvent[];
  readonly limited?: boolean;
  readonly prev_batch?: string;
}
interface JoinedRoom {
  readonly timeline?: Timeline;
  readonly state?: { readonly events: readonly RawEvent[] };
  readonly ephemeral?: { readonly events: readonly RawEvent[] };
}
interface SyncAnswer {
  readonly next_batch: string;
  readonly rooms?: {
    readonly join?: Readonly<Record<string, JoinedRoom>>;
    readonly invite?: Readonly<
      Record<string, { readonly invite_state?: { readonly events: readonly RawEvent[] } }>
    >;
    readonly leave?: Readonly<Record<string, JoinedRoom>>;
  };
}

const FILTER = JSON.stringify({ room: { timeline: { limit: 100 } }, presence: { types: [] } });

/** Sends unencrypted and hears by its own sync loop, without any SDK. */
export function plainChannel(api: ClientApi, observed: Observed): Channel {
  const stopped = new AbortController();
  const known = new Set<string>();
  let running: Promise<void> = Promise.resolve();

  const sync = (since: string | undefined): Promise<SyncAnswer> => {
    const query = new URLSearchParams({
      filter: FILTER,
      timeout: since === undefined ? "0" : "30000",
      ...(since === undefined ? {} : { since }),
    });
    return api.call<SyncAnswer>("GET", `/sync?${query.toString()}`, undefined, stopped.signal);
  };

  /** What happened between the last answer and the part of it that this answer shows. */
  const missing = async (
    room: string,
    since: string,
    timeline: Timeline,
  ): Promise<readonly RawEvent[]> => {
    const chunks: RawEvent[] = [];
    let from = timeline.prev_batch;
    while (from !== undefined) {
      const query = new URLSearchParams({ dir: "b", limit: "500", from, to: since });
      const page = await api.call<{ chunk: RawEvent[]; end?: string }>(
        "GET",
        `${path`/rooms/${room}/messages`}?${query.toString()}`,
      );
      chunks.push(...page.chunk);
      from = page.chunk.length === 0 ? undefined : page.end;
    }
    return chunks.reverse();
  };

  const take = async (answer: SyncAnswer, since: string | undefined): Promise<void> => {
    const note = (roomId: string, past: boolean) => (event: RawEvent) => {
      observed.add({
        roomId,
        eventId: event.event_id ?? "",
        type: event.type,
        sender: event.sender,
        content: event.content,
        stateKey: event.state_key,
        previous: event.unsigned?.prev_content,
        ts: event.origin_server_ts ?? 0,
        encryption: event.type === "m.room.encrypted" ? "unreadable" : "none",
        past,
      });
    };
    const { join = {}, invite = {}, leave = {} } = answer.rooms ?? {};
    for (const [room, { timeline, state, ephemeral }] of [
      ...Object.entries(leave),
      ...Object.entries(join),
    ]) {
      if (!known.has(room)) state?.events.forEach(note(room, true));
      else if (timeline?.limited === true && since !== undefined)
        (await missing(room, since, timeline)).forEach(note(room, false));
      timeline?.events.forEach(note(room, since === undefined));
      ephemeral?.events
        .filter((event) => event.type === "m.typing")
        .map((event) => ({ ...event, sender: "" }))
        .forEach(note(room, false));
      if (room in join) known.add(room);
      else known.delete(room);
    }
    for (const [room, { invite_state }] of Object.entries(invite))
      invite_state?.events.forEach(note(room, since === undefined));
  };

  const listen = async (first: SyncAnswer): Promise<void> => {
    let since = first.next_batch;
    while (!stopped.signal.aborted) {
      const answer = await sync(since);
      await take(answer, since);
      since = answer.next_batch;
    }
  };

  return {
    send: (room, type, content) => api.send(room, type, content),
    start: async () => {
      const first = await sync(undefined);
      await take(first, undefined);
      running = listen(first).catch((error: unknown) => {
        if (!stopped.signal.aborted) observed.fail(error);
      });
    },
    stop: async () => {
      stopped.abort();
      await running;
    },
  };
}
