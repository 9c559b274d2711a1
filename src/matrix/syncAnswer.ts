import { z } from "zod";
import { asRoomId, asUserId, type RoomId, type UserId } from "../kernel/ids.ts";
import type { CryptoSyncPart } from "./crypto/cipher.ts";
import { content, isContent } from "./events.ts";
import type { Content } from "./port.ts";

/** What happened in a room that Usher is in. The state is what changed between the last answer and the start of the timeline. */
export interface JoinedRoom {
  readonly state: readonly Content[];
  readonly timeline: readonly Content[];
  /** More happened than the timeline holds. */
  readonly limited: boolean;
  /** Where `/messages` goes on backwards. */
  readonly prevBatch: string | undefined;
  /** How many people are in the room and invited, where the homeserver says both: it does when that changes. */
  readonly people: { readonly joined: number; readonly invited: number } | undefined;
}

/** An answer to `/sync`, its rooms by id and its events still raw. Knocks and all that Usher does not need are left out. */
export interface SyncAnswer {
  readonly nextBatch: string;
  readonly crypto: CryptoSyncPart;
  readonly joined: ReadonlyMap<RoomId, JoinedRoom>;
  /** The stripped state that comes with an invitation. */
  readonly invited: ReadonlyMap<RoomId, readonly Content[]>;
  /** State and timeline of rooms that Usher is in no longer. */
  readonly left: ReadonlyMap<RoomId, readonly Content[]>;
}

/** Whatever has another shape counts as empty: one odd room must not cost the others their events. */
const record = z.preprocess((value) => (isContent(value) ? value : {}), content);
const objects = z.preprocess(
  (value) => (Array.isArray(value) ? value.filter(isContent) : []),
  z.array(content),
);
const events = z
  .preprocess((value) => (isContent(value) ? value : {}), z.object({ events: objects }))
  .transform((value) => value.events);
const users = z.preprocess(
  (value: unknown) =>
    Array.isArray(value)
      ? value.flatMap((one) => (typeof one === "string" ? (asUserId(one) ?? []) : []))
      : [],
  z.array(z.custom<UserId>()),
);

const part = <T extends z.ZodRawShape>(shape: T): z.ZodPreprocess<z.ZodObject<T>> =>
  z.preprocess((value) => (isContent(value) ? value : {}), z.object(shape));

const timeline = part({
  events: objects,
  limited: z.boolean().catch(false),
  prev_batch: z.string().optional().catch(undefined),
});
const count = z.int().nonnegative();
const summary = z
  .object({ "m.joined_member_count": count, "m.invited_member_count": count })
  .transform((counts) => ({
    joined: counts["m.joined_member_count"],
    invited: counts["m.invited_member_count"],
  }))
  .optional()
  .catch(undefined);
const room = part({ state: events, timeline, summary });
const invitation = part({ invite_state: events });

const answer = z.object({
  next_batch: z.string().min(1),
  to_device: events,
  device_lists: part({ changed: users, left: users }),
  device_one_time_keys_count: record,
  device_unused_fallback_key_types: z.array(z.string()).optional().catch(undefined),
  rooms: part({ join: record, invite: record, leave: record }),
});

/** Reads an answer; undefined where it is none (`null`, a proxy's page, no token). Never throws. */
export function readSyncAnswer(raw: unknown): SyncAnswer | undefined {
  const { data } = answer.safeParse(raw);
  if (data === undefined) return undefined;
  const counts = Object.entries(data.device_one_time_keys_count).filter(
    (one): one is [string, number] => Number.isSafeInteger(one[1]),
  );
  return {
    nextBatch: data.next_batch,
    crypto: {
      toDevice: data.to_device,
      changedUsers: data.device_lists.changed,
      leftUsers: data.device_lists.left,
      oneTimeKeyCounts: Object.fromEntries(counts),
      unusedFallbackKeys: data.device_unused_fallback_key_types,
    },
    joined: byRoom(data.rooms.join, (value) => {
      const { state, timeline: line, summary: people } = room.parse(value);
      return {
        state,
        timeline: line.events,
        limited: line.limited,
        prevBatch: line.prev_batch,
        people,
      };
    }),
    invited: byRoom(data.rooms.invite, (value) => invitation.parse(value).invite_state),
    left: byRoom(data.rooms.leave, (value) => {
      const { state, timeline: line } = room.parse(value);
      return [...state, ...line.events];
    }),
  };
}

function byRoom<T>(rooms: Content, read: (value: unknown) => T): Map<RoomId, T> {
  const found = new Map<RoomId, T>();
  for (const [id, value] of Object.entries(rooms)) {
    const roomId = asRoomId(id);
    if (roomId !== undefined) found.set(roomId, read(value));
  }
  return found;
}
