import { ALL_KEPT } from "../../test/harness/allKept.ts";
import { describe, expect, it } from "vitest";
import { NOBODY } from "../../test/harness/sentenceOf.ts";
import { memoryDocuments } from "../../test/harness/memoryDocuments.ts";
import { ManualClock } from "../kernel/clock.ts";
import type { EventId, MxcUri, RoomId, UserId } from "../kernel/ids.ts";
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
import type { Stickers } from "../matrix/stickers.ts";
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
  readonly stickers: string[] = [];
  readonly typed: boolean[] = [];
  limited = false;
  /** How often something was sent, for the first time or again. */
  sends = 0;
  readonly #transactions = new Map<string, EventId>();
  readonly #limits: RequestLimits["limits"] = Object.defineProperty(
    { now: false, lastAt: undefined },
    "now",
    { get: () => this.limited },
  );

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
    readonly speaker: Speaker;
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
      Stickers &
      Reactions &
      Typing &
      RequestLimits &
      Pick<RoomState, "state"> &
      PowerLevels &
      RoomEncryption &
      RoomMembers = {
      me: ME,
      limits: this.#limits,
      power: () => Promise.resolve({ version: "11", creators: new Set(), levels: undefined }),
      members: () => Promise.resolve({ joined: new Set([ME, ALICE]), invited: new Set() }),
      encryption: () => Promise.resolve("none"),
      state: () => Promise.resolve(undefined),
      sendSticker: (_room, { body }) => {
        this.stickers.push(body);
        return Promise.resolve("$sticker" as EventId);
      },
      send: (_room, message, { cause, step }) => {
        this.sends += 1;
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
    return { commandRunner: new CommandRunner(parts), understood, speaker };
  }

  /** Runs the command until it is slow; what it then says is there when this resolves. */
  async slow(
    again: boolean,
    answer: Answer = { template: "list/empty", view: {} },
  ): Promise<{
    readonly done: Promise<void>;
    readonly finish: () => void;
    readonly goesOn: (name: string) => void;
  }> {
    const { promise, resolve } = Promise.withResolvers<Answer>();
    const { commandRunner, understood, speaker } = this.usher(promise);
    const done = commandRunner.run(understood, ROOM, ASKED, again);
    await expect.poll(() => this.clock.waiting).toBe(1);
    this.clock.advance(2_000);
    expect(this.typed.at(-1)).toBe(true);
    return {
      done,
      goesOn: (name) => {
        speaker.progress(ASKED.event, name, stepOf(name));
      },
      finish: () => {
        resolve(answer);
      },
    };
  }
}

/** A step of a set-up, in words. */
function stepOf(name: string): Answer {
  return { template: "bridge-step/link", view: { name } };
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

const STICKER = {
  template: "list/empty",
  view: {},
  sticker: { body: "A cat waves", url: "mxc://example.org/cat" as MxcUri, info: {} },
} satisfies Answer;

it("says a sticker and nothing else where that is the answer", async () => {
  const room = new Room();
  const { commandRunner, understood } = room.usher(Promise.resolve(STICKER));
  await commandRunner.run(understood, ROOM, ASKED, false);
  expect(room.stickers).toEqual(["A cat waves"]);
  expect(room.shown).toEqual([]);
});

it("says the sentence too where the sticker was slow: the message about that must become something", async () => {
  const room = new Room();
  const { done, finish } = await room.slow(false, STICKER);
  await expect.poll(() => room.shown).toEqual([expect.stringContaining(WORKING)]);
  finish();
  await done;
  expect(room.stickers).toEqual(["A cat waves"]);
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

describe("what is being done for a slow command", () => {
  it("is told in the one message, step by step, which then becomes the answer", async () => {
    const room = new Room();
    const { done, finish, goesOn } = await room.slow(false);
    await expect.poll(() => room.shown).toEqual([expect.stringContaining(WORKING)]);
    for (const step of ["one", "two", "two"]) {
      goesOn(step);
      await expect.poll(() => room.shown).toEqual([expect.stringContaining(`linking ${step}`)]);
    }
    finish();
    await done;
    expect(room.shown).toEqual([expect.stringContaining("no widgets")]);
    const [first, ...edits] = room.messages;
    expect(edits.map(({ message }) => message.edits)).toEqual([first?.id, first?.id, first?.id]);
  });

  it("is told at once where it was known before the command was slow", async () => {
    const room = new Room();
    const { promise } = Promise.withResolvers<Answer>();
    const { commandRunner, understood, speaker } = room.usher(promise);
    void commandRunner.run(understood, ROOM, ASKED, false);
    await expect.poll(() => room.clock.waiting).toBe(1);
    speaker.progress(ASKED.event, "one", stepOf("one"));
    speaker.progress(ASKED.event, "two", stepOf("two"));
    expect(room.messages).toEqual([]);
    room.clock.advance(2_000);
    await expect.poll(() => room.shown).toEqual([expect.stringContaining("linking two")]);
    expect(room.messages).toHaveLength(1);
  });

  it("is told in the same message after a crash, and what was told before is not told again", async () => {
    const room = new Room();
    const { goesOn } = await room.slow(false);
    await expect.poll(() => room.shown).toEqual([expect.stringContaining(WORKING)]);
    goesOn("one");
    await expect.poll(() => room.shown).toEqual([expect.stringContaining("linking one")]);
    const after = await room.slow(true);
    after.goesOn("one");
    await expect.poll(() => room.sends).toBe(4);
    expect(room.messages).toHaveLength(2);
    after.goesOn("two");
    await expect.poll(() => room.shown).toEqual([expect.stringContaining("linking two")]);
    expect(room.messages).toHaveLength(3);
    after.finish();
    await after.done;
    expect(room.shown).toEqual([expect.stringContaining("no widgets")]);
  });

  it("is not told while the homeserver limits it, nor where nothing is being done", async () => {
    const room = new Room();
    const { done, finish, goesOn } = await room.slow(false);
    await expect.poll(() => room.shown).toHaveLength(1);
    room.limited = true;
    goesOn("one");
    finish();
    await done;
    goesOn("two");
    expect(room.messages).toHaveLength(2);
  });
});
