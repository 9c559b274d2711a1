import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "../../src/kernel/clock.ts";
import type { RoomId, UserId } from "../../src/kernel/ids.ts";
import { silentLog } from "../../src/kernel/log.ts";
import type { CryptoEngine, EngineEvents, ShareWith } from "../../src/matrix/crypto/engine.ts";
import { RequestSender } from "../../src/matrix/crypto/requests.ts";
import { RoomKeys } from "../../src/matrix/crypto/roomKeys.ts";
import { DEFAULT_ROOM_SETTINGS } from "../../src/matrix/crypto/roomSettings.ts";
import { describeKey } from "../../src/matrix/crypto/secretStorage.ts";
import type { Content } from "../../src/matrix/port.ts";
import { KeyServer } from "./keyServer.ts";

export interface EngineOptions {
  readonly me: UserId;
  readonly deviceId: string;
  /** A folder of its own. */
  readonly folder: string;
  readonly storeKey: Uint8Array;
  readonly shareWith: ShareWith;
  readonly events: EngineEvents;
}

export interface EngineUnderTest {
  readonly name: string;
  readonly capabilities: CryptoEngine["capabilities"];
  readonly open: (options: EngineOptions) => Promise<CryptoEngine>;
  /** Why it cannot be tried here; its tests are then skipped under this name. */
  readonly absent?: string;
}

const ROOM = "!room:example.org" as RoomId;
const ALICE = "@alice:example.org" as UserId;
const BOB = "@bob:example.org" as UserId;

/** One device with its engine, as its owner's program would use it. */
class Party {
  readonly engine: CryptoEngine;
  readonly sender: RequestSender;
  readonly rooms: RoomKeys;
  readonly news: { room: RoomId; session: string }[];
  readonly #server: KeyServer;

  constructor(engine: CryptoEngine, server: KeyServer, news: { room: RoomId; session: string }[]) {
    const call = server.callOf(engine.me, engine.deviceId);
    this.engine = engine;
    this.#server = server;
    this.news = news;
    this.sender = new RequestSender({
      engine,
      call,
      clock: systemClock,
      log: silentLog,
      signal: new AbortController().signal,
    });
    const { sender } = this;
    this.rooms = new RoomKeys({ engine, sender, keysPatienceMs: 600_000, log: silentLog });
  }

  /** Hears what the server has for it, and sends what that calls for. */
  async sync(): Promise<void> {
    await this.engine.receive(this.#server.sync(this.engine.me, this.engine.deviceId));
    await this.sender.drain();
  }

  async publishIdentity(): Promise<void> {
    await this.sender.send([await this.engine.query([this.engine.me])]);
    const upload = await this.engine.identity.bootstrap(false);
    if (upload.deviceKeys !== undefined) await this.sender.send([upload.deviceKeys]);
    await this.#server.callOf(this.engine.me, this.engine.deviceId)(
      "POST",
      "/_matrix/client/v3/keys/device_signing/upload",
      {
        body: JSON.parse(upload.signingKeys) as object,
      },
    );
    await this.sender.send([upload.signatures, await this.engine.query([this.engine.me])]);
  }

  async createBackup(key: {
    readonly privateKey: string;
    readonly publicKey: string;
  }): Promise<void> {
    const body = {
      algorithm: "m.megolm_backup.v1.curve25519-aes-sha2",
      auth_data: await this.engine.backup.sign(key.publicKey),
    };
    await this.#server.callOf(this.engine.me, this.engine.deviceId)(
      "POST",
      "/_matrix/client/v3/room_keys/version",
      { body },
    );
    await this.engine.backup.enable(key.privateKey, "1");
  }

  async say(body: string, to: readonly UserId[]): Promise<Content> {
    const content = await this.rooms.encrypt(ROOM, to, "m.room.message", {
      msgtype: "m.text",
      body,
    });
    return {
      type: "m.room.encrypted",
      event_id: `$${randomBytes(8).toString("hex")}`,
      sender: this.engine.me,
      origin_server_ts: Date.now(),
      content,
    };
  }
}

/** What every engine does; what it declares that it cannot is skipped by name. */
export function cryptoEngineContract(subject: EngineUnderTest): void {
  const { capabilities, absent } = subject;

  describe.skipIf(absent !== undefined)(
    `${subject.name} as a crypto engine${absent === undefined ? "" : ` (SKIPPED: ${absent})`}`,
    () => {
      const cleanups: (() => unknown)[] = [];
      afterEach(async () => {
        for (const clean of cleanups.splice(0).reverse()) await clean();
      });

      function folder(): string {
        const path = mkdtempSync(join(tmpdir(), "usher-engine-"));
        cleanups.push(() => {
          rmSync(path, { recursive: true, force: true });
        });
        return path;
      }

      async function party(
        server: KeyServer,
        me: UserId,
        deviceId: string,
        more: Partial<EngineOptions> = {},
      ): Promise<Party> {
        const news: { room: RoomId; session: string }[] = [];
        const engine = await subject.open({
          me,
          deviceId,
          folder: folder(),
          storeKey: Uint8Array.from(Buffer.alloc(32, deviceId)),
          shareWith: "all-devices",
          events: { keys: (came) => void news.push(...came), broken: () => undefined },
          ...more,
        });
        cleanups.push(() => engine.close());
        const one = new Party(engine, server, news);
        await one.sync();
        return one;
      }

      it("publishes its device and its one-time keys, and then has nothing left to send", async () => {
        const server = new KeyServer();
        const alice = await party(server, ALICE, "PHONE");
        await alice.sync();
        expect(server.sync(ALICE, "PHONE").oneTimeKeyCounts["signed_curve25519"]).toBe(50);
        expect(await alice.engine.outgoing()).toEqual([]);
        expect(alice.engine.fingerprint).toMatch(/^[A-Za-z0-9+/]{43}$/);
        expect(alice.engine).toMatchObject({
          name: subject.name,
          capabilities,
          me: ALICE,
          deviceId: "PHONE",
          healthy: true,
        });
      });

      it("encrypts for others and reads what they encrypt, relations included", async () => {
        const server = new KeyServer();
        const [alice, bob] = [
          await party(server, ALICE, "PHONE"),
          await party(server, BOB, "LAPTOP"),
        ];
        const event = await alice.say("hello", [ALICE, BOB]);
        expect(JSON.stringify(event)).not.toContain("hello");
        await bob.sync();
        expect(await bob.engine.decrypt(ROOM, event)).toMatchObject({
          kind: "decrypted",
          type: "m.room.message",
          content: { body: "hello" },
        });
        const back = await bob.say("and you", [ALICE, BOB]);
        await alice.sync();
        expect(await alice.engine.decrypt(ROOM, back)).toMatchObject({
          kind: "decrypted",
          content: { body: "and you" },
        });
      });

      it("does not read an event in another room than it was encrypted for", async () => {
        const server = new KeyServer();
        const [alice, bob] = [
          await party(server, ALICE, "PHONE"),
          await party(server, BOB, "LAPTOP"),
        ];
        const event = await alice.say("hello", [ALICE, BOB]);
        await bob.sync();
        expect(await bob.engine.decrypt("!other:example.org" as RoomId, event)).toMatchObject({
          kind: "unreadable",
        });
      });

      it("shares a key once, and takes a new one when somebody is no longer among the readers", async () => {
        const server = new KeyServer();
        const [alice] = [await party(server, ALICE, "PHONE"), await party(server, BOB, "LAPTOP")];
        const first = (await alice.say("one", [ALICE, BOB]))["content"] as Content;
        expect(await alice.engine.share(ROOM, [ALICE, BOB], DEFAULT_ROOM_SETTINGS)).toEqual([]);
        const second = (await alice.say("two", [ALICE, BOB]))["content"] as Content;
        expect(second["session_id"]).toBe(first["session_id"]);
        const third = (await alice.say("three", [ALICE]))["content"] as Content;
        expect(third["session_id"]).not.toBe(first["session_id"]);
      });

      it("takes a new key after as many messages as the room wants", async () => {
        const server = new KeyServer();
        const alice = await party(server, ALICE, "PHONE");
        await alice.engine.keepRoomSettings(ROOM, { rotationMs: 3_600_000, rotationMessages: 2 });
        expect(await alice.engine.roomSettings(ROOM)).toEqual({
          rotationMs: 3_600_000,
          rotationMessages: 2,
        });
        const sessions: unknown[] = [];
        for (const body of ["1", "2", "3"])
          sessions.push(((await alice.say(body, [ALICE]))["content"] as Content)["session_id"]);
        expect(sessions[1]).toBe(sessions[0]);
        expect(sessions[2]).not.toBe(sessions[0]);
      });

      it.skipIf(!capabilities.rotation)("takes a new key when told to", async () => {
        const server = new KeyServer();
        const alice = await party(server, ALICE, "PHONE");
        const first = (await alice.say("one", [ALICE]))["content"] as Content;
        await alice.rooms.rotate(ROOM);
        expect(((await alice.say("two", [ALICE]))["content"] as Content)["session_id"]).not.toBe(
          first["session_id"],
        );
      });

      it("reads late what it could not read before its key came, and says that it came", async () => {
        const server = new KeyServer();
        const [alice, bob] = [
          await party(server, ALICE, "PHONE"),
          await party(server, BOB, "LAPTOP"),
        ];
        const event = await alice.say("late", [ALICE, BOB]);
        const release = server.hold(BOB, "LAPTOP");
        await bob.sync();
        expect(await bob.engine.decrypt(ROOM, event)).toEqual({
          kind: "unreadable",
          reason: "missing-key",
        });
        expect(bob.news).toEqual([]);
        release();
        await bob.sync();
        expect(await bob.engine.decrypt(ROOM, event)).toMatchObject({ kind: "decrypted" });
        await expect
          .poll(() => bob.news)
          .toContainEqual({ room: ROOM, session: (event["content"] as Content)["session_id"] });
      });

      it.each([
        ["of another algorithm", { algorithm: "m.none" }],
        ["cut short", { ciphertext: "AwgA" }],
        ["without a text", { ciphertext: undefined }],
      ])("takes an event %s for unreadable", async (_, change) => {
        const server = new KeyServer();
        const alice = await party(server, ALICE, "PHONE");
        const event = await alice.say("whole", [ALICE]);
        const broken = { ...event, content: { ...(event["content"] as Content), ...change } };
        expect(await alice.engine.decrypt(ROOM, broken)).toMatchObject({ kind: "unreadable" });
        expect(await alice.engine.decrypt(ROOM, event)).toMatchObject({ kind: "decrypted" });
      });

      it("opened again is the same device, reads what it read, and uses no place in a key twice", async () => {
        const server = new KeyServer();
        const place = folder();
        const bob = await party(server, BOB, "LAPTOP");
        const first = await party(server, ALICE, "PHONE", { folder: place });
        const one = await first.say("one", [ALICE, BOB]);
        await first.engine.close();
        const again = await party(server, ALICE, "PHONE", { folder: place });
        expect(again.engine.fingerprint).toBe(first.engine.fingerprint);
        expect(await again.engine.decrypt(ROOM, one)).toMatchObject({ content: { body: "one" } });
        const two = await again.say("two", [ALICE, BOB]);
        expect((two["content"] as Content)["session_id"]).toBe(
          (one["content"] as Content)["session_id"],
        );
        await bob.sync();
        expect(await bob.engine.decrypt(ROOM, two)).toMatchObject({ content: { body: "two" } });
        const start = (event: Content): string =>
          String((event["content"] as Content)["ciphertext"]).slice(0, 6);
        expect(start(two)).not.toBe(start(one));
      });

      it("after a restart inside the process goes on", async () => {
        const server = new KeyServer();
        const alice = await party(server, ALICE, "PHONE");
        const one = await alice.say("one", [ALICE]);
        await alice.engine.restart();
        expect(alice.engine.healthy).toBe(true);
        expect(await alice.engine.decrypt(ROOM, one)).toMatchObject({ kind: "decrypted" });
        expect(await alice.engine.decrypt(ROOM, await alice.say("two", [ALICE]))).toMatchObject({
          kind: "decrypted",
        });
      });

      it("refuses a store that is locked with another key, or is another device's", async () => {
        const server = new KeyServer();
        const place = folder();
        const alice = await party(server, ALICE, "PHONE", { folder: place });
        await alice.engine.close();
        await expect(
          party(server, ALICE, "PHONE", { folder: place, storeKey: new Uint8Array(32) }),
        ).rejects.toMatchObject({
          code: "crypto-store-unreadable",
        });
        const key = Uint8Array.from(Buffer.alloc(32, "PHONE"));
        await expect(
          party(server, ALICE, "OTHER", { folder: place, storeKey: key }),
        ).rejects.toMatchObject({
          code: "crypto-device-mismatch",
        });
        expect((await party(server, ALICE, "PHONE", { folder: place })).engine.fingerprint).toBe(
          alice.engine.fingerprint,
        );
      });

      it("signs its device by an identity, once made, and keeps both", async () => {
        const server = new KeyServer();
        const alice = await party(server, ALICE, "PHONE");
        expect(await alice.engine.identity.complete()).toBe(false);
        expect(await alice.engine.identity.deviceSigned()).toBe(false);
        await alice.publishIdentity();
        expect(await alice.engine.identity.complete()).toBe(true);
        expect(await alice.engine.identity.deviceSigned()).toBe(true);
        expect((await alice.engine.identity.bootstrap(false)).signingKeys).toBe(
          (await alice.engine.identity.bootstrap(false)).signingKeys,
        );
      });

      it("gives its identity to a new device through secret storage, and to nobody with another key", async () => {
        const server = new KeyServer();
        const old = await party(server, ALICE, "PHONE");
        await old.publishIdentity();
        const key = describeKey(Uint8Array.from(randomBytes(32)));
        const sealed = await old.engine.identity.seal(key);
        const fresh = await party(server, ALICE, "TABLET");
        await fresh.sender.send([await fresh.engine.query([ALICE])]);
        const wrong = { ...describeKey(Uint8Array.from(randomBytes(32))), id: key.id };
        await expect(fresh.engine.identity.unseal(wrong, sealed)).rejects.toMatchObject({
          code: "crypto-recovery-key-wrong",
        });
        expect(await fresh.engine.identity.deviceSigned()).toBe(false);
        await fresh.sender.send(await fresh.engine.identity.unseal(key, sealed));
        await fresh.sender.send([await fresh.engine.query([ALICE])]);
        expect(await fresh.engine.identity.complete()).toBe(true);
        expect(await fresh.engine.identity.deviceSigned()).toBe(true);
      });

      it("tells devices that their owner has signed from others", async () => {
        const server = new KeyServer();
        const [alice, bob] = [
          await party(server, ALICE, "PHONE"),
          await party(server, BOB, "LAPTOP"),
        ];
        await bob.engine.track([ALICE]);
        const before = await alice.say("unsigned", [ALICE, BOB]);
        await bob.sync();
        expect(await bob.engine.decrypt(ROOM, before)).toMatchObject({ signedDevice: false });
        await alice.publishIdentity();
        await bob.sync();
        const after = await alice.say("signed", [ALICE, BOB]);
        await bob.sync();
        expect(await bob.engine.decrypt(ROOM, after)).toMatchObject({
          signedDevice: true,
          device: "PHONE",
        });
      });

      it("gives keys to signed devices alone where that is wanted", async () => {
        const server = new KeyServer();
        const careful = await party(server, ALICE, "PHONE", { shareWith: "signed-devices" });
        await careful.publishIdentity();
        const [bob, carol] = [
          await party(server, BOB, "LAPTOP"),
          await party(server, "@carol:example.org" as UserId, "DESK"),
        ];
        await carol.publishIdentity();
        const event = await careful.say("for the signed", [ALICE, BOB, carol.engine.me]);
        await Promise.all([bob.sync(), carol.sync()]);
        expect(await carol.engine.decrypt(ROOM, event)).toMatchObject({ kind: "decrypted" });
        expect(await bob.engine.decrypt(ROOM, event)).toMatchObject({
          kind: "unreadable",
          reason: "missing-key",
          withheld: "m.unverified",
        });
      });

      it("copies room keys to a backup that its own private key opens", async () => {
        const server = new KeyServer();
        const alice = await party(server, ALICE, "PHONE");
        await alice.publishIdentity();
        const { backup } = alice.engine;
        expect(await backup.stored()).toBeUndefined();
        const key = backup.newKey();
        expect(backup.publicKeyOf(key.privateKey)).toBe(key.publicKey);
        const auth = await backup.sign(key.publicKey);
        expect(auth.public_key).toBe(key.publicKey);
        expect(Object.keys(auth.signatures?.[ALICE] ?? {})).toHaveLength(2);
        await alice.createBackup(key);
        expect(await backup.stored()).toEqual({ ...key, version: "1" });
        await alice.say("to be kept", [ALICE]);
        const next = await backup.next();
        expect(next).toMatchObject({ kind: "backup", version: "1" });
        if (next !== undefined) await alice.sender.send([next]);
        expect(await backup.next()).toBeUndefined();
        expect(await backup.counts()).toEqual({ total: 1, backedUp: 1 });
        expect(Object.keys(server.backedUp[ROOM]?.sessions ?? {})).toHaveLength(1);
        await backup.disable();
        expect(await backup.enabled()).toBe(false);
      });

      it.skipIf(!capabilities.restore)(
        "reads a backup back on a new device, damaged parts aside",
        async () => {
          const server = new KeyServer();
          const old = await party(server, ALICE, "PHONE");
          const key = old.engine.backup.newKey();
          await old.createBackup(key);
          const event = await old.say("to be read again", [ALICE]);
          const next = await old.engine.backup.next();
          if (next !== undefined) await old.sender.send([next]);
          const fresh = await party(server, ALICE, "TABLET");
          const sessions = Object.entries(server.backedUp[ROOM]?.sessions ?? {}).map(
            ([id, one]) =>
              [
                id,
                (one as { session_data: { ephemeral: string; mac: string; ciphertext: string } })
                  .session_data,
              ] as const,
          );
          const damaged = [
            "damaged",
            { ephemeral: "AAAA", mac: "AAAA", ciphertext: "AAAA" },
          ] as const;
          await fresh.engine.backup.enable(key.privateKey, "1");
          expect(
            await fresh.engine.backup.restore?.(
              new Map([[ROOM, new Map([damaged, ...sessions])]]),
              key.privateKey,
              "1",
            ),
          ).toBe(1);
          // Who wrote it cannot be proved from a backup.
          expect(await fresh.engine.decrypt(ROOM, event)).toMatchObject({
            kind: "decrypted",
            content: { body: "to be read again" },
            signedDevice: false,
          });
        },
      );
    },
  );
}
