import { createRequire, registerHooks } from "node:module";
import type * as SdkModule from "matrix-bot-sdk";
import type * as NativeCryptoModule from "@matrix-org/matrix-sdk-crypto-nodejs";

/**
 * The only importer of matrix-bot-sdk. The SDK requires, at its first line, a native crypto package whose binary is fetched
 * outside npm, and so cannot be imported where that binary is absent. Usher's encryption is its own, so the SDK gets an empty module
 * in its place. The same goes for what only its application service, its storage and its reply helpers use, and for `request`, which
 * is no longer maintained (CVE-2023-28155) and is replaced by `http.ts`: nothing of it is ever loaded, which also halves the start.
 */
const UNUSED_BY_US: ReadonlySet<string> = new Set([
  "@matrix-org/matrix-sdk-crypto-nodejs",
  "request",
  "express",
  "morgan",
  "postgres",
  "sanitize-html",
  "html-to-text",
  "htmlencode",
]);

const EMPTY = "usher:empty";
const require = createRequire(import.meta.url);

function importSdk(): typeof SdkModule {
  const hooks = registerHooks({
    resolve: (specifier, context, next) =>
      UNUSED_BY_US.has(specifier) && context.parentURL?.includes("/matrix-bot-sdk/") === true
        ? { url: EMPTY, format: "commonjs", shortCircuit: true }
        : next(specifier, context),
    load: (url, context, next) =>
      url === EMPTY
        ? { format: "commonjs", source: "module.exports = {};", shortCircuit: true }
        : next(url, context),
  });
  try {
    return require("matrix-bot-sdk") as typeof SdkModule;
  } finally {
    hooks.deregister();
  }
}

const sdk = importSdk();
export const MatrixClient = sdk.MatrixClient;
export const setRequestFn = sdk.setRequestFn;
export const LogService = sdk.LogService;
export type MatrixClient = SdkModule.MatrixClient;

/** The native crypto package, or undefined where its binary is absent or does not load. Loaded when first asked for. */
export function nativeCrypto(): typeof NativeCryptoModule | undefined {
  try {
    return require("@matrix-org/matrix-sdk-crypto-nodejs") as typeof NativeCryptoModule;
  } catch {
    return undefined;
  }
}
