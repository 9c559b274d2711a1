import { describe, expect, it } from "vitest";
import { decideDevice, decideIdentity, decideSecrets } from "./decide.ts";

describe("whether to open the store", () => {
  it.each([
    // token, stored, store, device on the homeserver
    ["NEW", undefined, false, false, { do: "create" }],
    ["OLD", undefined, false, true, { do: "refuse", code: "crypto-store-lost" }],
    ["OLD", "OLD", false, true, { do: "refuse", code: "crypto-store-lost" }],
    ["NEW", "OLD", false, false, { do: "create" }],
    ["OLD", "OLD", true, true, { do: "open" }],
    ["OLD", "OLD", true, false, { do: "open" }],
    ["OLD", undefined, true, false, { do: "open" }],
    ["OLD", undefined, true, true, { do: "open" }],
    ["NEW", "OLD", true, false, { do: "refuse", code: "crypto-device-mismatch" }],
    ["NEW", "OLD", true, true, { do: "refuse", code: "crypto-device-mismatch" }],
  ] as const)(
    "token %s, stored %s, store there %s, known to the homeserver %s",
    (tokenDevice, storedDevice, storePresent, deviceOnServer, decision) => {
      expect(decideDevice({ tokenDevice, storedDevice, storePresent, deviceOnServer })).toEqual(decision);
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
  ] as const)("complete %s, on the homeserver %s, recoverable %s, reset %s", (complete, onServer, recoverable, reset, decision) => {
    expect(decideIdentity({ complete, onServer, recoverable, reset })).toEqual(decision);
  });
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
  ] as const)("key at hand %s, on the homeserver %s, fits %s, reset %s", (keyAtHand, onServer, fits, reset, decision) => {
    expect(decideSecrets({ keyAtHand, onServer, fits, reset })).toBe(decision);
  });
});
