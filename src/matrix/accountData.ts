import type { RoomId, UserId } from "../kernel/ids.ts";
import type { AccountDataType } from "../privacy/declared.ts";
import { path, type HomeserverCall } from "./client.ts";
import { isNotFound } from "./errors.ts";
import { content } from "./events.ts";
import type { Content } from "./port.ts";
import { expect } from "./roomReader.ts";

/**
 * What Usher's own account keeps on the homeserver, for the account or for one room (client-server API, "Client Config").
 * Rejects with a `HomeserverError`. Tries once.
 */
export class OwnAccountData {
  readonly #call: HomeserverCall;
  readonly #me: UserId;

  constructor(call: HomeserverCall, me: UserId) {
    this.#call = call;
    this.#me = me;
  }

  /** Unchecked but for being an object; undefined if there is none. */
  async get(type: string, room?: RoomId): Promise<Content | undefined> {
    try {
      return expect(content, await this.#call("GET", this.#path(type, room)));
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** The only way account data is written: the type is one of the data map. */
  async set(type: AccountDataType, body: Content, room?: RoomId): Promise<void> {
    await this.#call("PUT", this.#path(type, room), { body });
  }

  #path(type: string, room: RoomId | undefined): string {
    const of = room === undefined ? [] : ["rooms", room];
    return path("user", this.#me, ...of, "account_data", type);
  }
}
