import { describe, expect, it } from "vitest";
import { decideDevice, decideIdentity, decideSecrets } from "./decide.ts";

describe("whether to open the store", () => {
  it.each([
    // token, stored, by another engine, store, device on the homeserver
    ["NEW", undefined, false, false, false, { do: "create" }],
    ["OLD", undefined, false, false, true, { do: "refuse", code: "crypto-store-lost" }],
    ["OLD", "OLD", false, false, true, { do: "refuse", code: "crypto-store-lost" }],
    ["NEW", "OLD", false, false, false, { do: "create" }],
    ["OLD", "OLD", false, true, true, { do: "open" }],
    ["OLD", "OLD", false, true, false, { do: "open" }],
    ["OLD", undefined, false, true, false, { do: "open" }],
    ["OLD", undefined, false, true, true, { do: "open" }],
    ["NEW", "OLD", false, true, false, { do: "refuse", code: "crypto-device-mismatch" }],
    ["NEW", "OLD", false, true, true, { do: "refuse", code: "crypto-device-mismatch" }],
    ["OLD", "OLD", true, false, true, { do: "refuse", code: "crypto-engine-changed" }],
    ["OLD", "OLD", true, true, true, { do: "refuse", code: "crypto-engine-changed" }],
    ["OLD", "OLD", true, false, false, { do: "create" }],
    ["NEW", "OLD", true, false, false, { do: "create" }],
    ["NEW", "OLD", true, false, true, { do: "refuse", code: "crypto-store-lost" }],
    ["OLD", "NEW", true, true, true, { do: "open" }],
  ] as const)(
    "token %s, stored %s, by another engine %s, store there %s, known to the homeserver %s",
    (tokenDevice, storedDevice, otherEngine, storePresent, deviceOnServer, decision) => {
      expect(
        decideDevice({ tokenDevice, storedDevice, otherEngine, storePresent, deviceOnServer }),
      ).toEqual(decision);
    },
  );
});

describe("what to do about the identity", () => {
  it.each([
    // complete, on the homeserver, recoverable, reset
    [false, false, false, false, { do: "publish" }],
    [false, false, true, false, { do: "publish" }],
    [true, false, false, false, { do: "publish" }],
    [true, true, false, false, { do: "keep" }],
    [true, true, true, false, { do: "keep" }],
    [false, true, true, false, { do: "restore" }],
    [false, true, false, false, { do: "refuse", code: "crypto-identity-unknown" }],
    [false, true, false, true, { do: "reset" }],
    [true, true, true, true, { do: "reset" }],
  ] as const)(
    "complete %s, on the homeserver %s, recoverable %s, reset %s",
    (complete, onServer, recoverable, reset, decision) => {
      expect(decideIdentity({ complete, onServer, recoverable, reset })).toEqual(decision);
    },
  );
});

describe("what to do about the secret storage", () => {
  it.each([
    // key at hand, on the homeserver, fits, reset
    [false, false, false, false, "create"],
    [true, false, false, false, "adopt"],
    [true, true, true, false, "use"],
    [true, true, false, false, "leave"],
    [false, true, false, false, "leave"],
    [true, true, true, true, "create"],
    [false, true, false, true, "create"],
  ] as const)(
    "key at hand %s, on the homeserver %s, fits %s, reset %s",
    (keyAtHand, onServer, fits, reset, decision) => {
      expect(decideSecrets({ keyAtHand, onServer, fits, reset })).toBe(decision);
    },
  );
});
