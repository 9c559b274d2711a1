import type { HomeserverCall } from "../../src/matrix/client.ts";
import type { CryptoSyncPart } from "../../src/matrix/crypto/cipher.ts";
import { HomeserverError } from "../../src/matrix/errors.ts";
import type { UserId } from "../../src/kernel/ids.ts";
import type { Content } from "../../src/matrix/port.ts";

type Tree = Record<string, Record<string, Record<string, unknown>>>;

interface Device {
  keys: Record<string, unknown> | undefined;
  readonly oneTime: Map<string, unknown>;
  readonly fallback: Map<string, unknown>;
  inbox: Content[];
  told: number;
}

interface Backup {
  readonly version: string;
  readonly info: object;
  readonly rooms: Record<string, { sessions: Record<string, unknown> }>;
}

/** As much of a homeserver as keys need, in memory: uploads, queries, claims, messages to devices, account data, backups. */
export class KeyServer {
  readonly #devices = new Map<string, Device>();
  readonly #identities = new Map<string, Record<string, Record<string, unknown>>>();
  readonly #accountData = new Map<string, unknown>();
  #backup: Backup | undefined;
  #backups = 0;
  refusesDeletions = false;
  /** Whose keys changed, in order; devices remember how far they were told. */
  readonly #changes: UserId[] = [];

  /** The calls of one device. */
  callOf(user: string, device: string): HomeserverCall {
    return async (method, path, options = {}) =>
      Promise.resolve(
        this.#answer(
          user,
          device,
          `${method} ${path.replace("/_matrix/client/v3/", "")}`,
          (options.body ?? {}) as Tree,
        ),
      );
  }

  /** What a sync would bring this device now. */
  sync(user: string, device: string): CryptoSyncPart {
    const here = this.#device(user, device);
    const toDevice = here.inbox;
    here.inbox = [];
    const changed = this.#changes.slice(here.told);
    here.told = this.#changes.length;
    return {
      toDevice,
      changedUsers: [...new Set(changed)],
      leftUsers: [],
      oneTimeKeyCounts: { signed_curve25519: here.oneTime.size },
      unusedFallbackKeys: [...here.fallback.keys()].map((name) => name.split(":")[0] ?? ""),
    };
  }

  /** What lies in the device's inbox, taken out: it arrives when it is put back. */
  hold(user: string, device: string): () => void {
    const here = this.#device(user, device);
    const held = here.inbox;
    here.inbox = [];
    return () => {
      here.inbox = [...held, ...here.inbox];
    };
  }

  get backedUp(): Readonly<
    Record<string, { readonly sessions: Readonly<Record<string, unknown>> }>
  > {
    return this.#backup?.rooms ?? {};
  }

  #device(user: string, device: string): Device {
    const name = `${user} ${device}`;
    const known = this.#devices.get(name) ?? {
      keys: undefined,
      oneTime: new Map(),
      fallback: new Map(),
      inbox: [],
      told: 0,
    };
    this.#devices.set(name, known);
    return known;
  }

  #devicesOf(user: string): [string, Device][] {
    return [...this.#devices]
      .filter(([name]) => name.startsWith(`${user} `))
      .map(([name, device]) => [name.slice(user.length + 1), device]);
  }

  #answer(user: string, deviceId: string, what: string, body: Tree): unknown {
    switch (what) {
      case "POST keys/upload":
        return this.#upload(user, deviceId, body);
      case "POST keys/query":
        return this.#query(Object.keys(body["device_keys"] ?? {}));
      case "POST keys/claim":
        return {
          one_time_keys: this.#claim(
            body["one_time_keys"] as unknown as Record<string, Record<string, string>>,
          ),
          failures: {},
        };
      case "POST keys/device_signing/upload":
        // Replacing an identity needs the password (MSC3967).
        if (
          this.#identities.has(user) &&
          !sameKeys(this.#identities.get(user), body) &&
          (body["auth"] as { password?: unknown } | undefined)?.password !== PASSWORD
        ) {
          throw new HomeserverError({ kind: "answered", status: 401 });
        }
        this.#identities.set(user, body);
        this.#changes.push(user as UserId);
        return {};
      case "POST keys/signatures/upload":
        this.#sign(body);
        return { failures: {} };
      case "PUT room_keys/keys":
        return this.#copy(
          (body["rooms"] ?? {}) as Record<string, { sessions: Record<string, unknown> }>,
        );
      case "GET room_keys/version":
        return {
          version: this.#backupNow().version,
          count: Object.values(this.#backupNow().rooms).flatMap(({ sessions }) =>
            Object.keys(sessions),
          ).length,
          ...this.#backupNow().info,
        };
      case "GET room_keys/keys":
        return { rooms: this.#backupNow().rooms };
      case "POST room_keys/version":
        this.#backups += 1;
        this.#backup = { version: String(this.#backups), info: body, rooms: {} };
        return { version: this.#backup.version };
      default:
        if (what.startsWith("DELETE room_keys/keys/"))
          return this.#dropCopies(decodeURIComponent(what.split("/")[2] ?? ""));
        if (what.includes(" user/")) return this.#ofAccount(what, body);
        if (what.startsWith("PUT sendToDevice/"))
          return this.#deliver(user, what.split("/")[1] ?? "", body["messages"] ?? {});
        throw new HomeserverError({ kind: "answered", status: 404, errcode: "M_UNRECOGNIZED" });
    }
  }

  #ofAccount(what: string, body: Tree): unknown {
    const [method, ...where] = what.split(" ");
    const place = where.join(" ");
    if (method === "PUT") {
      this.#accountData.set(place, body);
      return {};
    }
    return this.#accountData.get(place) ?? notFound();
  }

  #backupNow(): Backup {
    return this.#backup ?? notFound();
  }

  #copy(rooms: Readonly<Record<string, { sessions: Record<string, unknown> }>>): object {
    const { rooms: here } = this.#backupNow();
    for (const [room, { sessions }] of Object.entries(rooms))
      here[room] = { sessions: { ...here[room]?.sessions, ...sessions } };
    return { etag: "1", count: 1 };
  }

  #dropCopies(room: string): object {
    const { rooms: here } = this.#backupNow();
    if (this.refusesDeletions) throw new HomeserverError({ kind: "answered", status: 500 });
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- as JSON has it
    delete here[room];
    return { etag: "2", count: 0 };
  }

  #upload(user: string, deviceId: string, body: Tree): unknown {
    const device = this.#device(user, deviceId);
    for (const [name, key] of Object.entries(body["one_time_keys"] ?? {})) {
      const before = device.oneTime.get(name);
      if (before !== undefined && JSON.stringify(before) !== JSON.stringify(key))
        throw new HomeserverError({ kind: "answered", status: 400, errcode: "M_UNKNOWN" });
    }
    if (body["device_keys"] !== undefined) {
      device.keys = body["device_keys"];
      this.#changes.push(user as UserId);
    }
    for (const [name, key] of Object.entries(body["one_time_keys"] ?? {}))
      device.oneTime.set(name, key);
    for (const [name, key] of Object.entries(body["fallback_keys"] ?? {}))
      device.fallback.set(name, key);
    return { one_time_key_counts: { signed_curve25519: device.oneTime.size } };
  }

  #query(users: readonly string[]): unknown {
    const part = (name: string): object =>
      Object.fromEntries(
        users.flatMap((user) => {
          const key = this.#identities.get(user)?.[name];
          return key === undefined ? [] : [[user, key]];
        }),
      );
    const shown = (user: string): object =>
      Object.fromEntries(
        this.#devicesOf(user).flatMap(([id, { keys }]) => (keys === undefined ? [] : [[id, keys]])),
      );
    return {
      device_keys: Object.fromEntries(users.map((user) => [user, shown(user)])),
      master_keys: part("master_key"),
      self_signing_keys: part("self_signing_key"),
      user_signing_keys: part("user_signing_key"),
      failures: {},
    };
  }

  #claim(wanted: Readonly<Record<string, Record<string, string>>>): unknown {
    const answer: Tree = {};
    for (const [user, devices] of Object.entries(wanted)) {
      for (const id of Object.keys(devices)) {
        const device = this.#device(user, id);
        const [name, key] = [...device.oneTime, ...device.fallback][0] ?? [];
        if (name === undefined) continue;
        device.oneTime.delete(name);
        ((answer[user] ??= {})[id] ??= {})[name] = key;
      }
    }
    return answer;
  }

  #sign(body: Tree): void {
    for (const [user, things] of Object.entries(body)) {
      for (const [id, signed] of Object.entries(things)) {
        const identity = Object.values(this.#identities.get(user) ?? {}).find((key) =>
          Object.values(key["keys"] ?? {}).includes(id),
        );
        const target = identity ?? this.#device(user, id).keys;
        if (target !== undefined)
          target["signatures"] = merged(target["signatures"], signed["signatures"]);
      }
      this.#changes.push(user as UserId);
    }
  }

  #deliver(
    sender: string,
    type: string,
    messages: Readonly<Record<string, Record<string, unknown>>>,
  ): object {
    for (const [user, devices] of Object.entries(messages)) {
      for (const [id, content] of Object.entries(devices))
        this.#device(user, id).inbox.push({ type, sender, content });
    }
    return {};
  }
}

/** The password of every account. */
export const PASSWORD = "correct horse";

function notFound(): never {
  throw new HomeserverError({ kind: "answered", status: 404, errcode: "M_NOT_FOUND" });
}

function sameKeys(one: Tree[string] | undefined, other: Tree[string] | undefined): boolean {
  const keys = (identity: Tree[string] | undefined): string =>
    JSON.stringify(identity?.["master_key"]?.["keys"]);
  return keys(one) === keys(other);
}

function merged(one: unknown, other: unknown): object {
  const result: Record<string, object> = { ...(one as Record<string, object> | undefined) };
  for (const [user, signatures] of Object.entries((other ?? {}) as Record<string, object>))
    result[user] = { ...result[user], ...signatures };
  return result;
}
