import { expect, it } from "vitest";
import { ALICE, MemoryConversation } from "../../../test/harness/memoryConversation.ts";
import { memoryDocuments } from "../../../test/harness/memoryDocuments.ts";
import { MemoryHomeserver } from "../../../test/harness/memoryHomeserver.ts";
import { ManualClock } from "../../kernel/clock.ts";
import type { RoomId } from "../../kernel/ids.ts";
import { adminStatus } from "./status.ts";

it.each([
  ["wasm", true, "Encryption: wasm, my device signed\n"],
  ["wasm", false, "Encryption: wasm, my device not signed\n"],
  [undefined, false, "Encryption: off\n"],
])("admin status tells of encryption by %s, signed: %s", async (engine, verified, line) => {
  const server = new MemoryHomeserver();
  server.make("!a:example.org" as RoomId, { creator: ALICE, joined: [server.me] });
  const health = { version: "1.2.3", startedAt: 0, lastHeard: 3_480_000, engine, verified };
  const conversation = new MemoryConversation({
    commands: [
      adminStatus({
        matrix: server,
        documents: memoryDocuments(),
        upgradeHandlers: [],
        clock: new ManualClock(3_600_000),
        health: () => Promise.resolve(health),
        checkups: () =>
          Promise.resolve([
            {
              well: false,
              finding: {
                template: "doctor/bridge",
                view: {
                  ...{ id: "irc", name: "IRC", well: false, down: true, old: false },
                  ...{ unusable: false, slow: false },
                  fault: { template: "bridge-fault/down", view: {} },
                },
              },
            },
          ]),
      }),
    ],
  });
  conversation.operators.add(ALICE);
  await conversation.say("!usher admin status");
  const said = conversation.said.at(-1)?.body ?? "";
  expect(said).toContain(
    "Usher 1.2.3, running for 1 h 0 min; last heard from the homeserver 2 min ago",
  );
  expect(said).toContain("Rooms I am in: 1; things I have added there: 0");
  expect(said).toContain(line);
  expect(said).toContain("- IRC (`irc`): does not answer. See whether it runs");
});
