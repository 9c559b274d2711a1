import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig, type Config } from "../../src/config/load.ts";
import { KINDS } from "../../src/kinds/index.ts";
import type { Documents } from "../../src/store/documents.ts";
import { openStore } from "../../src/store/openStore.ts";
import { systemClock, type Clock } from "../../src/kernel/clock.ts";
import type { LogLevel } from "../../src/kernel/log.ts";
import type { RunningUsher } from "../../src/start/hearing.ts";
import { startUsher } from "../../src/usher.ts";
import { startTestServer, type TestServer } from "../harness/httpServer.ts";
import { member, rawEvent, stateEvent, type RawEvent } from "../harness/rawEvents.ts";
import { ScriptedHomeserver } from "../harness/scriptedHomeserver.ts";
import { said, saidIn, type Said } from "../harness/scriptedTalk.ts";
import { NOTES } from "./noteKind/kind.ts";

export const ALICE = "@alice:scripted.test";
export const NOTE_KEY = "note-key-s3cr3t";
/** What the website gives to whoever wants to read notes there. */
export const READING_KEY = "reading-key-c4n4ry";

/** A whole Usher in this process that has one more kind, beside a scripted homeserver. */
export class NoteWorld {
  readonly server: ScriptedHomeserver;
  /** A website that gives a note. */
  readonly site: TestServer;
  readonly #folder: string;
  readonly #logLevel: LogLevel;
  #usher: RunningUsher | undefined;

  private constructor(
    server: ScriptedHomeserver,
    site: TestServer,
    folder: string,
    logLevel: LogLevel,
  ) {
    this.server = server;
    this.site = site;
    this.#folder = folder;
    this.#logLevel = logLevel;
  }

  static async begin(logLevel: LogLevel = "error"): Promise<NoteWorld> {
    const server = await ScriptedHomeserver.start();
    const site = await startTestServer(() => ({
      json: { note: "From outside", key: READING_KEY },
    }));
    const world = new NoteWorld(
      server,
      site,
      await mkdtemp(join(tmpdir(), "usher-kind-")),
      logLevel,
    );
    await world.start();
    return world;
  }

  get dataDir(): string {
    return join(this.#folder, "data");
  }

  get ringFile(): string {
    return join(this.#folder, "secrets", "data-key-ring");
  }

  /** `clock`: the time that Usher sees. */
  async start(clock?: Clock): Promise<void> {
    this.#usher = await startUsher(await this.#config(), clock, [...KINDS, NOTES]);
    await this.#usher.ready;
  }

  async stop(): Promise<void> {
    await this.#usher?.stop();
  }

  /** Between two lives, something is done with what is stored. */
  async between(work: (documents: Documents) => Promise<unknown>): Promise<void> {
    await this.stop();
    const { dataDir: dir } = this;
    const documents = await openStore({ dir, clock: systemClock, onQuarantine: () => undefined });
    try {
      await work(documents);
    } finally {
      await documents.close();
    }
    await this.start();
  }

  async end(): Promise<void> {
    await this.stop();
    await Promise.all([this.server.close(), this.site[Symbol.asyncDispose]()]);
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** A room of Alice's into which Usher has come, after its greeting, which is returned too. */
  async room(
    name: string,
    create: object = {},
  ): Promise<{ readonly room: string; readonly greeting: string }> {
    const room = `!${name}:scripted.test`;
    const { server } = this;
    const state = [
      stateEvent("m.room.create", ALICE, { room_version: "11", ...create }),
      stateEvent("m.room.power_levels", ALICE, { users: { [ALICE]: 100, [server.me]: 100 } }),
      stateEvent("m.room.name", ALICE, { name }),
      ...[ALICE, "@bob:scripted.test"].map((user) => member(user, "join")),
    ];
    server.sync({ join: { [room]: { state, timeline: [member(server.me, "join")] } } });
    return { room, greeting: await this.hears(room, "Hello") };
  }

  /** A room of exactly Alice and Usher. */
  async direct(): Promise<string> {
    const room = "!direct:scripted.test";
    const { server } = this;
    const state = [
      stateEvent("m.room.create", ALICE, { room_version: "11" }),
      stateEvent("m.room.power_levels", ALICE, { users: { [ALICE]: 100 } }),
      stateEvent("m.room.join_rules", ALICE, { join_rule: "invite" }),
      member(ALICE, "join"),
    ];
    server.sync({ join: { [room]: { state, timeline: [member(server.me, "join")] } } });
    await this.hears(room, "Hello");
    return room;
  }

  /** Says it, and resolves with the event's id. */
  say(room: string, body: string): string {
    return this.hear(room, said(body));
  }

  hear(room: string, event: RawEvent): string {
    this.server.sync({ join: { [room]: { timeline: [event] } } });
    return event.event_id;
  }

  /** The room is replaced by another. */
  tombstone(room: string, next: string): string {
    const event = rawEvent(
      "m.room.tombstone",
      ALICE,
      { body: "moved", replacement_room: next },
      { state_key: "" },
    );
    return this.hear(room, event);
  }

  async ask(room: string, body: string): Promise<string> {
    return (await this.answer(this.say(room, body))).body;
  }

  async answer(event: string): Promise<Said> {
    const request = await this.server.waitForRequest((one) => saidIn(one)?.about === event);
    return saidIn(request) as Said;
  }

  /** The first thing that Usher says in a room with these words in it, about whatever. */
  async hears(room: string, words: string): Promise<string> {
    const fits = (body: unknown): boolean =>
      String((body as { body?: unknown }).body).includes(words);
    const request = await this.server.waitForRequest(
      ({ method, path, body }) =>
        method === "PUT" && path.includes(`/rooms/${room}/send/m.room.message/`) && fits(body),
    );
    return String((request.body as { body?: unknown }).body);
  }

  async #config(): Promise<Config> {
    const file = join(this.#folder, "config.json");
    const { server } = this;
    const content = {
      crypto: { engine: "off" },
      homeserver: { accessToken: server.token },
      operators: [ALICE],
    };
    await writeFile(file, JSON.stringify(content), { mode: 0o600 });
    await writeFile(join(this.#folder, "note-key"), `${NOTE_KEY}\n`, { mode: 0o600 });
    const config = loadConfig({
      USHER_CONFIG: file,
      USHER_MODE: "trial",
      USHER_HOMESERVER_URL: server.url,
      USHER_USER_ID: server.me,
      USHER_DATA_DIR: this.dataDir,
      USHER_LOG_LEVEL: this.#logLevel,
    });
    // The schema knows the sections of the kinds in src alone.
    const notes = { site: `${this.site.url}/note`, keyFile: "./note-key" };
    return { ...config, ...{ notes } };
  }
}
