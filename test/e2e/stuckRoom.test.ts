import { afterEach, expect, it } from "vitest";
import { member } from "../harness/rawEvents.ts";
import { ALICE, ScriptedTalk } from "../harness/scriptedTalk.ts";
import type { Fault } from "../harness/scriptedHomeserver.ts";

let talk: ScriptedTalk;
afterEach(() => talk.end());

const faults: Readonly<Record<string, Fault>> = {
  "does not answer": { kind: "hang" },
  "answers 500": { kind: "error", status: 500, errcode: "M_UNKNOWN" },
};

it("reads the members of a large room once, however many come, go and rename themselves, and not its state", async () => {
  talk = await ScriptedTalk.begin();
  const { server } = talk;
  const large = talk.room();
  for (let n = 0; n < 2_000; n += 1) {
    const user = `@member${String(n)}:scripted.test`;
    server.rooms.setState(large, user, "m.room.member", user, { membership: "join" });
  }
  const reads = (): number =>
    server.requests.filter(
      ({ path }) => path.endsWith("/members") || path.endsWith(`${large}/state`),
    ).length;
  await talk.ask(large, "!usher help");
  const before = reads();
  for (let n = 0; n < 30; n += 1) {
    const user = `@member${String(n)}:scripted.test`;
    talk.hear({
      [large]: {
        timeline: [
          member(user, n % 2 === 0 ? "leave" : "join", { before: "join", displayname: "new" }),
        ],
      },
    });
    talk.say(large, "hello");
  }
  await talk.ask(large, "!usher help");
  expect(reads()).toBe(before);
});

it.each(Object.keys(faults))(
  "a room about whose members the homeserver %s makes Usher deaf nowhere else, whatever is said and done there, and after a restart neither",
  async (what) => {
    talk = await ScriptedTalk.begin();
    const { server, usher } = talk;
    const [stuck, good] = [talk.room(), talk.room()];
    const fault = server.fault(`${stuck}/members`, faults[what] as Fault, 100_000);
    for (let life = 1; life <= 2; life += 1) {
      for (let n = 0; n < 70; n += 1) talk.say(stuck, "hello");
      for (let n = 0; n < 5; n += 1)
        talk.hear({
          [stuck]: {
            timeline: [member(`@new${String(n)}:scripted.test`, "leave", { before: "join" })],
          },
        });
      for (let n = 0; n < 70; n += 1) talk.say(stuck, "!usher help");
      expect(await talk.ask(good, "!usher help"), `life ${String(life)}`).toContain("I am Usher");
      expect(fault.struck).toBeGreaterThan(0);
      const asked = talk.say(good, "!usher help", { sender: ALICE });
      await usher.kill();
      await usher.start();
      await talk.answer(asked);
    }
    fault.release();
  },
  120_000,
);
