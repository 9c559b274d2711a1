import type { RoomId, UserId } from "../../src/kernel/ids.ts";
import type { RoomCipher } from "../../src/matrix/crypto/cipher.ts";
import { SqliteFile } from "../../src/matrix/crypto/indexeddb/file.ts";
import type { Content } from "../../src/matrix/port.ts";
import { CryptoHome, ME } from "../contract/cryptoHome.ts";

const DEVICE = "DEVICE";
const ANN = "@ann:example.org" as UserId;
const ANNS_DEVICE = "PHONE";
const WARM_UP = 20;

/** Times per handled message, ms. */
export interface Handling {
  /** Of the keys' part as a whole: taking in the sync, reading the message, encrypting the answer, telling the homeserver what is to be told. */
  readonly whole: number[];
  /** Of that, from the beginning of each transaction that writes until its commit is on the disk. */
  readonly writing: number[];
}

/** Usher's keys and a person's, both in this process with real stores, and between them a key server in memory. */
export async function handling(messages: number): Promise<Handling> {
  const [home, hers] = [new CryptoHome(), new CryptoHome()];
  hers.server = home.server;
  const measured: Handling = { whole: [], writing: [] };
  const writing = meterOfWrites();
  try {
    const { cipher: usher } = await home.start(DEVICE);
    const { cipher: ann } = await hers.start(ANNS_DEVICE, {
      me: ANN,
      call: home.server.callOf(ANN, ANNS_DEVICE),
    });
    const members = [ANN, ME];
    for (let count = -WARM_UP; count < messages; count += 1) {
      const room = roomNamed(count & 3);
      await sync(ann, home, ANN, ANNS_DEVICE);
      const event = await said(ann, room, members, count);
      const [begin, before] = [performance.now(), writing.total];
      await usher.receive(home.server.sync(ME, DEVICE));
      const read = await usher.decrypt(room, event);
      if (read.kind !== "decrypted") throw new Error(`A message could not be read: ${read.reason}`);
      await usher.encrypt(room, members, "m.room.message", {
        msgtype: "m.notice",
        body: "an answer",
      });
      await usher.flush();
      if (count < 0) continue;
      measured.whole.push(performance.now() - begin);
      measured.writing.push(writing.total - before);
    }
    return measured;
  } finally {
    writing.end();
    await home.remove();
    await hers.remove();
  }
}

/** How long it takes to open the keys at a start, ms: of an account with so many sessions in its store, and of one with none; in turns. */
export async function openings(
  sessions: number,
  rounds: number,
): Promise<{ readonly full: number[]; readonly empty: number[] }> {
  const [full, empty] = [new CryptoHome(), new CryptoHome()];
  const times = { full: [] as number[], empty: [] as number[] };
  try {
    await empty.start(DEVICE);
    await empty.stop();
    const { cipher, status } = await full.start(DEVICE);
    // For every room's key the library keeps a session to send with and one to read with.
    for (let room = 0; room < sessions; room += 1)
      await cipher.encrypt(roomNamed(room), [ME], "m.room.message", { body: "first" });
    const stored = (await status()).backup?.total;
    if (stored !== sessions) throw new Error(`The store has ${String(stored)} sessions`);
    await full.stop();
    for (let round = -1; round < rounds; round += 1) {
      const sides = [["full", full] as const, ["empty", empty] as const];
      for (const [side, home] of round % 2 === 0 ? sides : sides.reverse()) {
        const begin = performance.now();
        await home.start(DEVICE);
        if (round >= 0) times[side].push(performance.now() - begin);
        await home.stop();
      }
    }
    return times;
  } finally {
    await full.remove();
    await empty.remove();
  }
}

/** Sums up how long transactions that write take, in all stores of this process; what the library computes in their turns counts as well. */
function meterOfWrites(): { readonly total: number; readonly end: () => void } {
  const { prototype } = SqliteFile;
  /* oxlint-disable typescript/unbound-method -- they are called on the file they are taken from */
  const { begin, commit, rollback } = prototype;
  /* oxlint-enable typescript/unbound-method */
  let [since, total] = [undefined as number | undefined, 0];
  const end = (): void => {
    if (since !== undefined) total += performance.now() - since;
    since = undefined;
  };
  prototype.begin = function (this: SqliteFile): void {
    since ??= performance.now();
    begin.call(this);
  };
  prototype.commit = function (this: SqliteFile): void {
    commit.call(this);
    end();
  };
  prototype.rollback = function (this: SqliteFile): void {
    rollback.call(this);
    end();
  };
  return {
    get total() {
      return total;
    },
    end: () => {
      Object.assign(prototype, { begin, commit, rollback });
    },
  };
}

async function sync(
  cipher: RoomCipher,
  home: CryptoHome,
  user: UserId,
  device: string,
): Promise<void> {
  await cipher.receive(home.server.sync(user, device));
  await cipher.flush();
}

async function said(
  cipher: RoomCipher,
  room: RoomId,
  members: readonly UserId[],
  count: number,
): Promise<Content> {
  const sealed = await cipher.encrypt(room, members, "m.room.message", {
    msgtype: "m.text",
    body: "!usher privacy",
  });
  return {
    ...sealed,
    event_id: `$event${String(count)}`,
    sender: ANN,
    origin_server_ts: Date.now(),
    room_id: room,
  };
}

function roomNamed(number: number): RoomId {
  return `!room${String(number)}:example.org` as RoomId;
}
