import { setImmediate as nextTurn } from "node:timers/promises";
import type { Letters } from "../../../src/chat/letters.ts";
import { SetUps } from "../../../src/integrations/setUps.ts";
import { ManualClock } from "../../../src/kernel/clock.ts";
import { UsherError } from "../../../src/kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../../../src/kernel/ids.ts";
import { KeyedQueue } from "../../../src/kernel/tasks.ts";
import { Connections } from "../../../src/kinds/connections/connections.ts";
import type { Target } from "../../../src/kinds/connections/target.ts";
import { TARGETS, type SentLetter } from "./connectionTargets.ts";
import { HookshotApi } from "../../../src/kinds/connections/hookshot/api.ts";
import { BotWords } from "../../../src/kinds/connections/hookshot/botWords.ts";
import { Hookshot } from "../../../src/kinds/connections/hookshot/hookshot.ts";
import { SecretMail } from "../../../src/kinds/connections/hookshot/secretMail.ts";
import { connectionId, connectionsOf } from "../../../src/kinds/connections/records.ts";
import { connectionUpgradeHandler } from "../../../src/kinds/connections/upgrade.ts";
import type { RoomEvent } from "../../../src/matrix/port.ts";
import { roomDocument } from "../../../src/store/room.ts";
import { ALL_KEPT } from "../allKept.ts";
import { memoryDocuments } from "../memoryDocuments.ts";
import { ConnectionRooms, NEXT, ROOM, WHO } from "./connectionRooms.ts";

type Sorts = keyof typeof TARGETS;

/** Thrown in place of going on: the process is dead. */
class Crash extends Error {}

interface Life {
  dead: boolean;
  readonly queue: KeyedQueue;
  readonly setUps: SetUps;
  readonly words: BotWords;
  readonly mail: SecretMail;
  readonly connections: Connections;
}

type Words = "add" | "remove" | "carry";

/** When the process dies: before or after the effect of this number, counted from where the test says. */
interface Death {
  readonly at: number;
  readonly when: "before" | "after";
}

/** One room, one hookshot, and an Usher that can die before and after everything that it does. */
export class ConnectionWorld {
  readonly clock = new ManualClock();
  readonly documents = memoryDocuments();
  readonly rooms = new ConnectionRooms((room, event) => {
    this.#hears(room, event);
  });
  readonly peer = this.rooms.peer;
  /** Everything that Usher has done, in order. */
  readonly effects: string[] = [];
  /** The last that was told. */
  told = "";
  /** What went to people alone, each once. */
  readonly letters: SentLetter[] = [];
  /** All that was ever stored. */
  readonly stored: string[] = [];
  readonly #sent = new Set<string>();
  readonly #target: Target;
  lives = 1;
  readonly #byApi: boolean;
  readonly #journal: { readonly event: EventId; readonly words: Words }[] = [];
  readonly #faults: unknown[] = [];
  #deaths: readonly Death[] = [];
  #commands = 0;
  #life: Life;

  constructor({
    byApi = true,
    sort = "feed",
  }: { readonly byApi?: boolean; readonly sort?: Sorts } = {}) {
    this.#byApi = byApi;
    this.#target = TARGETS[sort];
    this.#life = this.#live();
  }

  get connections(): Connections {
    return this.#life.connections;
  }

  get id(): string {
    return connectionId(this.#target.entry, ROOM, this.#target.key);
  }

  dies(...deaths: readonly Death[]): void {
    this.#deaths = deaths.map(({ at, when }) => ({ at: at + this.effects.length, when }));
  }

  /** Somebody says this, and it is done to its end; at a death, the next life goes on. */
  async say(words: Words): Promise<void> {
    this.#commands += 1;
    const begun = { event: `$${String(this.#commands)}${words}` as EventId, words };
    this.#journal.push(begun);
    await this.#alive(() => this.#perform(begun));
  }

  /** The operator takes hookshot out of the configuration, and Usher begins anew. */
  unconfigures(): void {
    this.#life = this.#live(false);
  }

  /** Usher hears this said, and hookshot does nothing with it. */
  overhears(room: RoomId, sender: UserId, body: string): void {
    const eventId = `$overheard${String((this.#commands += 1))}` as EventId;
    const about = { roomId: room, sender, eventId, originServerTs: 0, redacted: false } as const;
    this.#hears(room, { ...about, type: "m.room.message", content: { body }, encryption: "none" });
  }

  /** Somebody types this in the room, and all that follows is done. */
  async types(person: UserId, body: string): Promise<void> {
    this.rooms.said(ROOM, person, body);
    await this.settled();
    await this.#alive(() => {
      const room = { roomId: ROOM, gap: true, events: [], limited: false };
      const batch = { rooms: [room], invites: [], departures: [], awayMs: 0, first: false };
      return this.#life.setUps.handle(batch);
    });
  }

  /** Something is done in the room's turn. */
  async inTurn(work: () => Promise<void>): Promise<void> {
    await this.#alive(() => this.#life.queue.run(ROOM, work));
  }

  /** Hookshot has done all that follows. */
  async settled(): Promise<void> {
    while (this.rooms.pending.length > 0) await Promise.all(this.rooms.pending.splice(0));
  }

  /** What is waited for has been waited for as long as it may. */
  async waitsInVain(): Promise<void> {
    this.clock.advance(3_600_000);
    await this.#alive(() => this.#life.setUps.endWaits());
  }

  /** How a room stands; whatever is neither whole nor undone comes as a list of what is left. */
  async stands(room = ROOM): Promise<string> {
    const document = await this.documents.get(roomDocument, room);
    const parts = {
      record: connectionsOf(document).length > 0,
      state: (await this.connections.hookshot.live(room)).length > 0,
      ...this.rooms.parts(room),
      "set-up": (document?.setUps ?? []).length > 0,
    };
    const left = Object.entries(parts).flatMap(([name, there]) => (there ? [name] : []));
    if (left.join(" ") === "record state hookshot bot levels") return "set up";
    return left.length === 0 ? "undone" : left.join(" ");
  }

  #hears(room: RoomId, event: RoomEvent): void {
    const life = this.#life;
    if (life.dead) return;
    life.words.note({ roomId: room, events: [event] });
    life.mail.note({ roomId: room, events: [event] });
    life.setUps.waiter.note({ roomId: room, gap: false, events: [event] });
  }

  async #alive(work: () => Promise<void>): Promise<void> {
    const life = this.#life;
    const progress = { over: false };
    const ended = work()
      .catch(this.#foreseen)
      .then(() => life.queue.idle())
      .finally(() => (progress.over = true));
    while (!progress.over) {
      await nextTurn();
      if (this.clock.waiting > 0) this.clock.advance(1000);
    }
    await ended;
    await Promise.all(this.rooms.pending.splice(0));
    await life.queue.idle();
    if (this.#faults.length > 0) throw new AggregateError(this.#faults, "not foreseen");
    if (life.dead) await this.#restart();
  }

  async #restart(): Promise<void> {
    this.lives += 1;
    this.#life = this.#live();
    for (const room of [ROOM, NEXT]) {
      const document = await this.documents.get(roomDocument, room);
      this.#life.setUps.found(document ?? roomDocument.empty(room));
    }
    await this.#alive(async () => {
      for (const begun of [...this.#journal]) await this.#perform(begun);
      await this.#life.setUps.start();
    });
  }

  #live(isConfigured = true): Life {
    const life: { dead: boolean } = { dead: false };
    const { clock } = this;
    const { bot } = WHO;
    const queue = new KeyedQueue(this.#foreseen);
    const act = <T>(name: string, work: () => T | Promise<T>): Promise<T> =>
      this.#act(life, name, work);
    const documents = {
      ...this.documents,
      update: ((type, id, change) =>
        act("document", async () => {
          const document = await this.documents.update(type, id, change);
          this.stored.push(JSON.stringify(document));
          return document;
        })) as typeof this.documents.update,
    };
    const matrix = this.rooms.actedOn(act);
    const http = this.rooms.http(act);
    const setUps = new SetUps({
      ...{ documents, clock, queue, calledAs: "!usher", isFrozen: () => false },
      retention: ALL_KEPT,
      speaker: {
        progress: () => undefined,
        say: async (_, answer) => {
          if (answer instanceof UsherError) throw new TypeError("nobody says errors late");
          await act("tell", () => (this.told = answer.template));
          return "$said" as EventId;
        },
      },
      owed: { keep: () => Promise.resolve() },
    });
    const words = new BotWords(bot);
    const url = "http://hookshot.example.org";
    const api = this.#byApi ? new HookshotApi({ http, matrix, url, bot }) : undefined;
    const talkRooms = this.rooms.talkRooms(act);
    const mail = new SecretMail({ matrix, talkRooms, waiter: setUps.waiter, clock, bot });
    const hookshot = new Hookshot({ matrix, clock, bot, api, words, mail });
    const letters: Pick<Letters, "send"> = {
      send: (person, { template, view }, { cause, step }) =>
        act("letter", () => {
          const once = `${cause} ${step}`;
          if (this.#sent.has(once)) return;
          this.#sent.add(once);
          this.letters.push({ person, template, secret: view["secret"] as string });
        }),
    };
    const opened = isConfigured ? { hookshot, bot } : undefined;
    const probe = async (): Promise<unknown> => api?.sections();
    const connections = new Connections({
      ...{ matrix, documents, clock, setUps, queue, opened, probe, letters },
    });
    return Object.assign(life, { queue, setUps, words, mail, connections });
  }

  async #perform(begun: { readonly event: EventId; readonly words: Words }): Promise<void> {
    const life = this.#life;
    await life.queue.run(begun.words === "carry" ? NEXT : ROOM, async () => {
      let told: string;
      try {
        told = await this.#do(life, begun);
      } catch (error) {
        if (!(error instanceof UsherError)) throw error;
        told = `error/${error.code}`;
      }
      await this.#act(life, "tell", () => (this.told = told));
      this.#journal.splice(this.#journal.indexOf(begun), 1);
    });
  }

  async #do(
    { connections }: Life,
    { event, words }: { readonly event: EventId; readonly words: Words },
  ): Promise<string> {
    const by = { person: WHO.ann, cause: event };
    const target = this.#target;
    switch (words) {
      case "add":
        return (await connections.add(ROOM, target, by)).is;
      case "remove":
        return connections.remove(ROOM, this.id, by);
      case "carry": {
        const { bot } = WHO;
        const documents = this.documents;
        const handler = connectionUpgradeHandler(connections, { documents, bot });
        return (await handler.carry(ROOM, NEXT)).map(({ result }) => result).join(" ");
      }
    }
  }

  async #act<T>(life: { dead: boolean }, name: string, work: () => T | Promise<T>): Promise<T> {
    await Promise.resolve();
    if (life.dead) throw new Crash();
    const number = this.effects.push(name) - 1;
    const dies = (when: Death["when"]): void => {
      if (!this.#deaths.some((one) => one.at === number && one.when === when)) return;
      life.dead = true;
      throw new Crash();
    };
    dies("before");
    const result = await work();
    dies("after");
    return result;
  }

  readonly #foreseen = (error: unknown): void => {
    if (!(error instanceof Crash)) this.#faults.push(error);
  };
}
