import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "../../../src/kernel/clock.ts";
import type { RoomId, UserId } from "../../../src/kernel/ids.ts";
import { createLog } from "../../../src/kernel/log.ts";
import { createHomeserverCall, path } from "../../../src/matrix/client.ts";
import type { Content } from "../../../src/matrix/port.ts";

import { openCipher, type OpenCipher } from "../../../src/matrix/crypto/openCipher.ts";
import { createDownload, createFetchMedia } from "../../../src/matrix/download.ts";
import { Homeserver } from "../../../src/matrix/homeserver.ts";
import type { Batch } from "../../../src/matrix/intake.ts";
import type { SyncMark } from "../../../src/matrix/settle.ts";
import { SyncLoop } from "../../../src/matrix/syncLoop.ts";
import { TEST_ENGINE } from "../../harness/engine.ts";
import { serve, settings, tell } from "./child.ts";

/** Usher's Matrix layer with nothing above it but an echo, for tests of its encryption. */
export interface EchoSettings {
  readonly url: string;
  readonly userId: string;
  readonly accessToken: string;
  readonly deviceId: string;
  readonly dataDir: string;
  readonly secretsDir: string;
  readonly shareKeysWith?: "signed-devices" | "all-devices";
  readonly password?: string;
  readonly logLevel?: "debug" | "info" | "warn" | "error" | "silent";
}

const given = settings() as EchoSettings;
const me = given.userId as UserId;
const clock = systemClock;
const log = createLog(given.logLevel ?? "error");
const call = createHomeserverCall({ url: given.url, token: given.accessToken });

let opened: OpenCipher;
try {
  opened = await openCipher({
    call,
    dataDir: given.dataDir,
    config: {
      engine: TEST_ENGINE,
      recoveryKeyFile: join(given.secretsDir, "recovery-key"),
      storeKeyFile: join(given.secretsDir, "store-key"),
      shareKeysWith: given.shareKeysWith ?? "signed-devices",
      keysPatienceSeconds: 600,
    },
    me,
    deviceId: given.deviceId,
    log,
    clock,
    download: createDownload({ url: given.url, token: given.accessToken }),
    ...(given.password === undefined ? {} : { reset: { password: given.password } }),
  });
} catch (error) {
  tell({
    event: "refused",
    code: (error as { code?: string }).code ?? String(error),
    detail: String((error as Error).cause ?? error),
  });
  process.exit(1);
}
const { cipher } = opened;
const encrypted = new Set<RoomId>();
const homeserver = new Homeserver({
  call,
  fetchMedia: createFetchMedia({ url: given.url, token: given.accessToken }),
  me,
  cipher,
  clock,
  log,
  memory: {
    isEncrypted: (room) => Promise.resolve(encrypted.has(room)),
    remember: (room) => Promise.resolve(void encrypted.add(room)),
  },
});

const markFile = join(given.dataDir, "mark.json");
const loop = new SyncLoop({
  me,
  call,
  cipher,
  rooms: homeserver,
  noteEncryption: (room) => {
    homeserver.noteEncryption(room);
  },
  clock,
  log,
  loadMark: async () => {
    try {
      return JSON.parse(await readFile(markFile, "utf8")) as SyncMark;
    } catch {
      return undefined;
    }
  },
  saveMark: async (mark) => {
    await writeFile(`${markFile}.new`, JSON.stringify(mark), { flush: true, mode: 0o600 });
    await rename(`${markFile}.new`, markFile);
  },
});

async function handle(batch: Batch): Promise<void> {
  for (const { roomId } of batch.invites) await homeserver.join(roomId);
  for (const { roomId, events } of batch.rooms) {
    for (const event of events) {
      homeserver.noteEvent(event);
      if (event.type === "m.room.member") {
        tell({
          event: "state",
          room: roomId,
          user: event.stateKey,
          membership: event.content["membership"],
        });
      }
      if (event.sender === me || event.stateKey !== undefined) continue;
      const body = event.content["body"];
      tell({
        event: "heard",
        room: roomId,
        id: event.eventId,
        type: event.type,
        body: typeof body === "string" ? body : null,
        encryption: event.encryption,
        signed: event.signedDevice ?? null,
        relates: event.content["m.relates_to"] ?? null,
      });
      if (event.type !== "m.room.message" || typeof body !== "string" || !body.startsWith("!echo "))
        continue;
      await homeserver.send(
        roomId,
        { body: `echo: ${body.slice(6)}`, replyTo: event.eventId },
        { cause: event.eventId, step: "answer" },
      );
    }
  }
}

opened.onVerification((news) => {
  tell({
    event: "verification",
    user: news.user,
    flow: news.flow,
    phase: news.phase,
    emoji: news.emoji?.map(({ symbol }) => symbol) ?? null,
  });
});
serve({
  status: () => opened.status(),
  send: (room: RoomId, body: string) =>
    homeserver.send(room, { body }, { cause: `${String(Date.now())}${body}`, step: "said" }),
  /** The texts of the room's latest messages that can be read now. */
  readable: async (room: RoomId) => {
    const { chunk } = (await call("GET", path("rooms", room, "messages"), {
      query: { dir: "b", limit: 50 },
    })) as { chunk: Content[] };
    const read = await Promise.all(
      chunk
        .filter(({ type }) => type === "m.room.encrypted")
        .map((event) => cipher.decrypt(room, event)),
    );
    return read.flatMap((one) => (one.kind === "decrypted" ? [one.content["body"]] : []));
  },
  why: async (room: RoomId, event: string) =>
    cipher.decrypt(room, (await call("GET", path("rooms", room, "event", event))) as Content),
  answerVerification: (user: UserId, flow: string, same: boolean) =>
    opened.answerVerification(user, flow, same),
  stop: async () => {
    await loop.stop();
    await opened.close();
    process.exit(0);
  },
});
tell({ event: "ready" });
await loop.run(handle);
