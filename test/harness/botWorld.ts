import type { BotEntry } from "../../src/kinds/bots/config.ts";
import { Bots } from "../../src/kinds/bots/bots.ts";
import type { BotOrder } from "../../src/kinds/bots/order.ts";
import type { Answer } from "../../src/chat/command.ts";
import type { SetUps } from "../../src/integrations/setUps.ts";
import { ManualClock } from "../../src/kernel/clock.ts";
import { silentLog } from "../../src/kernel/log.ts";
import type { LeaveTokens } from "../../src/kinds/bots/leaveTokens.ts";
import type { BotManager } from "../../src/kinds/bots/setUp.ts";
import type { EventId, RoomId, UserId } from "../../src/kernel/ids.ts";
import type {
  Content,
  Inviting,
  OwnAccount,
  PowerLevels,
  RoomEvent,
  RoomState,
  Sending,
  StateEvent,
} from "../../src/matrix/port.ts";
import { roomDocument, type RoomDocument, type SetUp } from "../../src/store/room.ts";
import { memoryDocuments } from "./memoryDocuments.ts";
import { memorySetUps } from "./memorySetUps.ts";

export const room = "!r:x" as RoomId;
export const me = "@usher:x" as UserId;
export const ann = "@ann:x" as UserId;
export const bot = "@poll:x" as UserId;
export const order: BotOrder = { user: bot, level: 50, person: ann, cause: "$1" as EventId };
const entry: BotEntry = {
  id: "poll",
  name: "Poll bot",
  user: bot,
  description: "Asks the room questions",
  price: "free",
  host: { by: "operator" },
  enabled: true,
  level: 0,
  firstWords: "!poll hello",
  leaveWords: "!poll leave",
};

export type Manners = "comes" | "declines" | "stays away" | "heeds no words";

/** Thrown in place of going on: the process is dead. */
export class Crash extends Error {}

/** A homeserver of a few rooms with one bot that comes when it is invited. It counts what it is asked to do, and can end the world at any of it. */
export class BotWorld {
  readonly clock = new ManualClock();
  readonly documents = memoryDocuments();
  readonly effects: string[] = [];
  /** What is told under commands that have been answered. */
  readonly late: Answer[] = [];
  /** Usher dies when it is to tell something so. */
  diesTelling = false;
  /** Those of the present life of the program. */
  setUps: SetUps = this.#live();
  readonly #said = new Set<string>();
  readonly #members = new Map<RoomId, { membership: string; sender: UserId }>();
  manners: Manners = "comes";
  /** What the catalogue says of the bot. */
  entry = entry;
  /** How others than the bot stand to the rooms; who is not among them is joined. */
  readonly people = new Map<UserId, string>();
  levels: Content = { users: { [ann]: 100, [me]: 100 } };
  /** The asked-for things before a crash, and whether it comes before or after the last has its effect. */
  crash: { at: number; after: boolean } | undefined;
  #done = 0;

  readonly matrix: OwnAccount & Sending & RoomState & PowerLevels & Inviting = {
    me,
    allState: (where) => Promise.resolve([this.#member(where)].filter((one) => one !== undefined)),
    state: (where, type, stateKey) =>
      Promise.resolve(type === "m.room.member" ? this.#memberOf(where, stateKey) : this.levels),
    power: () => Promise.resolve({ version: "11", creators: new Set([ann]), levels: this.levels }),
    setState: (_room, type, _key, content) =>
      this.#act(`set ${type} ${JSON.stringify(content["users"])}`, () => {
        this.levels = content;
        return "$s" as EventId;
      }),
    invite: (where, user) =>
      this.#act(`invite ${user} to ${where}`, () => {
        this.move(where, "invite", me);
        if (this.manners === "comes" || this.manners === "heeds no words")
          this.move(where, "join", bot);
        if (this.manners === "declines") this.move(where, "leave", bot);
      }),
    kick: (where, user) =>
      this.#act(`kick ${user}`, () => {
        this.move(where, "leave", me);
      }),
    send: (where, { body, asText, mentions }, { cause, step }) =>
      this.#act(undefined, () => {
        if (this.#said.has(cause + step)) return "$m" as EventId;
        this.#said.add(cause + step);
        this.effects.push(`say ${body} ${asText === true ? "as text" : ""} to ${String(mentions)}`);
        if (body === entry.leaveWords && this.manners === "comes") this.move(where, "leave", bot);
        return "$m" as EventId;
      }),
  };

  /** As `crash`, counted from now. */
  crashAfter({ at, after }: { at: number; after: boolean }): void {
    this.crash = { at: this.#done + at, after };
  }

  move(where: RoomId, membership: string, sender: UserId): void {
    this.#members.set(where, { membership, sender });
    this.setUps.note({ roomId: where, gap: false, events: [moved(where)] });
  }

  membership(where: RoomId = room): string | undefined {
    return this.#members.get(where)?.membership;
  }

  /** What has the bot leave, where the operator gave its token. */
  tokens: Pick<LeaveTokens, "has" | "leave"> = {
    has: () => false,
    leave: () => Promise.resolve(),
  };
  /** The maubot that runs the bot, where one does. */
  maubot: BotManager | undefined;

  /** In a new life of the program, unless it goes on in this one. */
  bots(setUps: SetUps = (this.setUps = this.#live())): Bots {
    return new Bots({
      matrix: this.matrix,
      documents: this.documents,
      clock: this.clock,
      setUps,
      entries: [this.entry],
      queue: { aside: (_room, wait) => wait() },
      patienceMs: 1000,
      maubot: this.maubot,
      tokens: this.tokens,
      log: silentLog,
    });
  }

  /** What is not done in the room. */
  async halfDone(where: RoomId = room): Promise<readonly SetUp[]> {
    return (await this.document(where)).setUps ?? [];
  }

  async document(where: RoomId = room): Promise<RoomDocument> {
    return (await this.documents.get(roomDocument, where)) ?? roomDocument.empty(where);
  }

  /** The intake hands on that the bot's membership changed. */
  hear(where: RoomId = room): Promise<void> {
    const rooms = [{ roomId: where, gap: false, events: [moved(where)] }];
    return this.setUps.handle({ rooms, invites: [], departures: [], awayMs: 0, first: false });
  }

  #live(): SetUps {
    return memorySetUps(this, (_event, answer) => {
      if (this.diesTelling) throw new Crash();
      this.late.push(answer);
    });
  }

  /** Does it to its end, letting time pass where something is waited for. */
  async done<T>(work: Promise<T>): Promise<T> {
    const progress = { over: false };
    const ended = work.finally(() => {
      progress.over = true;
    });
    ended.catch(() => undefined);
    while (!progress.over) {
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      if (this.clock.waiting > 0) this.clock.advance(1000);
    }
    return ended;
  }

  #memberOf(where: RoomId, user: string): Content | undefined {
    if (user === bot) return this.#member(where)?.content;
    return { membership: this.people.get(user as UserId) ?? "join" };
  }

  #member(where: RoomId): StateEvent | undefined {
    const now = this.#members.get(where);
    if (now === undefined) return undefined;
    const { membership, sender } = now;
    return {
      type: "m.room.member",
      stateKey: bot,
      sender,
      content: { membership },
      originServerTs: 7,
    } as unknown as StateEvent;
  }

  #act<T>(effect: string | undefined, act: () => T): Promise<T> {
    this.#done += 1;
    const dies = this.crash?.at === this.#done ? this.crash : undefined;
    if (dies?.after === false) return Promise.reject(new Crash());
    if (effect !== undefined) this.effects.push(effect);
    const result = act();
    return dies === undefined ? Promise.resolve(result) : Promise.reject(new Crash());
  }
}

function moved(where: RoomId): RoomEvent {
  return {
    roomId: where,
    type: "m.room.member",
    stateKey: bot,
    sender: bot,
  } as unknown as RoomEvent;
}
