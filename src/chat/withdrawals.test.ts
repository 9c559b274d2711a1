import { beforeEach, describe, expect, it } from "vitest";
import { ALICE, BOB, MemoryConversation, ROOM } from "../../test/harness/memoryConversation.ts";
import type { EventId } from "../kernel/ids.ts";
import { roomDocument } from "../store/room.ts";
import { defineCommand, optional } from "./command.ts";
import { restOfLine } from "./arguments.ts";

let done = 0;
const build = defineCommand({
  words: "build",
  parameters: { what: optional(restOfLine("what")) },
  example: "build",
  changes: true,
  deed: "deed/widget-remove",
  needs: () => [],
  plan: () =>
    Promise.resolve({
      preview: { template: "leave/preview", view: { things: 0, usher: "@usher:example.org" } },
    }),
  perform: () => {
    done += 1;
    return Promise.resolve({ template: "list/empty", view: {} });
  },
});

const look = defineCommand({
  words: "look",
  parameters: {},
  example: "look",
  changes: false,
  answer: () => Promise.resolve({ template: "list/empty", view: {} }),
});

/** Alice asks for something, and Usher asks back. */
async function asked(reactions = false): Promise<{
  readonly talk: MemoryConversation;
  readonly command: EventId;
  readonly preview: EventId;
}> {
  done = 0;
  const talk = new MemoryConversation({ commands: [build, look], reactions });
  const command = await talk.say("!usher build");
  const [preview] = talk.said;
  if (preview === undefined) throw new Error("a preview comes first");
  return { talk, command, preview: preview.id };
}

describe("a command that waits for its yes", () => {
  it("and is changed is withdrawn, with a word", async () => {
    const { talk, command } = await asked();
    await talk.edit(command, "!usher build something else");
    expect(talk.said[1]).toMatchObject({
      replyTo: command,
      body: expect.stringContaining("changed the message") as string,
    });
    await talk.say("yes");
    expect(done).toBe(0);
    expect(talk.said).toHaveLength(2);
  });

  it("and is changed into something that cannot be read is withdrawn", async () => {
    const { talk, command } = await asked();
    const content = { "m.relates_to": { rel_type: "m.replace", event_id: command } };
    await talk.happens({ type: "m.room.encrypted", content, encryption: "unreadable" });
    await talk.say("yes");
    expect(done).toBe(0);
  });

  it("and is deleted, or whose preview is, is withdrawn, whoever did so", async () => {
    for (const which of ["command", "preview"] as const) {
      const it = await asked();
      await it.talk.redact(it[which], BOB);
      expect(it.talk.said[1]).toMatchObject({
        body: expect.stringContaining("was deleted") as string,
      });
      await it.talk.say("yes");
      await it.talk.react(it.preview, "✅");
      expect(done).toBe(0);
    }
  });

  it("is withdrawn where more happened than was heard", async () => {
    const { talk } = await asked();
    await talk.happens(
      { type: "m.room.topic", stateKey: "", content: {}, encryption: "none" },
      true,
    );
    expect(talk.said[1]?.body).toContain("More happened here");
    await talk.say("yes");
    expect(done).toBe(0);
  });

  it("stays where others pretend to change it, and where something else is changed or deleted", async () => {
    const { talk, command } = await asked();
    await talk.edit(command, "hello", BOB);
    await talk.edit("$other" as EventId, "hello");
    await talk.redact("$other" as EventId);
    await talk.say("yes");
    expect(done).toBe(1);
  });

  it("is forgotten when the asker leaves, and does not come back with them", async () => {
    const { talk, preview } = await asked();
    for (const membership of ["leave", "invite", "join"])
      await talk.happens({
        type: "m.room.member",
        stateKey: ALICE,
        content: { membership },
        encryption: "none",
      });
    await talk.say("yes");
    await talk.say("yes", { replyTo: preview });
    await talk.react(preview, "✅");
    expect(done).toBe(0);
  });

  it("stays when others leave, and when the asker takes another name", async () => {
    const { talk } = await asked();
    await talk.happens({
      type: "m.room.member",
      stateKey: BOB,
      content: { membership: "leave" },
      encryption: "none",
    });
    await talk.happens({
      type: "m.room.member",
      stateKey: ALICE,
      content: { membership: "join" },
      encryption: "none",
    });
    await talk.say("yes");
    expect(done).toBe(1);
  });
});

describe("a message that is changed into one for Usher", () => {
  it("is answered once: say it again", async () => {
    const { talk } = await asked();
    const wrong = await talk.say("!usehr list");
    await talk.edit(wrong, "!usher build");
    await talk.edit(wrong, "!usher build x");
    expect(talk.said.slice(1)).toMatchObject([
      { replyTo: wrong, body: expect.stringContaining("Say it again") as string },
    ]);
  });

  it("is no change where somebody else claims to have made it", async () => {
    const { talk } = await asked();
    await talk.edit(await talk.say("!usehr list"), "!usher build", BOB);
    expect(talk.said).toHaveLength(1);
  });

  it("is nobody's business where it is not said to Usher", async () => {
    const { talk } = await asked();
    await talk.edit(await talk.say("hello"), "hello there");
    expect(talk.said).toHaveLength(1);
  });
});

describe("what is said in other ways", () => {
  it("a yes with the quotation of old clients, a signature, or what nobody sees, counts", async () => {
    for (const yes of [
      "> <@usher:example.org> I will\n> do it\n\nyes",
      "yes\n-- \nAlice",
      "\u200byes\u2069",
      "ＹＥＳ",
      "yes please",
      "👍",
    ]) {
      const { talk } = await asked();
      await talk.say(yes);
      expect([yes, done]).toEqual([yes, 1]);
    }
  });

  it("an ok is told what counts, and leaves the question open", async () => {
    const { talk, preview } = await asked();
    await talk.say("ok do it");
    expect(talk.said[1]?.body).toMatch(/asked you about `build`,[^]*Answer yes or no/);
    await talk.say("what is it?", { replyTo: preview });
    expect(talk.said[2]?.body).toContain("Answer yes or no");
    await talk.say("ok", { sender: BOB });
    expect(talk.said).toHaveLength(3);
    await talk.say("yes");
    expect(done).toBe(1);
  });

  it("what is too long is answered in one sentence where it is said to Usher, and not otherwise", async () => {
    const { talk } = await asked();
    await talk.say("x".repeat(40_000));
    expect(talk.said).toHaveLength(1);
    await talk.say(`!usher build ${"x".repeat(40_000)}`);
    expect(talk.said[1]?.body).toContain("too long for me");
  });
});

describe("whatever was checked to plan", () => {
  it("is checked again to do: who is an operator", async () => {
    const commands = [{ ...build, operatorsOnly: true }];
    done = 0;
    const talk = new MemoryConversation({ commands });
    talk.operators.add(ALICE);
    await talk.say("!usher build");
    talk.operators.clear();
    await talk.say("yes");
    expect(done).toBe(0);
    expect(talk.said[1]?.body).toContain("for the people who run me");
  });
});

describe("previews that wait", () => {
  it.each<[string, readonly [string, ...string[]], number]>([
    ["answered another preview with yes", ["!usher build another", "yes"], 1],
    ["answered another preview with no", ["!usher build another", "no"], 0],
    ["asked for what Usher did not understand", ["!usher biuld another"], 0],
  ])("are not answered by a plain yes once their person has %s", async (_, lines, already) => {
    const { talk, preview } = await asked();
    for (const line of lines) await talk.say(line);
    for (const line of ["yes", "!usher yes", "ok"]) {
      const before = talk.said.length;
      await talk.say(line);
      expect(talk.said.slice(before).map(({ body }) => body)).toEqual([
        expect.stringMatching(/my question about `build.*do not know whether you mean that one/),
      ]);
    }
    expect(done).toBe(already);
    await talk.say("yes", { replyTo: preview });
    expect(done).toBe(already + 1);
  });

  it("are ended by a no, which harms nothing, and are not asked about again at the next one", async () => {
    const { talk } = await asked();
    await talk.say("!usher biuld another");
    const before = talk.said.length;
    for (const line of ["no", "no", "yes"]) await talk.say(line);
    expect(talk.said.slice(before).map(({ body }) => body)).toEqual([
      expect.stringMatching(/^I take that as a no to my earlier question about `build/),
    ]);
    expect(done).toBe(0);
  });

  it("are not answered by a yes that comes after the newest was taken back", async () => {
    const { talk } = await asked();
    const second = await talk.say("!usher build another");
    await talk.edit(second, "!usher build nothing");
    await talk.say("yes");
    expect(done).toBe(0);
  });

  it("are answered by a plain yes where their person has only looked at something else, or asked elsewhere", async () => {
    const { talk } = await asked();
    await talk.say("!usher look");
    const content = {
      msgtype: "m.text",
      body: "!usher build",
      "m.relates_to": { rel_type: "m.thread", event_id: "$thread" },
    };
    await talk.happens({
      type: "m.room.message",
      content,
      encryption: "decrypted",
      signedDevice: true,
    });
    await talk.say("yes");
    expect(done).toBe(1);
  });

  it("are a few for each person: the newest replace the oldest", async () => {
    const { talk } = await asked();
    for (let count = 0; count < 10; count += 1) await talk.say("!usher build");
    await talk.say("!usher build", { sender: BOB });
    const { pending = [] } = (await talk.documents.get(roomDocument, ROOM)) ?? {};
    expect(pending.map(({ preview }) => preview)).toEqual(
      [8, 9, 10, 11].map((number) => `$sent${String(number)}`),
    );
  });

  it("are a bounded number in all", async () => {
    const { talk } = await asked();
    for (let count = 0; count < 70; count += 1)
      await talk.say("!usher build", { sender: `@p${String(count)}:x` as typeof BOB });
    expect((await talk.documents.get(roomDocument, ROOM))?.pending).toHaveLength(60);
  });
});

describe("Usher's own signs beneath a preview", () => {
  let waiting: Awaited<ReturnType<typeof asked>>;
  const shown = (): string[] => [...waiting.talk.reactions.values()].map(({ key }) => key);
  beforeEach(async () => {
    waiting = await asked(true);
  });

  it("stand while it waits, and go when it is answered", async () => {
    expect([...waiting.talk.reactions.values()]).toEqual(
      ["✅", "❌"].map((key) => ({ target: waiting.preview, key })),
    );
    await waiting.talk.react(waiting.preview, "✅");
    expect([done, shown()]).toEqual([1, []]);
  });

  it.each([
    ["declined", () => waiting.talk.say("no")],
    ["withdrawn", () => waiting.talk.redact(waiting.command)],
    [
      "over",
      () => {
        waiting.talk.clock.advance(300_000);
        return waiting.talk.forgetExpired();
      },
    ],
    [
      "over and swept",
      async () => {
        waiting.talk.clock.advance(300_000);
        await waiting.talk.sweep();
        expect((await waiting.talk.documents.get(roomDocument, ROOM))?.pending).toEqual([]);
        await waiting.talk.forgetExpired();
      },
    ],
  ])("go when it is %s", async (_, ends) => {
    await ends();
    expect(shown()).toEqual([]);
    expect((await waiting.talk.documents.get(roomDocument, ROOM))?.spent).toBeUndefined();
  });

  it("of a preview that a newer one replaced go too", async () => {
    for (let count = 0; count < 5; count += 1) await waiting.talk.say("!usher build");
    expect(shown()).toHaveLength(6);
  });

  it("stay where the homeserver limits, until it does no more", async () => {
    waiting.talk.answers = "limits";
    await waiting.talk.say("no");
    await waiting.talk.forgetExpired();
    expect(shown()).toHaveLength(2);
    waiting.talk.answers = "takes";
    await waiting.talk.forgetExpired();
    expect(shown()).toEqual([]);
  });

  it("are not put there while the homeserver limits, and everything goes on without", async () => {
    waiting.talk.answers = "limits";
    await waiting.talk.say("!usher build");
    expect(shown()).toHaveLength(2);
    await waiting.talk.say("yes");
    expect(done).toBe(1);
  });

  it("that a crash left are taken away at the next start", async () => {
    waiting.talk.answers = "limits";
    await waiting.talk.say("no");
    const next = waiting.talk.restarted();
    await next.start();
    expect(next.reactions.size).toBe(0);
  });

  it("that were on their way at a crash are known after it", async () => {
    await waiting.talk.documents.update(roomDocument, ROOM, (room) => ({
      ...room,
      pending: room.pending.map((one) => ({ ...one, signs: [] })),
    }));
    const next = waiting.talk.restarted();
    await next.start();
    await next.say("yes");
    expect([done, next.reactions.size]).toEqual([1, 0]);
  });
});

describe("a device that is not given the keys of Usher's messages", () => {
  const unsigned = { signedDevice: false };
  const talkOf = (): MemoryConversation =>
    new MemoryConversation({ commands: [build], signedKeys: true, reactions: true });

  it("confirms nothing, and is told so by what it can see", async () => {
    done = 0;
    const talk = talkOf();
    await talk.say("!usher build", {}, unsigned);
    expect(talk.said[0]?.body).toContain("from a verified session: yours cannot read this");
    expect([...talk.reactions.values()]).toEqual([
      { target: "$event1", key: "Not verified: this session cannot read my answers" },
    ]);
    await talk.say("yes", {}, unsigned);
    expect(talk.said[1]?.body).toContain("not verified and cannot read my question");
    expect([...talk.reactions.values()].at(-1)).toMatchObject({ target: "$event2" });
    await talk.react(talk.said[0]?.id as EventId, "✅");
    expect(talk.said[2]?.body).toContain("A reaction does not count");
    expect(done).toBe(0);
    await talk.say("yes");
    expect(done).toBe(1);
  });

  it("does not confirm what a verified one asked for", async () => {
    done = 0;
    const talk = talkOf();
    await talk.say("!usher build");
    await talk.say("yes", {}, unsigned);
    expect(done).toBe(0);
    await talk.react(talk.said[0]?.id as EventId, "✅");
    expect(done).toBe(1);
  });
});
