import {
  RoomId as WasmRoomId,
  UserId as WasmUserId,
  type OlmMachine,
} from "@matrix-org/matrix-sdk-crypto-wasm";
import type { RoomId, UserId } from "../../kernel/ids.ts";
import { KeyedQueue } from "../../kernel/tasks.ts";
import type { StoredKeys } from "./engine.ts";
import { IDBKeyRange } from "./indexeddb/keyRange.ts";
import { decodeKey } from "./indexeddb/keys.ts";
import type { Records, SqliteIndexedDb } from "./indexeddb/sqliteIndexedDb.ts";
import type { Machine } from "./machine.ts";

/** A store may hold many thousand keys, of which each takes a fraction of a millisecond to read; so many are read at once while others wait. */
const AT_ONCE = 200;
const INBOUND = "inbound_group_sessions3";
const WITHHELD = "withheld_sessions";
/** What else runs asks for records of its own meanwhile, hardly ever for the same ones as often as this. */
const TRIES = 20;
/** Between the room and the session in a key: `KEY_SEPARATOR` of matrix-sdk-indexeddb, safe_encode.rs. */
const SEPARATOR = "\u001d";
const AFTER_SEPARATOR = "\u001e";

type Store = Pick<SqliteIndexedDb, "askedDuring" | "eachPage" | "erase">;

/** A question to the library that makes it look for what it keeps of a room in one of its stores, and which of the records it looks for then are all of it. */
interface Question {
  readonly store: string;
  readonly ask: (olm: OlmMachine, room: RoomId, me: UserId) => Promise<unknown>;
  readonly whole: (records: Records) => Records | undefined;
}

/**
 * What only the making of a bundle reads: all keys of one room. Where they are is all that is asked, and to read a hundred thousand of them, which anybody may send, would
 * take longer than a call may; so none is found there meanwhile.
 */
const isOfBundle = (records: Records): boolean =>
  [INBOUND, WITHHELD].includes(records.store) && rangeOnly(records) !== undefined;

const bundle: Question["ask"] = async (olm, room) => {
  (await olm.buildRoomKeyBundle(new WasmRoomId(room)))?.free();
};
const QUESTIONS: readonly Question[] = [
  { store: INBOUND, ask: bundle, whole: rangeOnly },
  { store: WITHHELD, ask: bundle, whole: rangeOnly },
  {
    store: "outbound_group_sessions",
    ask: (olm, room) => olm.invalidateGroupSession(new WasmRoomId(room)),
    whole: (records) => records,
  },
  {
    store: "received_room_key_bundles",
    ask: (olm, room, me) =>
      olm.getReceivedRoomKeyBundleData(new WasmRoomId(room), new WasmUserId(me)),
    whole: ofSameRoom,
  },
];

/**
 * The library has no call that deletes room keys, and its records lie under keyed hashes of rooms, which it alone can make. So it is asked for what it has of
 * the room, it is seen where it looks, and that is deleted. Where it looks somewhere else than in the version this was written for, nothing is deleted
 * and `forget` rejects.
 */
export function wasmStoredKeys(machine: Machine, me: UserId, store: Store): StoredKeys {
  const forget = async (room: RoomId): Promise<void> => {
    // First what is in memory: a session that is invalid is not used again, also where its record is gone.
    await machine.run((olm) => olm.invalidateGroupSession(new WasmRoomId(room)));
    await machine.run((olm) => olm.clearRoomPendingKeyBundle(new WasmRoomId(room)));
    const records: Records[] = [];
    for (const question of QUESTIONS)
      records.push(
        await placeOf(question, () =>
          store.askedDuring(() => machine.run((olm) => question.ask(olm, room, me)), isOfBundle),
        ),
      );
    await store.erase(records);
  };
  // One room at a time: of two, each would see where the other is looked for. Failures go to whoever asked.
  const queue = new KeyedQueue(() => undefined);
  return {
    async rooms() {
      const rooms = new Set<RoomId>();
      const note = (olm: OlmMachine): Promise<void> => noteRooms(olm, rooms);
      await store.eachPage(INBOUND, AT_ONCE, () => machine.run(note));
      return rooms;
    },
    forget: (room) => queue.inTurn("", () => forget(room)),
  };
}

async function noteRooms(olm: OlmMachine, rooms: Set<RoomId>): Promise<void> {
  await olm.exportRoomKeys((session) => {
    rooms.add(session.roomId.toString() as RoomId);
    session.free();
    return false;
  });
}

/** Where the library looks each time it is asked: other calls under way look elsewhere the next time. Rejects where that is not one place. */
async function placeOf(
  { store, whole }: Question,
  ask: () => Promise<readonly Records[]>,
): Promise<Records> {
  let places: ReadonlyMap<string, Records> | undefined;
  for (let tries = 0; tries < TRIES && places?.size !== 1; tries++) {
    const asked = (await ask())
      .filter((one) => one.store === store)
      .flatMap((one) => whole(one) ?? [])
      .map((one) => [nameOf(one), one] as const);
    const before = places;
    places = new Map(asked.filter(([name]) => before?.has(name) ?? true));
  }
  const [place, ...others] = places?.values() ?? [];
  if (place === undefined || others.length > 0)
    throw new Error(`the library does not show where it keeps what is in ${store}`);
  return place;
}

function nameOf({ bounds: { lower, upper } }: Records): string {
  return [lower, upper].map((bound) => Buffer.from(bound ?? []).toString("base64")).join();
}

/** A range within one room: what is looked for by a single key is one session, and what has no end is all of the store. */
function rangeOnly(records: Records): Records | undefined {
  const { lower, upper } = records.bounds;
  if (lower === undefined || upper === undefined) return undefined;
  const [from, to] = [decodeKey(lower), decodeKey(upper)];
  const within =
    typeof from === "string" &&
    from !== SEPARATOR &&
    from.indexOf(SEPARATOR) === from.length - 1 &&
    to === `${from.slice(0, -1)}${AFTER_SEPARATOR}`;
  return within ? records : undefined;
}

/** All that lies under the room of a single record. */
function ofSameRoom(records: Records): Records | undefined {
  const { lower } = records.bounds;
  const key = lower && decodeKey(lower);
  const parts = typeof key === "string" ? key.split(SEPARATOR) : [];
  const [room, rest] = parts;
  if (parts.length !== 2 || room === "" || rest === "") return undefined;
  const { bounds } = IDBKeyRange.bound(`${room}${SEPARATOR}`, `${room}${AFTER_SEPARATOR}`);
  return { ...records, bounds };
}
