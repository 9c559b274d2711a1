import { z } from "zod";
import type { Clock } from "../kernel/clock.ts";
import type { MxcUri, UserId } from "../kernel/ids.ts";
import { createHomeserverCall, path, type CallOptions, type HomeserverCall } from "./client.ts";
import { HomeserverError, isNotFound, toUsherError } from "./errors.ts";
import { expect } from "./roomReader.ts";

/** What its homeserver knows of an account; `unknown`: nothing. */
export type AccountState = "active" | "deactivated" | "unknown";

export interface AccountStates {
  /** Whether an account of Usher's own homeserver is in use. Rejects with an `UsherError`. Tries once. */
  accountState(user: UserId): Promise<AccountState>;
}

export interface MediaDeletion {
  /** Deletes a file that Usher's own homeserver keeps. Rejects with an `UsherError` where it may still be there. Tries once. Safe to repeat. */
  deleteMedia(file: MxcUri): Promise<void>;
}

/**
 * Why the admin API is of no use: its token is not accepted, is Usher's own, or is no admin's; it does not answer (a proxy hides it, mostly), or
 * belongs to another homeserver.
 */
export type AdminFault = "token" | "own-token" | "forbidden" | "silent" | "elsewhere";

interface SynapseAdminDeps {
  readonly url: string;
  readonly token: string;
  /** Usher's own account. */
  readonly me: UserId;
  readonly clock: Clock;
}

/** How long an answer may take; ms. Nobody waits for it. */
const PATIENCE_MS = 20_000;

/** The answer also holds addresses and more about the person: nothing but this leaves the function that reads it. */
const userState = z.object({ deactivated: z.boolean() });
const whoami = z.object({ user_id: z.string() });

/** Synapse's admin API, with the token of an account of its own (Synapse documentation, "Admin API"). */
export class SynapseAdmin implements AccountStates, MediaDeletion {
  readonly #call: HomeserverCall;
  readonly #me: UserId;
  readonly #stop = new AbortController();

  constructor({ url, token, me, clock }: SynapseAdminDeps) {
    this.#call = createHomeserverCall({ url, token, clock });
    this.#me = me;
  }

  async accountState(user: UserId): Promise<AccountState> {
    try {
      return await this.#stateOf(user);
    } catch (error) {
      throw toUsherError(error, "account-state");
    }
  }

  async deleteMedia(file: MxcUri): Promise<void> {
    const [server = "", id = ""] = file.slice("mxc://".length).split("/").map(encodeURIComponent);
    const where = `/_synapse/admin/v1/media/${server}/${id}`;
    try {
      await this.#call("DELETE", where, this.#limits).catch((error: unknown) => {
        if (!isNotFound(error)) throw error;
      });
      if (await this.#isThere(where)) throw new HomeserverError({ kind: "malformed" });
    } catch (error) {
      throw toUsherError(error, "delete-media");
    }
  }

  /** What is wrong with the way to the admin API; undefined where nothing is. Never rejects. */
  async fault(): Promise<AdminFault | undefined> {
    try {
      if ((await this.#owner()) === this.#me) return "own-token";
      // This account is there, or it is another homeserver.
      return (await this.#stateOf(this.#me)) === "active" ? undefined : "elsewhere";
    } catch (error) {
      const status = error instanceof HomeserverError ? error.status : undefined;
      if (status === 401) return "token";
      return status === 403 ? "forbidden" : "silent";
    }
  }

  /** Asks nothing more. */
  stop(): void {
    this.#stop.abort(new HomeserverError({ kind: "aborted" }));
  }

  async #stateOf(user: UserId): Promise<AccountState> {
    const where = `/_synapse/admin/v2/users/${encodeURIComponent(user)}`;
    try {
      const { deactivated } = expect(userState, await this.#get(where));
      return deactivated ? "deactivated" : "active";
    } catch (error) {
      if (isNotFound(error)) return "unknown";
      throw error;
    }
  }

  /** An older Synapse does not tell whether a file is there: that it was deleted must be enough then. */
  async #isThere(where: string): Promise<boolean> {
    try {
      await this.#get(where);
      return true;
    } catch (error) {
      const untold = error instanceof HomeserverError && error.errcode === "M_UNRECOGNIZED";
      if (untold || isNotFound(error)) return false;
      throw error;
    }
  }

  /** Whose token it is; undefined where the client API does not answer at this address, and need not. */
  async #owner(): Promise<string | undefined> {
    try {
      return expect(whoami, await this.#get(path("account", "whoami"))).user_id;
    } catch (error) {
      if (error instanceof HomeserverError && error.status === 404) return undefined;
      throw error;
    }
  }

  get #limits(): Pick<CallOptions, "timeoutMs" | "signal"> {
    return { timeoutMs: PATIENCE_MS, signal: this.#stop.signal };
  }

  #get(where: string): Promise<unknown> {
    return this.#call("GET", where, this.#limits);
  }
}
