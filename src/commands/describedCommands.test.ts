import { expect, it } from "vitest";
import { memoryDocuments } from "../../test/harness/memoryDocuments.ts";
import { MemoryRoom } from "../../test/harness/memoryRoom.ts";
import { offering, text } from "../chat/arguments.ts";
import { defineCommand, required, type Command } from "../chat/command.ts";
import { DESCRIPTION_TYPE, descriptionKey } from "../chat/commandDescription.ts";
import { UsherError } from "../kernel/errors.ts";
import type { RoomId } from "../kernel/ids.ts";
import { silentLog } from "../kernel/log.ts";
import type { RoomBatch } from "../matrix/intake.ts";
import type { RoomEvent, RoomPower } from "../matrix/port.ts";
import { roomDocument, type RoomDocument } from "../store/room.ts";
import { DescribedCommands } from "./describedCommands.ts";

const ROOM = "!room:example.org" as RoomId;

function command(words: string, more: Partial<Command> = {}): Command {
  const plain = defineCommand({
    words,
    parameters: { what: required(offering(text("entry"), () => offered)) },
    example: words,
    changes: false,
    answer: () => Promise.reject(new Error("is not asked")),
  });
  return { ...plain, ...more } as Command;
}

let offered: readonly string[] = ["jitsi"];

/** A room, and the life of one Usher after another in it. */
class Stage {
  readonly room = new MemoryRoom();
  readonly documents = memoryDocuments();
  level = 50;
  /** What the homeserver does. */
  readonly limits = { now: false, lastAt: undefined };
  refuses = false;
  changed = (): void => undefined;
  readonly said: string[] = [];

  static async begin(more: Partial<RoomDocument> = { greetedAt: 1 }): Promise<Stage> {
    offered = ["jitsi"];
    const stage = new Stage();
    await stage.documents.update(roomDocument, ROOM, (document) => ({ ...document, ...more }));
    return stage;
  }

  /** An Usher with these commands, which hears that the room has changed; resolves when it has done what it does. */
  async live(
    commands: readonly Command[],
    {
      on = true,
      office = false,
      hears = true,
    }: { readonly on?: boolean; readonly office?: boolean; readonly hears?: boolean } = {},
  ): Promise<DescribedCommands> {
    const { room, documents } = this;
    const power = (): Promise<RoomPower> =>
      Promise.resolve({
        version: "11",
        creators: new Set(),
        levels: { users: { [room.me]: this.level } },
      });
    const part = new DescribedCommands({
      matrix: {
        me: room.me,
        limits: this.limits,
        power,
        allState: () => room.allState(),
        setState: (at, type, key, content) =>
          this.refuses
            ? Promise.reject(new UsherError("room-unreachable", { status: 500 }))
            : room.setState(at, type, key, content),
      },
      documents,
      log: { ...silentLog, warn: ({ what }) => this.said.push(what) },
      commands,
      operators: { room: office ? ROOM : undefined },
      follow: (changed) => (this.changed = changed),
      asText: ({ template }) => template,
      on,
    });
    for await (const { document } of documents.scan(roomDocument)) part.found(document);
    await part.start();
    await part.ready();
    if (hears) await this.hear(part);
    return part;
  }

  /** Something was heard in the room. */
  async hear(part: DescribedCommands, batch: Partial<RoomBatch> = { gap: true }): Promise<void> {
    const heard = { roomId: ROOM, events: [], gap: false, ...batch };
    await part.handle({ rooms: [heard], invites: [], lefts: [] } as never);
    await part.rounds[0]?.work();
  }

  /** The words of what is described in the room now. */
  async described(): Promise<readonly unknown[]> {
    const state = await this.room.allState();
    return state
      .filter(({ type, content }) => type === DESCRIPTION_TYPE && "command" in content)
      .map(({ content }) => content["command"]);
  }

  async noted(): Promise<string | undefined> {
    return (await this.documents.get(roomDocument, ROOM))?.described;
  }
}

const commands = [
  command("list"),
  command("add widget"),
  command("admin status", { operatorsOnly: true }),
  command("hello", { unlisted: true }),
];

it("describes what people can say, each under its key, and what operators can where they are", async () => {
  const stage = await Stage.begin();
  await stage.live(commands);
  expect(await stage.described()).toEqual(["list", "add widget"]);
  expect(stage.room.sent.map(({ stateKey }) => stateKey)).toEqual(
    ["list", "add widget"].map((words) => descriptionKey(words, stage.room.me)),
  );
  const office = await Stage.begin();
  await office.live(commands, { office: true });
  expect(await office.described()).toEqual(["list", "add widget", "admin status"]);
});

it("writes nothing twice, and of another version of Usher only what is different: a command that is gone is blanked", async () => {
  const stage = await Stage.begin();
  const part = await stage.live(commands);
  await stage.hear(part);
  await stage.live(commands);
  expect(stage.room.sent).toHaveLength(2);
  await stage.live([command("list"), command("undo")], { hears: false });
  await expect.poll(() => stage.described()).toEqual(["list", "undo"]);
  expect(
    stage.room.sent.slice(2).map(({ stateKey, content }) => [stateKey, content["command"]]),
  ).toEqual([
    [descriptionKey("undo", stage.room.me), "undo"],
    [descriptionKey("add widget", stage.room.me), undefined],
  ]);
});

it("follows the catalogue in all rooms at once", async () => {
  const stage = await Stage.begin();
  const part = await stage.live(commands);
  offered = ["jitsi", "etherpad"];
  stage.changed();
  await part.rounds[0]?.work();
  expect(stage.room.sent).toHaveLength(4);
  expect(JSON.stringify(stage.room.sent.at(-1)?.content)).toContain("etherpad");
});

it("describes nothing where it may not, until it may; and nothing where it has not said what it is, or in what was replaced", async () => {
  const stage = await Stage.begin();
  stage.level = 0;
  const part = await stage.live(commands);
  expect(await stage.described()).toEqual([]);
  stage.level = 50;
  const levels = { type: "m.room.power_levels", sender: "@ann:example.org" } as RoomEvent;
  await stage.hear(part, { events: [levels] });
  expect(await stage.described()).toEqual(["list", "add widget"]);

  const silent = await Stage.begin({});
  const waiting = await silent.live(commands);
  expect(silent.room.sent).toEqual([]);
  await silent.documents.update(roomDocument, ROOM, (one) => ({ ...one, greetedAt: 1 }));
  await silent.hear(waiting, {});
  expect(await silent.described()).toEqual(["list", "add widget"]);

  const upgrade = { to: ROOM, event: "$e", by: "@ann:example.org", state: "carried" };
  const replaced = await Stage.begin({ greetedAt: 1, upgrade } as Partial<RoomDocument>);
  await replaced.live(commands);
  expect(replaced.room.sent).toEqual([]);
});

it("goes on after a crash in the middle, and after the homeserver has limited or refused it", async () => {
  const stage = await Stage.begin();
  stage.limits.now = true;
  await stage.live(commands);
  expect(stage.room.sent).toEqual([]);
  stage.limits.now = false;
  stage.refuses = true;
  const part = await stage.live(commands);
  expect(stage.said).toContain("commands.not-described");
  stage.refuses = false;
  await part.rounds[0]?.work();
  expect(await stage.described()).toEqual(["list", "add widget"]);
  // As if it had been killed before it noted that.
  await stage.documents.update(roomDocument, ROOM, ({ described: _, ...one }) => one);
  await stage.live(commands);
  expect(stage.room.sent).toHaveLength(2);
  expect(await stage.noted()).toBeDefined();
});

it("blanks all of its own where it is switched off, and touches nothing of others", async () => {
  const stage = await Stage.begin();
  await stage.live(commands);
  stage.room.put(DESCRIPTION_TYPE, "theirs", { command: "ban" }, "@draupnir:example.org" as never);
  await stage.live(commands, { on: false });
  expect(await stage.described()).toEqual(["ban"]);
  expect(await stage.noted()).toBeUndefined();
  await stage.live(commands, { on: false });
  expect(stage.room.sent).toHaveLength(5);
});
