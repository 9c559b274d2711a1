import { UsherError } from "../../kernel/errors.ts";
import type { RoomId, UserId } from "../../kernel/ids.ts";
import { KeyedQueue } from "../../kernel/tasks.ts";
import type { Content } from "../port.ts";
import { HomeserverError } from "../errors.ts";
import type { CryptoEngine } from "./engine.ts";
import type { RequestSender } from "./requests.ts";
import { DEFAULT_ROOM_SETTINGS } from "./roomSettings.ts";

const CLAIM = "claim";

/** Encrypts for rooms, in the order the library asks for: know the devices, claim, share, only then encrypt. */
export class RoomKeys {
  readonly #engine: CryptoEngine;
  readonly #sender: RequestSender;
  /** One thing at a time per room, and one claim at a time in all. Failures go to whoever asked. */
  readonly #queue = new KeyedQueue(() => undefined);

  constructor(engine: CryptoEngine, sender: RequestSender) {
    this.#engine = engine;
    this.#sender = sender;
  }

  /** Rejects with `crypto-keys-unshared` where the others' devices could not be given the key, or with `crypto-engine-broken`. */
  encrypt(room: RoomId, members: readonly UserId[], type: string, content: Content): Promise<Content> {
    return this.#inTurn(room, async () => {
      await this.#share(room, members);
      return this.#engine.encrypt(room, type, content);
    });
  }

  rotate(room: RoomId): Promise<void> {
    return this.#inTurn(room, async () => this.#engine.rotate?.(room));
  }

  /** Opens channels to devices that asked for something while there was none. */
  async claimMissing(users: readonly UserId[]): Promise<void> {
    await this.#inTurn(CLAIM, async () => {
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
    await this.#sender.drain();
    await this.claimMissing(members);
    const settings = (await this.#engine.roomSettings(room)) ?? DEFAULT_ROOM_SETTINGS;
    const shares = await this.#engine.share(room, members, settings);
    try {
      await this.#sender.send(shares);
    } catch (error) {
      if (!(error instanceof HomeserverError)) throw error;
      throw new UsherError("crypto-keys-unshared", { status: error.status, code: error.errcode ?? error.kind }, { cause: error });
    }
  }

  #inTurn<T>(key: string, task: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      void this.#queue.run(key, () => task().then(resolve, reject));
    });
  }
}
