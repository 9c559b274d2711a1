import { join } from "node:path";
import { systemClock } from "../../src/kernel/clock.ts";
import { NATIVE_CAPABILITIES, openNativeEngine } from "../../src/matrix/crypto/nativeEngine.ts";
import { WASM_CAPABILITIES } from "../../src/matrix/crypto/wasmEngine.ts";
import type { FilePath } from "../../src/privacy/declared.ts";
import { openWasmStore } from "../../src/matrix/crypto/wasmStore.ts";
import { NATIVE_HERE } from "../harness/engine.ts";
import { cryptoEngineContract } from "./cryptoEngine.ts";

cryptoEngineContract({
  name: "wasm",
  capabilities: WASM_CAPABILITIES,
  open: ({ folder, ...options }) =>
    openWasmStore({
      ...options,
      file: join(folder, "store.sqlite") as FilePath,
      clock: systemClock,
    }),
});

cryptoEngineContract({
  name: "native",
  capabilities: NATIVE_CAPABILITIES,
  open: (options) => openNativeEngine({ ...options, clock: systemClock }),
  ...(NATIVE_HERE
    ? {}
    : { absent: "the binary of @matrix-org/matrix-sdk-crypto-nodejs is not on this machine" }),
});
