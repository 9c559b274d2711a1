import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../../src/config/load.ts";
import type { Content } from "../../src/matrix/port.ts";
import type { RunningUsher } from "../../src/start/hearing.ts";
import { startUsher } from "../../src/usher.ts";
import { member, stateEvent } from "../harness/rawEvents.ts";
import { ScriptedHomeserver } from "../harness/scriptedHomeserver.ts";
import { Answers } from "./answers.ts";
import { messageStream, type Batch } from "./messageStream.ts";

interface FuzzOptions {
  readonly messages: number;
  readonly seed: number;
  readonly progress?: (sent: number) => void;
}

interface FuzzReport {
  readonly addressed: number;
  readonly answered: number;
  readonly faults: readonly string[];
}

const ROOMS = Array.from({ length: 40 }, (_, index) => `!room${String(index)}:scripted.test`);
/** Answers that are owed before more is sent, so that memory stays bounded. */
const MOST_OWED = 300;
/** When no answer has come for so long, no more will; ms. */
const SILENCE_MS = 60_000;

/**
 * Sends generated messages (test/harness/generateMessages.ts) through a whole Usher in this process, from `/sync` to what it sends, and tells
 * what went wrong: one that was not said to Usher and was answered, one that was and was not, one that was answered twice, a promise that
 * nobody waited for. Messages are made as they are sent, so any number of them needs the same memory.
 */
export async function fuzzIntake({
  messages,
  seed,
  progress = () => undefined,
}: FuzzOptions): Promise<FuzzReport> {
  const faults: string[] = [];
  const unhandled = (error: unknown): void => {
    faults.push(`a promise nobody waited for: ${String(error)}`);
  };
  process.on("unhandledRejection", unhandled);
  const server = await ScriptedHomeserver.start();
  const folder = await mkdtemp(join(tmpdir(), "usher-fuzz-"));
  let usher: RunningUsher | undefined;
  try {
    for (const [index, room] of ROOMS.entries()) furnish(server, room, index % 2 === 0 ? 50 : 0);
    const answers = new Answers();
    play(server, answers, messageStream({ messages, seed, me: server.me, rooms: ROOMS, progress }));
    usher = await startUsher(await config(server, folder));
    usher.ended.catch((error: unknown) => {
      faults.push(`Usher ended: ${String(error)}`);
    });
    await answers.allSent;
    await answers.settled(SILENCE_MS);
    faults.push(...answers.faults());
    return { addressed: answers.expected, answered: answers.given, faults };
  } finally {
    await usher?.stop();
    await server.close();
    await rm(folder, { recursive: true, force: true });
    process.off("unhandledRejection", unhandled);
  }
}

/** A room of several people, who have this power. */
function furnish(server: ScriptedHomeserver, room: string, power: number): void {
  const [alice, bob] = ["@alice:scripted.test", "@bob:scripted.test"];
  server.rooms.take(room, [
    stateEvent("m.room.create", alice, { room_version: "11" }),
    stateEvent("m.room.power_levels", alice, { users: { [server.me]: 50 }, users_default: power }),
    ...[alice, bob, server.me].map((user) => member(user, "join")),
  ]);
}

/** Makes the server's `/sync` give the stream, batch by batch, and notes what is sent. */
function play(server: ScriptedHomeserver, answers: Answers, stream: Iterator<Batch, void>): void {
  let number = 0;
  let last: object = {};
  const answer = (body: object): { status: number; body: object } => ({
    status: 200,
    body: { next_batch: `f${String(number)}`, ...body },
  });
  server.on("GET /_matrix/client/v3/sync", async (request) => {
    server.requests.length = 0;
    const since = request.query.get("since");
    if (since === null) return answer({});
    if (since !== `f${String(number)}`) return answer(last);
    await answers.below(MOST_OWED);
    const next = stream.next();
    if (next.done === true) {
      answers.end();
      // Held until the connection is closed.
      return await new Promise<never>(() => undefined);
    }
    for (const { event, what } of next.value.owed) answers.owe(event, what);
    number += 1;
    last = { rooms: { join: next.value.join } };
    return answer(last);
  });
  let sent = 0;
  server.on("PUT /_matrix/client/v3/rooms/:room/send/:type/:txn", ({ body }, { type }) => {
    // Usher's own yes and no beneath a preview are no answer to anybody.
    if (type !== "m.reaction") answers.note(body as Content);
    sent += 1;
    return { status: 200, body: { event_id: `$sent${String(sent)}` } };
  });
  server.on("GET /_matrix/client/v3/profile/:user/displayname", () => ({
    status: 200,
    body: { displayname: "Usher" },
  }));
}

async function config(
  server: ScriptedHomeserver,
  folder: string,
): Promise<ReturnType<typeof loadConfig>> {
  const file = join(folder, "config.json");
  // Previews soon expire: the stream's bare yes and no are meant for nobody.
  const limits = { commandsPerMinute: 100_000, confirmationMinutes: 0.01 };
  await writeFile(
    file,
    JSON.stringify({
      limits,
      crypto: { engine: "off" },
      homeserver: { accessToken: server.token },
    }),
    { mode: 0o600 },
  );
  return loadConfig({
    USHER_CONFIG: file,
    USHER_MODE: "trial",
    USHER_HOMESERVER_URL: server.url,
    USHER_USER_ID: server.me,
    USHER_DATA_DIR: join(folder, "data"),
    USHER_LOG_LEVEL: "error",
  });
}
