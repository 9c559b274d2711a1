import { setImmediate as nextTurn } from "node:timers/promises";
import { ManualClock } from "../../../src/kernel/clock.ts";
import { UsherError } from "../../../src/kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../../../src/kernel/ids.ts";
import { bridgeUpgradeHandler } from "../../../src/kinds/bridges/upgrade.ts";
import type { Bridges } from "../../../src/kinds/bridges/bridges.ts";
import type { Connector } from "../../../src/kinds/bridges/connector.ts";
import { bridgesOf } from "../../../src/kinds/bridges/records.ts";
import { roomDocument, type RoomDocument } from "../../../src/store/room.ts";
import { memoryDocuments } from "../memoryDocuments.ts";
import { sentenceOf } from "../sentenceOf.ts";
import { BridgeRooms, NEXT, ROOM, WHO } from "./bridgeRooms.ts";
import { beginLife, type Life } from "./killLife.ts";
import type { Hands, ScriptedBridge } from "./scriptedBridge.ts";

/** Thrown in place of going on: the process is dead. */
class Crash extends Error {}

/** A command that is not over: it is done again at each start until it is answered. */
interface Begun {
  readonly event: EventId;
  readonly words: Words;
}

/** `carry`: the room is replaced, and what is in it is brought along. `remove next`: what was brought along goes. */
type Words = "add" | "remove" | "resume" | "carry" | "remove next";

/** When the process dies: before or after the effect of this number, counted from where the test says. */
export interface Death {
  readonly at: number;
  readonly when: "before" | "after";
}

/**
 * One room, one bridge, and an Usher that can die before and after everything that it does: what it stores, what it sends, what it says to the bridge's bot, what it
 * answers. The connector is the real one.
 */
export class KillWorld {
  readonly clock = new ManualClock();
  readonly documents = memoryDocuments();
  readonly rooms = new BridgeRooms(
    (room, event) => {
      this.#happens(room, event);
    },
    () => this.clock.now(),
  );
  readonly bridge: ScriptedBridge;
  /** Everything that Usher has done, in order, each by name. */
  readonly effects: string[] = [];
  /** What was told under each command, in a word, oldest first. */
  readonly told = new Map<EventId, string[]>();
  /** The effects that the homeserver refuses for good: everywhere, or in one place. */
  readonly refused = new Set<string>();
  /** The last refusal, as people read it. */
  lastWords = "";
  /** How often it has begun. */
  lives = 1;
  readonly room = ROOM;
  readonly #journal: Begun[] = [];
  readonly #faults: unknown[] = [];
  #deaths: Death[] = [];
  #commands = 0;
  #life: Life | undefined;

  constructor(make: (hands: Hands, owner: UserId) => ScriptedBridge) {
    this.bridge = make(
      this.rooms.hands(() => this.bridge.bot),
      WHO.usher,
    );
    this.rooms.begin(this.bridge.bot);
    this.#life = this.#live();
  }

  #id(room: RoomId): string {
    const target = this.#connector(this.#now).target(this.bridge.words);
    return this.bridges.idOf((this.bridge.entry as { id: string }).id, room, target);
  }

  /** It dies so from now on. */
  dies(...deaths: readonly Death[]): void {
    this.#deaths = deaths.map(({ at, when }) => ({ at: at + this.effects.length, when }));
  }

  /** Somebody says this, and it is done as far as it goes; at a death, the next life goes on. */
  async say(words: Words): Promise<void> {
    this.#commands += 1;
    const begun = { event: `$${String(this.#commands)}${words}` as EventId, words };
    this.#journal.push(begun);
    await this.#alive(() => this.#perform(begun));
  }

  /** Somebody has brought the bot into the room before. */
  readonly bringsBot = (): void => this.rooms.brings(this.bridge.bot);

  /** Somebody puts the bot out. */
  readonly kicksBot = (): void => this.rooms.kicks(this.bridge.bot);

  /** What is waited for has been waited for as long as it may. */
  async waitsInVain(): Promise<void> {
    this.clock.advance(3_600_000);
    await this.#alive(() => this.#now.setUps.endWaits());
  }

  /** Its bridges, as the life of now has them. */
  get bridges(): Bridges {
    return this.#now.bridges;
  }

  get queue(): Life["queue"] {
    return this.#now.queue;
  }

  /** Something else is done, time being no matter. */
  does(work: () => Promise<void>): Promise<void> {
    return this.#alive(work);
  }

  get id(): string {
    return this.#id(ROOM);
  }

  /** What was told last of all. */
  get lastTold(): string | undefined {
    return [...this.told.values()].at(-1)?.at(-1);
  }

  /** How the room stands; whatever is neither whole nor undone comes as a list of what is left. */
  async stands(room = ROOM): Promise<"set up" | "undone" | readonly string[]> {
    const document = await this.#document(room);
    const parts = {
      record: bridgesOf(document).length > 0,
      link: this.bridge.linked(room),
      bot: this.rooms.membership(room, this.bridge.bot) === "join",
    };
    const left = Object.entries(parts).flatMap(([name, there]) => (there ? [name] : []));
    if ((document.setUps ?? []).length > 0) left.push("set-up");
    if (left.join(" ") === "record link bot") return "set up";
    const changed = [...left, ...this.rooms.changed(room, this.bridge.bot)];
    return changed.length === 0 ? "undone" : changed;
  }

  async #document(room: RoomId): Promise<RoomDocument> {
    return (await this.documents.get(roomDocument, room)) ?? roomDocument.empty(room);
  }

  get #now(): Life {
    return (this.#life ??= this.#live());
  }

  /** Does it to its end, letting time pass where something is waited for, and begins anew where the process dies. */
  async #alive(work: () => Promise<void>): Promise<void> {
    const life = this.#now;
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
    // What the bridge does by itself after its answer.
    for (let turn = 0; turn < 5; turn += 1) await nextTurn();
    await life.queue.idle();
    if (this.#faults.length > 0) throw new AggregateError(this.#faults, "not foreseen");
    if (life.dead) await this.#restart();
  }

  async #restart(): Promise<void> {
    this.lives += 1;
    this.#life = this.#live();
    for (const room of [ROOM, NEXT]) this.#life.setUps.found(await this.#document(room));
    await this.#alive(async () => {
      for (const begun of [...this.#journal]) await this.#perform(begun);
      await this.#now.setUps.start();
    });
  }

  #live(): Life {
    const gate: { dead: boolean } = { dead: false };
    return beginLife(gate, {
      ...{ rooms: this.rooms, bridge: this.bridge, documents: this.documents, clock: this.clock },
      act: (name, work) => this.#act(gate, name, work),
      tells: (event, what) => {
        this.#tell(event, what);
      },
      foreseen: this.#foreseen,
    });
  }

  #connector({ bridges }: Life): Connector {
    return bridges.connectorOf((this.bridge.entry as { id: string }).id);
  }

  /** As the runner of commands does it: in the room's turn, and out of the journal when it has been answered. */
  async #perform(begun: Begun): Promise<void> {
    const life = this.#now;
    const room = ["carry", "remove next"].includes(begun.words) ? NEXT : ROOM;
    await life.queue.run(room, async () => {
      let told: string;
      try {
        told = await this.#do(life, begun);
      } catch (error) {
        if (!(error instanceof UsherError)) throw error;
        told = `error/${error.code}`;
        this.lastWords = sentenceOf(error);
      }
      await this.#act(life, "tell", () => {
        this.#tell(begun.event, told);
      });
      this.#journal.splice(this.#journal.indexOf(begun), 1);
    });
  }

  async #do(life: Life, { event, words }: Begun): Promise<string> {
    const by = { person: WHO.ann, cause: event };
    switch (words) {
      case "add": {
        const { id } = this.bridge.entry as { id: string };
        const target = this.#connector(life).target(this.bridge.words);
        return (await life.bridges.add(ROOM, id, target, by)).is;
      }
      case "remove":
        return life.bridges.remove(ROOM, this.#id(ROOM), by);
      case "resume":
        return (await life.setUps.resume(ROOM, this.#id(ROOM), event)).template;
      case "carry": {
        const handler = bridgeUpgradeHandler(life.bridges, this.documents);
        return (await handler.carry(ROOM, NEXT)).map(({ result }) => result).join(" ");
      }
      case "remove next":
        return life.bridges.remove(NEXT, this.#id(NEXT), by);
    }
  }

  #tell(event: EventId, what: string): void {
    this.told.set(event, [...(this.told.get(event) ?? []), what]);
  }

  async #act<T>(life: { dead: boolean }, name: string, work: () => T | Promise<T>): Promise<T> {
    await Promise.resolve();
    if (life.dead) throw new Crash();
    const full = `${await this.#place()}: ${name}`;
    const number = this.effects.push(full) - 1;
    const dies = (when: Death["when"]): void => {
      const death = this.#deaths.find((one) => one.at === number && one.when === when);
      if (death === undefined) return;
      life.dead = true;
      throw new Crash();
    };
    dies("before");
    const isRefused = [name, full].some((one) => this.refused.has(one));
    const result = isRefused ? refusal() : await work();
    dies("after");
    if (result instanceof UsherError) throw result;
    return result;
  }

  /** Where the set-up stands; nothing where there is none. */
  async #place(): Promise<string> {
    const document = await this.documents.get(roomDocument, ROOM);
    const [setUp] = document?.setUps ?? [];
    return setUp === undefined ? "no set-up" : `${setUp.state} ${setUp.step}`;
  }

  /** Usher, if it lives, hears of it; so does the bridge. */
  #happens(room: RoomId, event: Parameters<BridgeRooms["heard"]>[1]): void {
    const life = this.#life;
    if (life !== undefined && !life.dead) this.rooms.tells(life, room, event);
    this.rooms.heard(this.bridge, event, room);
  }

  readonly #foreseen = (error: unknown): void => {
    if (!(error instanceof Crash)) this.#faults.push(error);
  };
}

/** A refusal that does not pass by itself. */
function refusal(): UsherError {
  const view = { action: "state", status: 403, code: "M_FORBIDDEN", passing: false };
  return new UsherError("room-unreachable", view);
}
