import { IDBDatabase } from "./database.ts";
import { asException, exception } from "./exception.ts";
import type { SqliteFile } from "./file.ts";
import { queueTask, type Lane } from "./lane.ts";
import { dispatch, IDBEvent, IDBOpenDBRequest, IDBVersionChangeEvent } from "./request.ts";

const turn = (): Promise<void> => new Promise((resolve) => queueTask(resolve));

/** `IDBFactory` of IndexedDB 3.0, section 4.3, over one file. */
export class IDBFactory {
  readonly #file: SqliteFile;
  readonly #lane: Lane;
  readonly #connections = new Set<IDBDatabase>();
  /** The last open request of each database: they are served one after another. */
  readonly #last = new Map<string, Promise<void>>();
  #closed = false;

  constructor(file: SqliteFile, lane: Lane) {
    this.#file = file;
    this.#lane = lane;
  }

  /** Opens a database, at its own version or 1 where none is given; throws TypeError for what is not a version. */
  open(name: string, version?: number): IDBOpenDBRequest {
    if (version !== undefined && !(Number.isSafeInteger(version) && version > 0))
      throw new TypeError("a version is a whole number above 0");
    const request = new IDBOpenDBRequest();
    const before = this.#last.get(name) ?? Promise.resolve();
    this.#last.set(
      name,
      before.then(() => this.#serve(request, name, version)),
    );
    return request;
  }

  /** Only this folder calls it: closes every connection and resolves when nothing runs any more. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const connection of this.#connections) connection.close();
    await Promise.all(this.#last.values());
    await Promise.all([...this.#connections].map((connection) => connection.closed));
  }

  /** Never rejects: what goes wrong is told to the request. */
  async #serve(
    request: IDBOpenDBRequest,
    name: string,
    version: number | undefined,
  ): Promise<void> {
    try {
      await turn();
      const connection = await this.#connect(request, name, version);
      await turn();
      request.settle(connection, null);
      dispatch(new IDBEvent("success", request), { handler: request.onsuccess, self: request });
    } catch (error) {
      await turn();
      request.settle(undefined, asException(error));
      dispatch(new IDBEvent("error", request), { handler: request.onerror, self: request });
    }
  }

  async #connect(
    request: IDBOpenDBRequest,
    name: string,
    wanted: number | undefined,
  ): Promise<IDBDatabase> {
    if (this.#closed) throw exception("InvalidStateError", "the store is closed");
    const connection = new IDBDatabase(this.#file, this.#lane, name);
    const version = wanted ?? Math.max(connection.version, 1);
    if (version < connection.version)
      throw exception("VersionError", "the database has a newer version");
    if (version > connection.version) await this.#upgrade(request, connection, version);
    this.#connections.add(connection);
    void connection.closed.then(() => this.#connections.delete(connection));
    if (this.#closed) connection.close();
    return connection;
  }

  async #upgrade(
    request: IDBOpenDBRequest,
    connection: IDBDatabase,
    version: number,
  ): Promise<void> {
    const old = connection.version;
    await this.#othersClosed(request, connection, version);
    const upgrade = connection.upgradeTo(version, (transaction) => {
      request.transaction = transaction;
      request.settle(connection, null);
      const event = new IDBVersionChangeEvent("upgradeneeded", request, old, version);
      if (!dispatch(event, { handler: request.onupgradeneeded, self: request }))
        throw exception("AbortError", "a handler threw");
    });
    const complete = await upgrade.ended;
    request.transaction = null;
    if (!complete)
      throw exception("AbortError", "the upgrade was aborted", upgrade.error ?? undefined);
    if (connection.closing)
      throw exception("AbortError", "the connection was closed during the upgrade");
  }

  async #othersClosed(
    request: IDBOpenDBRequest,
    connection: IDBDatabase,
    version: number,
  ): Promise<void> {
    const others = [...this.#connections].filter((other) => other.name === connection.name);
    for (const other of others) {
      if (other.closing) continue;
      dispatch(new IDBVersionChangeEvent("versionchange", other, connection.version, version), {
        handler: other.onversionchange,
        self: other,
      });
    }
    if (others.some((other) => !other.closing)) {
      await turn();
      dispatch(new IDBVersionChangeEvent("blocked", request, connection.version, version), {
        handler: request.onblocked,
        self: request,
      });
    }
    await Promise.all(others.map((other) => other.closed));
  }
}
