import { describe, expect, it } from "vitest";
import { ALICE, MemoryConversation } from "../../../test/harness/memoryConversation.ts";
import type { CryptoStatus } from "../../matrix/crypto/cryptoStatus.ts";
import { NATIVE_CAPABILITIES } from "../../matrix/crypto/nativeEngine.ts";
import { WASM_CAPABILITIES } from "../../matrix/crypto/wasmEngine.ts";
import { adminCrypto } from "./crypto.ts";

const healthy: CryptoStatus = {
  engine: "wasm",
  capabilities: WASM_CAPABILITIES,
  deviceId: "DEVICE",
  fingerprint: "abcd efgh",
  signed: true,
  backup: { version: "3", total: 9, backedUp: 7 },
  unreadable: 2,
  waiting: 1,
  oneTimeKeys: 50,
  healthy: true,
  restarts: 4,
};

/** What an operator reads of encryption in this state. */
async function told(status: CryptoStatus | undefined): Promise<string> {
  const conversation = new MemoryConversation({
    commands: [adminCrypto(() => Promise.resolve(status))],
  });
  conversation.operators.add(ALICE);
  await conversation.say("!usher admin crypto");
  return conversation.said.at(-1)?.body ?? "";
}

describe("admin crypto", () => {
  it("tells of an engine that works, with its numbers, and of nothing that it lacks", async () => {
    const said = await told(healthy);
    for (const part of [
      "Encryption: wasm, working; restarted 4 times",
      "Device `DEVICE`, signed by my identity; fingerprint `abcd efgh`",
      "Key backup: version 3, 7 of 9 keys backed up",
      "could not read since the start: 2; waiting for their key: 1",
      "One-time keys left: 50",
    ])
      expect(said).toContain(part);
    expect(said).not.toContain("This engine cannot");
  });

  it.each<readonly [string, Partial<CryptoStatus>, string]>([
    ["a broken engine", { healthy: false }, "wasm, broken and being restarted"],
    ["an unsigned device", { signed: false }, "Device `DEVICE`, not signed by my identity"],
    ["no backup", { backup: undefined }, "Key backup: none"],
    ["keys not counted yet", { oneTimeKeys: undefined }, "One-time keys left: not known yet"],
    ["no key left", { oneTimeKeys: 0 }, "One-time keys left: 0"],
  ])("tells of %s", async (_, more, sentence) => {
    expect(await told({ ...healthy, ...more })).toContain(sentence);
    expect(await told(healthy)).not.toContain(sentence);
  });

  it("says what the native engine cannot, all of it", async () => {
    const said = await told({ ...healthy, engine: "native", capabilities: NATIVE_CAPABILITIES });
    expect(said).toContain(
      "This engine cannot: read back a key backup; compare emoji with people; read earlier messages that an inviter shares; replace a room's key the moment somebody leaves;",
    );
  });

  it("says where encryption is off, by which setting, and what follows", async () => {
    expect(await told(undefined)).toBe(
      "Encryption is off (setting `crypto.engine`): I refuse encrypted rooms.",
    );
  });
});
