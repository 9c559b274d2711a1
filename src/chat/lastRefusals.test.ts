import { describe, expect, it } from "vitest";
import { ALICE, BOB, MemoryConversation, ROOM } from "../../test/harness/memoryConversation.ts";
import { unheardCommands } from "../../scripts/unheardCommands.ts";
import { ManualClock } from "../kernel/clock.ts";
import type { EventId } from "../kernel/ids.ts";
import { LastRefusals } from "./lastRefusals.ts";
import type { ReplyTarget } from "./replyTarget.ts";

const commands = unheardCommands().filter(({ words }) =>
  ["add widget", "add bot", "remove"].includes(words),
);
const ADVICE = "Say `!usher add widget jitsi` to have that done: a yes alone does nothing here.";

/** Alice says what is no command, and is told what she may have meant. */
async function advised(): Promise<MemoryConversation> {
  const talk = new MemoryConversation({ commands });
  await talk.say("!usher add jitsi");
  expect(talk.said.at(-1)?.body).toContain("Did you mean `!usher add widget jitsi`?");
  return talk;
}

describe("a yes to an advice, where no question waits", () => {
  it.each(["yes", "Yes please!", "!usher yes", "@usher:example.org: ok"])(
    "%j is told what to say for it",
    async (line) => {
      const talk = await advised();
      await talk.say(line);
      expect(talk.said.at(-1)?.body).toBe(
        ADVICE.replace("!usher", line.startsWith("@") ? "@usher:example.org:" : "!usher"),
      );
    },
  );

  it("as a reply to it is told so whatever was said since", async () => {
    const talk = await advised();
    const advice = talk.said[0]?.id;
    if (advice === undefined) throw new Error("an advice comes first");
    await talk.say("lunch?", { sender: BOB });
    await talk.say("sure", { replyTo: advice });
    expect(talk.said.at(-1)?.body).toBe(ADVICE);
    await talk.say("yes", { sender: BOB, replyTo: advice });
    expect(talk.said).toHaveLength(2);
  });

  it("is the room's own where somebody has said something else since, of somebody else, of a reply to others, or late", async () => {
    for (const meanwhile of [
      (talk: MemoryConversation) => talk.say("lunch?", { sender: BOB }),
      (talk: MemoryConversation) => talk.say("what?"),
      (talk: MemoryConversation) =>
        talk.happens({
          type: "m.room.message",
          content: { msgtype: "m.image", body: "a" },
          encryption: "decrypted",
          sender: BOB,
        }),
      (talk: MemoryConversation) => {
        talk.clock.advance(300_000);
        return Promise.resolve();
      },
    ]) {
      const talk = await advised();
      await meanwhile(talk);
      await talk.say("yes");
      expect(talk.said).toHaveLength(1);
    }
    const talk = await advised();
    await talk.say("yes", { sender: BOB });
    await talk.say("yes");
    expect(talk.said).toHaveLength(1);
  });

  it("a no is taken for what it is, and an answer comes once", async () => {
    const talk = await advised();
    await talk.say("no");
    expect(talk.said.at(-1)?.body).toBe("All right, I have changed nothing.");
    await talk.say("yes");
    await talk.say("ok", { sender: ALICE });
    expect(talk.said).toHaveLength(2);
  });

  it("that was no whole command says that nothing waits", async () => {
    const talk = new MemoryConversation({ commands });
    await talk.say("!usher remvoe");
    await talk.say("yes");
    expect(talk.said.at(-1)?.body).toContain("Nothing here waits for your yes or no");
  });
});

it("what was said is forgotten when no yes can be meant for it any more", () => {
  const clock = new ManualClock();
  const refusals = new LastRefusals(clock);
  const said = (event: string): ReplyTarget => ({
    room: ROOM,
    event: event as EventId,
    thread: undefined,
    calledAs: "!usher",
  });
  refusals.heard(said("$a"), ALICE);
  clock.advance(200_000);
  refusals.heard(said("$b"), ALICE);
  expect(refusals.size).toBe(2);
  clock.advance(100_000);
  refusals.forgetOld();
  expect(refusals.size).toBe(1);
  clock.advance(200_000);
  refusals.forgetOld();
  expect(refusals.size).toBe(0);
});
