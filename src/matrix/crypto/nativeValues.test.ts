import type * as Native from "@matrix-org/matrix-sdk-crypto-nodejs";
import { describe, expect, it } from "vitest";
import type { SealedIdentity } from "./engine.ts";
import {
  itemsOf,
  keyNewsIn,
  nativeRequest,
  REQUEST_NUMBER,
  sealedIn,
  unreadableReason,
} from "./nativeValues.ts";

/** As the package gives it; seen by running it. */
function given(fields: object): Native.ToDeviceRequest {
  return fields as Native.ToDeviceRequest;
}

describe("a request of the native package", () => {
  it("that shares a room's key is known by its transaction, since it has no id", () => {
    const share = given({
      type: REQUEST_NUMBER.toDevice,
      id: "",
      txnId: "t1",
      eventType: "m.room.encrypted",
      body: "{}",
    });
    expect(nativeRequest(share)).toEqual({
      kind: "toDevice",
      id: "t1",
      txnId: "t1",
      eventType: "m.room.encrypted",
      body: "{}",
    });
  });

  it("keeps the id it has", () => {
    expect(nativeRequest(given({ type: REQUEST_NUMBER.keysUpload, id: "u1", body: "{}" }))).toEqual(
      {
        kind: "keysUpload",
        id: "u1",
        body: "{}",
      },
    );
  });

  it("that uploads signatures loses its wrapping, and needs no word of the answer", () => {
    const keys = { "@a:example.org": { DEVICE: { signatures: {} } } };
    const upload = (body: object): Native.ToDeviceRequest =>
      given({ type: REQUEST_NUMBER.signatures, id: "", body: JSON.stringify(body) });
    expect(nativeRequest(upload({ signed_keys: keys }))).toEqual({
      kind: "signatures",
      id: undefined,
      body: JSON.stringify(keys),
    });
    expect(nativeRequest(upload(keys))).toEqual({
      kind: "signatures",
      id: undefined,
      body: JSON.stringify(keys),
    });
  });
});

describe("why the native package cannot read an event", () => {
  it.each([
    [
      "Can't find the room key to decrypt the event, withheld code: None",
      { reason: "missing-key" },
    ],
    [
      `Can't find the room key to decrypt the event, withheld code: Some("m.unverified")`,
      { reason: "missing-key", withheld: "m.unverified" },
    ],
    [
      `Can't find the room key to decrypt the event, withheld code: Some("<b>")`,
      { reason: "missing-key" },
    ],
    [
      "The message was encrypted using an unknown message index, first known index 3, index of the message 0",
      { reason: "unknown-index" },
    ],
    [
      "decryption failed because of mismatched identity keys of the sending device and those recorded in the to-device message",
      { reason: "sender-mismatch" },
    ],
    [
      "decryption failed because trust requirement not satisfied: The sender does not match",
      { reason: "sender-mismatch" },
    ],
    [
      "The message was too short, it didn't contain a valid payload at line 1 column 200",
      { reason: "malformed" },
    ],
  ])("%s", (sentence, reason) => {
    expect(unreadableReason(sentence)).toEqual(reason);
  });
});

describe("the keys that came with a part of a sync", () => {
  it("are told by room and session", () => {
    const answer = [[], [{ room_id: "!a:b.example", session_id: "s1", algorithm: "megolm" }]];
    expect(keyNewsIn(JSON.stringify(answer))).toEqual([{ room: "!a:b.example", session: "s1" }]);
  });

  it("are none where the package says nothing of any, or says it otherwise", () => {
    for (const answer of [[[], []], [[]], [[], [{ room_id: "!a:b.example" }]], {}])
      expect(keyNewsIn(JSON.stringify(answer))).toEqual([]);
  });
});

describe("the identity's keys in the package's own names", () => {
  const secret = (mac: string) => ({ iv: "aXY", ciphertext: "Y3Q", mac });
  const sealed: SealedIdentity = {
    "m.cross_signing.master": secret("bQ"),
    "m.cross_signing.self_signing": secret("cw"),
    "m.cross_signing.user_signing": secret("dQ"),
  };

  it("are each what they were when they come back", () => {
    const items = itemsOf(sealed, { id: "k1" });
    expect(JSON.parse(items.userSigningKey)).toEqual({ encrypted: { k1: secret("dQ") } });
    expect(sealedIn(items, { id: "k1" })).toEqual(sealed);
  });

  it("are not known where one is sealed under another key", () => {
    const items = itemsOf(sealed, { id: "k1" });
    const other = itemsOf(sealed, { id: "k2" });
    expect(() =>
      sealedIn({ ...items, selfSigningKey: other.selfSigningKey }, { id: "k1" }),
    ).toThrow(expect.objectContaining({ code: "crypto-identity-unknown" }));
  });
});
