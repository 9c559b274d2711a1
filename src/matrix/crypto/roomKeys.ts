import { UsherError } from "../../kernel/errors.ts";
import type { RoomId, UserId } from "../../kernel/ids.ts";
import type { Log } from "../../kernel/log.ts";
import { KeyedQueue, settledWithin } from "../../kernel/tasks.ts";
import type { Content } from "../port.ts";
import { HomeserverError } from "../errors.ts";
import type { CryptoEngine } from "./engine.ts";
import type { RequestSender } from "./requests.ts";
import { DEFAULT_ROOM_SETTINGS } from "./roomSettings.ts";

interface RoomKeysDeps {
  readonly engine: CryptoEngine;
  readonly sender: RequestSender;
  /** How long a message waits for others' keys; ms. Whoever's server is slower gets the room's key with a later message. */
  readonly keysPatienceMs: number;
  readonly log: Log;
}

/** Encrypts for rooms, in the order the library asks for: know the devices, claim, share, only then encrypt. */
export class RoomKeys {
  readonly #deps: RoomKeysDeps;
  readonly #engine: CryptoEngine;
  readonly #sender: RequestSender;
  /** One message and one claim at a time per room: no room waits for the servers of another's people. Failures go to whoever asked. */
  readonly #queue = new KeyedQueue(() => undefined);
  /** Rooms in which something is being encrypted, and how many such things. */
  readonly #busy = new Map<RoomId, number>();
  /** Those of them whose key is to be replaced before the next. */
  readonly #stale = new Set<RoomId>();

  constructor(deps: RoomKeysDeps) {
    this.#deps = deps;
    this.#engine = deps.engine;
    this.#sender = deps.sender;
  }

  /** Rejects with `crypto-keys-unshared` where the others' devices could not be given the key, or with `crypto-engine-broken`. */
  async encrypt(
    room: RoomId,
    members: readonly UserId[],
    type: string,
    content: Content,
  ): Promise<Content> {
    this.#busy.set(room, (this.#busy.get(room) ?? 0) + 1);
    try {
      return await this.#inTurn(room, async () => {
        if (this.#stale.delete(room)) await this.#engine.rotate?.(room);
        await this.#share(room, members);
        return this.#engine.encrypt(room, type, content);
      });
    } finally {
      const left = (this.#busy.get(room) ?? 1) - 1;
      if (left > 0) this.#busy.set(room, left);
      else this.#busy.delete(room);
    }
  }

  /** Where a message is under way, which may wait long for others' servers, the key is replaced before the next one. */
  async rotate(room: RoomId): Promise<void> {
    if (this.#busy.has(room)) this.#stale.add(room);
    else await this.#engine.rotate?.(room);
  }

  /** Opens channels to devices that asked for something while there was none. */
  async claimMissing(users: readonly UserId[], room = ""): Promise<void> {
    await this.#inTurn(`claim ${room}`, async () => {
      const claim = await this.#engine.claim(users);
      if (claim === undefined) return;
      try {
        await this.#sender.send([claim]);
      } catch (error) {
        // Devices whose server is away get the key with a later message; the others must not wait for them.
        if (!(error instanceof HomeserverError)) throw error;
      }
    });
  }

  async #share(room: RoomId, members: readonly UserId[]): Promise<void> {
    await this.#engine.track(members);
    await this.#inTime(this.#sender.drain());
    const claimed = this.claimMissing(members, room);
    // What fails in time, fails the message.
    if (await this.#inTime(claimed)) await claimed;
    const settings = (await this.#engine.roomSettings(room)) ?? DEFAULT_ROOM_SETTINGS;
    const shares = await this.#engine.share(room, members, settings);
    try {
      await this.#sender.send(shares);
    } catch (error) {
      if (!(error instanceof HomeserverError)) throw error;
      throw new UsherError(
        "crypto-keys-unshared",
        { status: error.status, code: error.errcode ?? error.kind },
        { cause: error },
      );
    }
  }

  async #inTime(keys: Promise<unknown>): Promise<boolean> {
    const { keysPatienceMs, log } = this.#deps;
    const came = await settledWithin(keys, keysPatienceMs);
    if (!came) log.warn({ class: "ops", what: "crypto.keys-slow" });
    return came;
  }

  #inTurn<T>(key: string, task: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      void this.#queue.run(key, () => task().then(resolve, reject));
    });
  }
}
