import { describe, expect, it } from "vitest";
import fc from "fast-check";
import {
  decodeRecoveryKey as theirDecode,
  encodeRecoveryKey as theirEncode,
} from "matrix-js-sdk/lib/crypto-api/recovery-key.js";
import { refusalOf } from "../../../test/harness/sentenceOf.ts";
import { decodeRecoveryKey, encodeRecoveryKey } from "./recoveryKey.ts";

/** The example key and its form that the clients' own tests share. */
const ALICE = Buffer.from(
  "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
  "hex",
);
const WRITTEN = "EsTc LW2K PGiF wKEA 3As5 g5c4 BXwk qeeJ ZJV8 Q9fu gUMN UE4d";

describe("recovery key", () => {
  it("has the known form", () => {
    expect(encodeRecoveryKey(ALICE)).toBe(WRITTEN);
    expect(Buffer.from(decodeRecoveryKey(WRITTEN))).toEqual(ALICE);
  });

  it("is written as other clients write it, and read as they read it", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (key) => {
        const text = encodeRecoveryKey(key);
        expect(text).toBe(theirEncode(key));
        expect(Buffer.from(theirDecode(text))).toEqual(Buffer.from(key));
        expect(Buffer.from(decodeRecoveryKey(text))).toEqual(Buffer.from(key));
      }),
      { numRuns: 200 },
    );
  });

  it("does not care about spaces and line ends", () => {
    const text = encodeRecoveryKey(ALICE);
    expect(Buffer.from(decodeRecoveryKey(`  ${text.replaceAll(" ", "\n")}\n`))).toEqual(ALICE);
    expect(Buffer.from(decodeRecoveryKey(text.replaceAll(" ", "")))).toEqual(ALICE);
  });

  it("notices every single mistyped letter", () => {
    const text = encodeRecoveryKey(ALICE).replaceAll(" ", "");
    for (let at = 0; at < text.length; at += 1) {
      const wrong = `${text.slice(0, at)}${text[at] === "2" ? "3" : "2"}${text.slice(at + 1)}`;
      let read: Uint8Array | undefined;
      try {
        read = decodeRecoveryKey(wrong);
      } catch (error) {
        expect(error).toMatchObject({ code: "crypto-recovery-key-invalid" });
      }
      // One parity byte lets about one error in 256 through; the key's own proof on the homeserver catches that one.
      if (read !== undefined) expect(Buffer.from(read)).not.toEqual(ALICE);
    }
  });

  it.each([
    "",
    "   ",
    "hello",
    "0OIl",
    encodeRecoveryKey(ALICE).slice(5),
    `${encodeRecoveryKey(ALICE)} 2222`,
  ])("refuses %j, and says what one looks like", async (text) => {
    const refusal = await refusalOf(Promise.try(() => decodeRecoveryKey(text)));
    expect(refusal).toMatch(/^That is no recovery key[^]*begins with E; copy it once more/u);
  });
});
