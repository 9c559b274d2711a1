import { beforeEach, describe, expect, it } from "vitest";
import { ALICE, BOB, MemoryConversation, ROOM } from "../../test/harness/memoryConversation.ts";
import { UsherError } from "../kernel/errors.ts";
import type { EventId } from "../kernel/ids.ts";
import { pseudonym } from "../kernel/log.ts";
import { roomDocument, type RoomDocument } from "../store/room.ts";
import { restOfLine } from "./arguments.ts";
import { defineCommand, optional, required, type Plan } from "./command.ts";

const NOTHING_HERE = { template: "list/empty", view: {} };
const TO_BUILD = { template: "leave/preview", view: { things: 0, usher: "@usher:x" } } as const;
/** What is said of what was done: a sentence of its own. */
const BUILT = { template: "thanks", view: {} };

let done: string[];
let plan: (what: string | undefined) => Plan;
let perform: () => void;
let needs: number;

const build = defineCommand({
  words: "build",
  parameters: { what: optional(restOfLine("what")) },
  example: "build",
  changes: true,
  deed: "remove-widget",
  needs: () => (needs === 0 ? [] : [{ kind: "state", type: "m.build" }]),
  plan: ({ what }) => Promise.resolve(plan(what)),
  perform: ({ what }) => {
    perform();
    done.push(`build ${String(what)}`);
    return Promise.resolve(BUILT);
  },
  afterwards: () => {
    done.push("afterwards");
    return Promise.resolve();
  },
});

const look = defineCommand({
  words: "look",
  parameters: { at: required(restOfLine("at")) },
  example: "look up",
  changes: false,
  missing: () =>
    Promise.resolve(new UsherError("command-interrupted", { command: "nothing to look at" })),
  answer: () => {
    perform();
    return Promise.resolve(NOTHING_HERE);
  },
});

const secret = defineCommand({
  words: "admin vault",
  parameters: {},
  example: "admin vault",
  operatorsOnly: true,
  changes: false,
  answer: () => Promise.resolve(NOTHING_HERE),
});

let talk: MemoryConversation;
beforeEach(() => {
  done = [];
  needs = 0;
  plan = () => ({ preview: TO_BUILD, exactly: "build exactly" });
  perform = () => undefined;
  talk = new MemoryConversation({ commands: [build, look, secret] });
});

const bodies = (): readonly string[] => talk.said.map(({ body }) => body);
const document = (): Promise<RoomDocument | undefined> => talk.documents.get(roomDocument, ROOM);

describe("a command that changes things", () => {
  it("is asked about, and done as the exact line, once, with its answer and what comes after it", async () => {
    const event = await talk.say("!usher build");
    expect([done, talk.used]).toEqual([[], []]);
    expect((await document())?.pending).toMatchObject([
      { event, line: "build exactly", person: ALICE, expiresAt: talk.clock.now() + 300_000 },
    ]);
    expect((await document())?.handled).toContain(event);
    const yes = await talk.say("yes");
    expect(done).toEqual(["build exactly", "afterwards"]);
    expect(talk.used).toEqual([ALICE]);
    expect(talk.said[1]).toMatchObject({ replyTo: yes });
    expect(await document()).toMatchObject({ pending: [], journal: [] });
    await talk.say("yes");
    expect(done).toHaveLength(2);
  });

  it("is done at once where nobody sees it, or nothing is to be asked", async () => {
    plan = () => ({ unseen: true });
    const event = await talk.say("!usher build wall");
    expect(done).toEqual(["build wall", "afterwards"]);
    expect(talk.said).toMatchObject([{ replyTo: event }]);
    plan = () => ({ preview: TO_BUILD, aside: NOTHING_HERE, exactly: "build hut" });
    await talk.say("!usher build --yes");
    expect(done.slice(2)).toEqual(["build hut", "afterwards"]);
    expect(bodies()[1]).toContain("no widgets");
    expect(await document()).toMatchObject({ journal: [] });
  });

  it("where there is nothing to do is told so, and not asked about", async () => {
    plan = () => ({ nothing: NOTHING_HERE });
    const event = await talk.say("!usher build");
    expect(bodies()).toEqual([expect.stringContaining("no widgets")]);
    expect(await document()).toMatchObject({ pending: [], handled: [event] });
  });

  it("is refused without the power, before it is asked about and again before it is done", async () => {
    needs = 1;
    const levels = { events_default: 0, state_default: 50, users: {} };
    talk.power = { levels, version: "11", creators: new Set() };
    await talk.say("!usher build");
    expect(talk.said).toHaveLength(1);
    expect((await document())?.pending).toEqual([]);
    needs = 0;
    await talk.say("!usher build");
    expect((await document())?.pending).toHaveLength(1);
    needs = 1;
    await talk.say("yes");
    expect(done).toEqual([]);
    expect(bodies()[2]).toContain("50");
    expect((await document())?.journal).toEqual([]);
  });

  it.each([
    ["by itself", new Error("broken")],
    [
      "below the homeserver's door",
      new UsherError("unexpected", {}, { cause: new Error("broken") }),
    ],
  ])("that fails %s is told by a reference, and is over", async (_, failure) => {
    perform = () => {
      throw failure;
    };
    await talk.say("!usher build --yes");
    expect(done).toEqual([]);
    expect(bodies()).toEqual([expect.stringMatching(/this reference: `[0-9a-f]{4,}`/)]);
    expect(talk.used).toEqual([]);
    expect((await document())?.journal).toEqual([]);
    perform = () => {
      throw new UsherError("command-interrupted", { command: "wall" });
    };
    await talk.say("!usher build --yes");
    expect(bodies()[1]).toContain("wall");
  });
});

describe("a command that only tells", () => {
  it("is answered once, under itself", async () => {
    const event = await talk.say("!usher look up");
    expect(talk.said).toMatchObject([{ replyTo: event }]);
    expect(await document()).toMatchObject({ handled: [event] });
    expect([talk.asked, talk.used]).toEqual([[ALICE], []]);
  });

  it("is refused where it does not belong, or to whom it is not for", async () => {
    await talk.say("!usher admin vault");
    expect(bodies()[0]).not.toContain("no widgets");
    talk.operators.add(ALICE);
    await talk.say("!usher admin vault");
    expect(bodies()[1]).toContain("no widgets");
  });
});

describe("a line that is not understood", () => {
  it("is answered with what is there to choose from, where a value is missing", async () => {
    await talk.say("!usher look");
    expect(bodies()).toEqual([expect.stringContaining("nothing to look at")]);
  });

  it("is not answered with what only operators may do, but to them", async () => {
    await talk.say("!usher admin vaul");
    expect(bodies()[0]).not.toContain("vault");
    talk.operators.add(ALICE);
    await talk.say("!usher admin vaul");
    expect(bodies()[1]).toContain("admin vault");
  });
});

describe("what a crash cut off", () => {
  const journal = (line: string): Promise<unknown> =>
    talk.documents.update(roomDocument, ROOM, (current) => ({
      ...current,
      journal: [
        {
          event: "$before" as EventId,
          person: ALICE,
          calledAs: "!usher",
          line,
          at: 0,
          replyTo: "$yes" as EventId,
        },
      ],
    }));

  it("is done when Usher starts again, under the yes, and says which command it was", async () => {
    await journal("build wall");
    await talk.start();
    expect(done).toEqual(["build wall", "afterwards"]);
    expect(talk.said).toMatchObject([{ replyTo: "$yes" }]);
    expect(bodies()[0]).toContain("build wall");
    expect((await document())?.journal).toEqual([]);
  });

  it("and is no command any more is told, and forgotten", async () => {
    await journal("demolish wall");
    await talk.start();
    expect(done).toEqual([]);
    expect(bodies()).toEqual([expect.stringContaining("demolish wall")]);
    await journal("look up");
    await talk.restarted().start();
    expect((await document())?.journal).toEqual([]);
  });
});

describe("whoever nothing is done for", () => {
  beforeEach(() => {
    talk.guarded.set(ALICE, new UsherError("export-running"));
  });

  it("is told why, whatever they ask for, and nothing else happens", async () => {
    await talk.say("!usher look up");
    await talk.say("!usher build");
    expect(bodies()).toEqual([
      expect.stringContaining("making this file"),
      expect.stringContaining("making this file"),
    ]);
    expect(await document()).toMatchObject({ pending: [], journal: [] });
    await talk.say("!usher look up", { sender: BOB });
    expect(bodies()[2]).toContain("no widgets");
  });

  it("is told at the yes where that has come in between", async () => {
    talk.guarded.clear();
    await talk.say("!usher build");
    talk.guarded.set(ALICE, new UsherError("export-running"));
    await talk.say("yes");
    expect(done).toEqual([]);
    expect(bodies()[1]).toContain("making this file");
  });
});

it("R37 all that an event asks for is done under its sender's name in the log", async () => {
  const event = await talk.say("!usher look up");
  await talk.happens({ type: "m.room.member", content: {}, encryption: "none", stateKey: BOB });
  expect(talk.askedBy).toEqual([pseudonym(ALICE), pseudonym(ALICE)]);
  expect(talk.said).toMatchObject([{ replyTo: event }]);
});
