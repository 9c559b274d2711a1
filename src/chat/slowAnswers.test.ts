import { ALL_KEPT } from "../../test/harness/allKept.ts";
import { expect, it } from "vitest";
import { NOBODY } from "../../test/harness/sentenceOf.ts";
import { memoryDocuments } from "../../test/harness/memoryDocuments.ts";
import { ManualClock } from "../kernel/clock.ts";
import type { EventId, RoomId, UserId } from "../kernel/ids.ts";
import { silentLog } from "../kernel/log.ts";
import type {
  MessageContent,
  OwnAccount,
  PowerLevels,
  Reactions,
  RequestLimits,
  RoomEncryption,
  RoomMembers,
  RoomState,
  Sending,
  Typing,
} from "../matrix/port.ts";
import { roomDocument, type Asked } from "../store/room.ts";
import { defineCommand, type Answer } from "./command.ts";
import { parseLine, type ParsedCommand } from "./parse.ts";
import { CommandRunner } from "./commandRunner.ts";
import { createRenderer } from "./render.ts";
import { KeyedQueue } from "../kernel/tasks.ts";
import { Signs } from "./signs.ts";
import { Speaker } from "./speaker.ts";
import { loadTemplates } from "./templates.ts";

const ROOM = "!room:example.org" as RoomId;
const ME = "@usher:example.org" as UserId;
const ALICE = "@alice:example.org" as UserId;
const ASKED: Asked = {
  event: "$asked" as EventId,
  person: ALICE,
  calledAs: "!usher",
  line: "list",
  at: 0,
};
const WORKING = "I am working on it";

/** A room that knows transactions as homeservers do, and outlives every Usher. */
class Room {
  readonly documents = memoryDocuments();
  readonly clock = new ManualClock();
  readonly messages: { readonly id: EventId; readonly message: MessageContent }[] = [];
  readonly typed: boolean[] = [];
  limited = false;
  readonly #transactions = new Map<string, EventId>();

  /** What a person sees: each message with its latest text. */
  get shown(): string[] {
    return this.messages
      .filter(({ message }) => message.edits === undefined)
      .map(
        ({ id, message }) =>
          (this.messages.findLast((other) => other.message.edits === id)?.message ?? message).body,
      );
  }

  /** A fresh Usher, whose only command takes as long as the promise; where it changes something, planning it takes as long as the other one. */
  usher(
    result: Promise<Answer>,
    planned?: Promise<unknown>,
  ): {
    readonly commandRunner: CommandRunner;
    readonly understood: ParsedCommand;
  } {
    const list = { words: "list", parameters: {}, example: "list" };
    const telling = defineCommand({ ...list, changes: false, answer: () => result });
    const changing = defineCommand({
      ...list,
      changes: true,
      needs: () => [],
      plan: async () => planned?.then(() => ({ unseen: true })) ?? { unseen: true },
      perform: () => result,
    });
    const commands = [planned === undefined ? telling : changing];
    const matrix: OwnAccount &
      Sending &
      Reactions &
      Typing &
      RequestLimits &
      Pick<RoomState, "state"> &
      PowerLevels &
      RoomEncryption &
      RoomMembers = {
      me: ME,
      limits: { now: this.limited, lastAt: undefined },
      power: () => Promise.resolve({ version: "11", creators: new Set(), levels: undefined }),
      members: () => Promise.resolve({ joined: new Set([ME, ALICE]), invited: new Set() }),
      encryption: () => Promise.resolve("none"),
      state: () => Promise.resolve(undefined),
      send: (_room, message, { cause, step }) => {
        const id =
          this.#transactions.get(`${cause} ${step}`) ??
          (`$sent${String(this.messages.length)}` as EventId);
        if (!this.#transactions.has(`${cause} ${step}`)) this.messages.push({ id, message });
        this.#transactions.set(`${cause} ${step}`, id);
        return Promise.resolve(id);
      },
      typing: (_room, on) => {
        this.typed.push(on);
      },
      react: () => Promise.reject(new Error("Telling needs no reaction")),
      redact: () => Promise.reject(new Error("Telling needs no reaction")),
    };
    const { documents, clock } = this;
    const speaker = new Speaker({
      matrix,
      renderer: createRenderer(loadTemplates()),
      clock,
      pageBytes: 30_000,
      about: { usher: ME, ...NOBODY },
    });
    const parts = {
      matrix,
      documents,
      retention: ALL_KEPT,
      clock,
      log: silentLog,
      speaker,
      signs: new Signs({
        matrix,
        documents,
        clock,
        queue: new KeyedQueue(() => undefined),
        offered: false,
      }),
      answered: () => Promise.resolve(),
      used: () => undefined,
      asked: () => undefined,
      guard: () => Promise.resolve(undefined),
      commands,
      standing: () => Promise.resolve(undefined),
      confirmationMs: 300_000,
      signedOnly: false,
    };
    const understood = parseLine("list", commands, "!usher");
    if ("error" in understood) throw understood.error;
    return { commandRunner: new CommandRunner(parts), understood };
  }

  /** Runs the command until it is slow; what it then says is there when this resolves. */
  async slow(
    again: boolean,
  ): Promise<{ readonly done: Promise<void>; readonly finish: () => void }> {
    const { promise, resolve } = Promise.withResolvers<Answer>();
    const { commandRunner, understood } = this.usher(promise);
    const done = commandRunner.run(understood, ROOM, ASKED, again);
    await expect.poll(() => this.clock.waiting).toBe(1);
    this.clock.advance(2_000);
    expect(this.typed.at(-1)).toBe(true);
    return {
      done,
      finish: () => {
        resolve({ template: "list/empty", view: {} });
      },
    };
  }
}

const fast = Promise.resolve<Answer>({ template: "list/empty", view: {} });

it("says that it works on a slow command, and turns that message into the answer", async () => {
  const room = new Room();
  const { done, finish } = await room.slow(false);
  await expect.poll(() => room.shown).toEqual([expect.stringContaining(WORKING)]);
  finish();
  await done;
  expect(room.shown).toEqual([expect.stringContaining("no widgets")]);
  expect(room.typed).toEqual([true, false]);
  expect((await room.documents.get(roomDocument, ROOM))?.working).toBeUndefined();
});

it("says nothing of working while the homeserver limits it: the answer would come later for it", async () => {
  const room = new Room();
  room.limited = true;
  const { done, finish } = await room.slow(false);
  finish();
  await done;
  expect(room.messages).toHaveLength(1);
  expect(room.shown).toEqual([expect.stringContaining("no widgets")]);
});

it("does not say that it is writing where the answer is there at once", async () => {
  const room = new Room();
  const { commandRunner, understood } = room.usher(fast);
  await commandRunner.run(understood, ROOM, ASKED, false);
  expect(room.shown).toEqual([expect.stringContaining("no widgets")]);
  expect(room.typed).toEqual([]);
});

it("turns the message into the answer after a crash too, also when it is quick then", async () => {
  const room = new Room();
  await room.slow(false);
  await expect.poll(() => room.shown).toHaveLength(1);
  const { commandRunner, understood } = room.usher(fast);
  await commandRunner.run(understood, ROOM, ASKED, true);
  expect(room.shown).toEqual([expect.stringContaining("no widgets")]);
});

it("leaves an answer alone that was given right before a crash, also when it is slow then", async () => {
  const room = new Room();
  const first = room.usher(fast);
  await first.commandRunner.run(first.understood, ROOM, ASKED, false);
  const { done, finish } = await room.slow(true);
  finish();
  await done;
  expect(room.shown).toEqual([expect.stringContaining("no widgets")]);
  expect(room.messages).toHaveLength(1);
});

it("is one message for one command, also where a crash comes after the planning that was slow", async () => {
  const room = new Room();
  const planned = Promise.withResolvers<undefined>();
  const never = new Promise<Answer>(() => undefined);
  const first = room.usher(never, planned.promise);
  void first.commandRunner.run(first.understood, ROOM, ASKED, false);
  await expect.poll(() => room.clock.waiting).toBe(1);
  room.clock.advance(2_000);
  await expect.poll(() => room.shown).toEqual([expect.stringContaining(WORKING)]);
  planned.resolve(undefined);
  const journal = async (): Promise<number | undefined> =>
    (await room.documents.get(roomDocument, ROOM))?.journal.length;
  await expect.poll(journal).toBe(1);
  const { commandRunner } = room.usher(fast, fast);
  const begin = { confirmedBy: undefined, replyTo: ASKED.event };
  await commandRunner.perform(ROOM, ASKED, begin, { resumed: true });
  expect(room.shown).toEqual([expect.stringContaining("no widgets")]);
});
