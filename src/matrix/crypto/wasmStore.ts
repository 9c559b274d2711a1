import { randomUUID } from "node:crypto";
import { UsherError } from "../../kernel/errors.ts";
import type { FilePath } from "../../privacy/declared.ts";
import type { CryptoEngine } from "./engine.ts";
import { openSqliteIndexedDb, type SqliteIndexedDb } from "./indexeddb/sqliteIndexedDb.ts";
import { registerStore } from "./storeWorld.ts";
import { openWasmEngine, type WasmEngineOptions } from "./wasmEngine.ts";

/**
 * The engine in WebAssembly on a file of its own. What a call of it has changed is on the disk when the call resolves.
 * Rejects with `crypto-store-unreadable` where the file is damaged, held by another process, or locked with another key.
 */
export async function openWasmStore(
  options: Omit<WasmEngineOptions, "storeName" | "onClosed" | "store"> & {
    readonly file: FilePath;
  },
): Promise<CryptoEngine> {
  const database = openDatabase(options.file);
  database.install(globalThis);
  const storeName = randomUUID();
  const forget = registerStore(storeName, database.factory);
  const release = async (): Promise<void> => {
    forget();
    await database.close();
  };
  try {
    return await openWasmEngine({
      ...options,
      storeName,
      onClosed: release,
      store: database,
    });
  } catch (error) {
    await release();
    throw error;
  }
}

function openDatabase(file: FilePath): SqliteIndexedDb {
  try {
    return openSqliteIndexedDb(file);
  } catch (error) {
    throw new UsherError("crypto-store-unreadable", { file }, { cause: error });
  }
}
