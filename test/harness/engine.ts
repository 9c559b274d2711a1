import type { Capabilities, EngineName } from "../../src/matrix/crypto/engine.ts";
import { NATIVE_CAPABILITIES } from "../../src/matrix/crypto/nativeEngine.ts";
import { WASM_CAPABILITIES } from "../../src/matrix/crypto/wasmEngine.ts";
import { nativeCrypto } from "../../src/matrix/sdk.ts";

/** Whether the native engine can be tried here. */
export const NATIVE_HERE = nativeCrypto() !== undefined;

/** The engine that end-to-end tests encrypt with: `wasm`, unless `USHER_TEST_ENGINE` says `native`. Tests of what it lacks are skipped. */
export const TEST_ENGINE: EngineName = chosen(process.env["USHER_TEST_ENGINE"]);
export const TEST_CAPABILITIES: Capabilities =
  TEST_ENGINE === "native" ? NATIVE_CAPABILITIES : WASM_CAPABILITIES;

function chosen(name: string | undefined): EngineName {
  if (name === undefined || name === "wasm") return "wasm";
  if (name !== "native") throw new Error("USHER_TEST_ENGINE is wasm or native");
  if (!NATIVE_HERE)
    throw new Error(
      "USHER_TEST_ENGINE is native, and the binary of @matrix-org/matrix-sdk-crypto-nodejs is not on this machine",
    );
  return name;
}
