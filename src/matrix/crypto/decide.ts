import type { ErrorCode } from "../../kernel/errorCodes.ts";

/** What is known before the store is opened. */
export interface DeviceFacts {
  /** The device the access token belongs to. */
  readonly tokenDevice: string;
  /** The device the latest start here was made for, as it was written down beside the store. */
  readonly storedDevice: string | undefined;
  /** That start was with another engine, which keeps a store of its own. */
  readonly otherEngine: boolean;
  readonly storePresent: boolean;
  /** The homeserver shows keys of the token's device. */
  readonly deviceOnServer: boolean;
}

export type DeviceDecision =
  { readonly do: "open" | "create" } | { readonly do: "refuse"; readonly code: ErrorCode };

/** Whether to open the store, to make a new one, or to stop: a new store under an old device would make everything sent to that device unreadable. */
export function decideDevice({
  tokenDevice,
  storedDevice,
  otherEngine,
  storePresent,
  deviceOnServer,
}: DeviceFacts): DeviceDecision {
  const sameDevice = storedDevice === tokenDevice;
  if (otherEngine && sameDevice && deviceOnServer)
    return { do: "refuse", code: "crypto-engine-changed" };
  if (!storePresent)
    return deviceOnServer ? { do: "refuse", code: "crypto-store-lost" } : { do: "create" };
  // What was written down says nothing of the other engine's store; opening it tells whose it is.
  if (storedDevice !== undefined && !sameDevice && !otherEngine)
    return { do: "refuse", code: "crypto-device-mismatch" };
  return { do: "open" };
}

/** What is known after the store is open and the account's public keys were fetched. */
export interface IdentityFacts {
  /** All three private keys of the identity are in the store. */
  readonly complete: boolean;
  /** The homeserver shows an identity for the account. */
  readonly onServer: boolean;
  /** A recovery key is at hand, and the account has a secret storage that it may open. */
  readonly recoverable: boolean;
  /** An operator said, with the password, that the identity is to be replaced. */
  readonly reset: boolean;
}

export type IdentityDecision =
  | { readonly do: "keep" | "publish" | "restore" | "reset" }
  | { readonly do: "refuse"; readonly code: ErrorCode };

/** What to do about the account's identity. An identity that exists is never replaced unless somebody said so. */
export function decideIdentity({
  complete,
  onServer,
  recoverable,
  reset,
}: IdentityFacts): IdentityDecision {
  if (reset) return { do: "reset" };
  if (!onServer) return { do: "publish" };
  if (complete) return { do: "keep" };
  return recoverable ? { do: "restore" } : { do: "refuse", code: "crypto-identity-unknown" };
}

/** What is known of the account's secret storage. */
export interface SecretFacts {
  /** A recovery key is in its file. */
  readonly keyAtHand: boolean;
  /** The account names a default key. */
  readonly onServer: boolean;
  /** The key at hand opens it. */
  readonly fits: boolean;
  readonly reset: boolean;
}

/**
 * `create`: a new key, written to its file first. `adopt`: the key in the file for a storage that was never finished. `use`: all is well.
 * `leave`: there is a storage and no key here that opens it; that is an operator's good right who keeps the key elsewhere.
 */
export function decideSecrets({
  keyAtHand,
  onServer,
  fits,
  reset,
}: SecretFacts): "create" | "adopt" | "use" | "leave" {
  if (reset) return "create";
  if (onServer) return keyAtHand && fits ? "use" : "leave";
  return keyAtHand ? "adopt" : "create";
}
