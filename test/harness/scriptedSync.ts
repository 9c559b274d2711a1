import type { RawEvent, StrippedEvent } from "./rawEvents.ts";

/** What happened in a room since the answer before. */
export interface ScriptedRoom {
  readonly timeline?: readonly RawEvent[];
  readonly state?: readonly RawEvent[];
  readonly limited?: boolean;
  readonly prevBatch?: string;
}

/** One answer to `/sync`, without its token. */
export interface ScriptedBatch {
  readonly join?: Readonly<Record<string, ScriptedRoom>>;
  readonly invite?: Readonly<Record<string, readonly StrippedEvent[]>>;
  readonly leave?: Readonly<Record<string, ScriptedRoom>>;
  readonly knock?: Readonly<Record<string, unknown>>;
  readonly toDevice?: readonly unknown[];
  readonly deviceLists?: {
    readonly changed?: readonly string[];
    readonly left?: readonly string[];
  };
  readonly oneTimeKeys?: Readonly<Record<string, number>>;
  readonly fallbackKeys?: readonly string[];
  /** Laid over the finished answer: for shapes that no homeserver should send. */
  readonly raw?: Readonly<Record<string, unknown>>;
}

/** The answer to `/sync`, at this place in the stream. */
export function syncBody(batch: ScriptedBatch, position: number): object {
  const rooms = (of: ScriptedBatch["join"]): object =>
    Object.fromEntries(
      Object.entries(of ?? {}).map(
        ([room, { timeline = [], state = [], limited = false, prevBatch }]) => [
          room,
          {
            timeline: {
              events: timeline,
              limited,
              ...(prevBatch === undefined ? {} : { prev_batch: prevBatch }),
            },
            state: { events: state },
          },
        ],
      ),
    );
  const invite = Object.entries(batch.invite ?? {}).map(
    ([room, events]) => [room, { invite_state: { events } }] as const,
  );
  return {
    next_batch: `s${String(position)}`,
    to_device: { events: batch.toDevice ?? [] },
    device_lists: batch.deviceLists ?? {},
    device_one_time_keys_count: batch.oneTimeKeys ?? { signed_curve25519: 50 },
    ...(batch.fallbackKeys === undefined
      ? {}
      : { device_unused_fallback_key_types: batch.fallbackKeys }),
    rooms: {
      join: rooms(batch.join),
      leave: rooms(batch.leave),
      invite: Object.fromEntries(invite),
      knock: batch.knock ?? {},
    },
    ...batch.raw,
  };
}
