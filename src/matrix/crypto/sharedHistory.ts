import { DAY_MS } from "../../kernel/days.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { RoomId, UserId } from "../../kernel/ids.ts";
import { errorFields, pseudonym, type Log } from "../../kernel/log.ts";
import type { CryptoEngine } from "./engine.ts";

/** Keys that an inviter shares come within minutes; later ones are of no use to a bot that answers commands. */
const PATIENCE_MS = DAY_MS;

/** Fetches the encrypted file at an `mxc:` address. */
export type Download = (address: string) => Promise<Uint8Array>;

interface SharedHistoryDeps {
  readonly engine: CryptoEngine;
  readonly download: Download;
  readonly clock: Clock;
  readonly log: Log;
}

/** Takes the keys of earlier messages that whoever invited Usher shares (MSC4268); the events they open then count as late ones. */
export class SharedHistory {
  readonly #deps: SharedHistoryDeps;
  /** Whether rooms are waited for; unknown at the start. */
  #waiting = true;

  constructor(deps: SharedHistoryDeps) {
    this.#deps = deps;
  }

  async expect(room: RoomId, inviter: UserId): Promise<void> {
    const { engine } = this.#deps;
    await engine.history?.expect(room, inviter);
    // Keys are taken from devices alone that are known, and signed by the inviter's identity.
    await engine.track([inviter]);
    this.#waiting = true;
  }

  /** Looks for keys in every room where they may still come. Never rejects. */
  async look(): Promise<void> {
    const { engine, clock, log } = this.#deps;
    const { history } = engine;
    if (history === undefined || !this.#waiting) return;
    try {
      const rooms = await history.expected();
      this.#waiting = rooms.length > 0;
      for (const { room, inviter, acceptedAt } of rooms) {
        if (clock.now() - acceptedAt > PATIENCE_MS) await history.forget(room);
        else await this.#take(room, inviter);
      }
    } catch (error) {
      log.warn({ class: "ops", what: "crypto.history-failed", ...errorFields(error) });
    }
  }

  async #take(room: RoomId, inviter: UserId): Promise<void> {
    const { engine, download, log } = this.#deps;
    const { history } = engine;
    if (history === undefined) return;
    const address = await history.offer(room, inviter);
    if (address === undefined) return;
    try {
      await history.take(room, inviter, await download(address));
      log.info({ class: "bot", what: "crypto.history-taken", where: pseudonym(room) });
    } finally {
      await history.forget(room);
    }
  }
}
