import { expect, it } from "vitest";
import { memoryDocuments } from "../../test/harness/memoryDocuments.ts";
import { memorySetUps } from "../../test/harness/memorySetUps.ts";
import type { Request } from "../chat/command.ts";
import { createRenderer } from "../chat/render.ts";
import { loadTemplates } from "../chat/templates.ts";
import { ManualClock } from "../kernel/clock.ts";
import type { EventId, RoomId, UserId } from "../kernel/ids.ts";
import type { Encryption, RoomPower } from "../matrix/port.ts";
import { widgetStatus } from "../kinds/widgets/abilities.ts";
import { status } from "./status.ts";

const ADA = "@ada:example.org" as UserId;
const USHER = "@usher:example.org" as UserId;

/** What status says to Ada, who is an admin, where Usher is a moderator. */
async function said(
  encryption: Encryption,
  engine: string | undefined,
  verified = true,
  power: Partial<RoomPower> = {},
): Promise<string> {
  const clock = new ManualClock();
  const documents = memoryDocuments();
  const command = status({
    matrix: {
      me: USHER,
      encryption: () => Promise.resolve(encryption),
      power: () =>
        Promise.resolve({
          version: "11",
          creators: new Set(),
          levels: { users: { [ADA]: 100, [USHER]: 50 }, state_default: 37 },
          ...power,
        }),
    },
    kinds: [{ status: (room, power) => widgetStatus(room, power, USHER) }],
    documents,
    clock,
    setUps: memorySetUps({ documents, clock }),
    health: () =>
      Promise.resolve({
        version: "1",
        startedAt: clock.now(),
        lastHeard: undefined,
        engine,
        verified,
      }),
  });
  if (command.changes) throw new Error("status changes nothing");
  const request: Request = {
    room: "!r:example.org" as RoomId,
    person: ADA,
    event: "$e" as EventId,
    thread: undefined,
    direct: false,
    operator: false,
    calledAs: "!usher",
  };
  const { body } = createRenderer(loadTemplates()).render(
    await command.answer({} as never, request),
    { calledAs: "!usher", trial: false },
  );
  return body;
}

it("names the role beside each number", async () => {
  expect(await said("none", undefined)).toContain(
    "Power here: I have 50 (Moderator), you have 100 (Admin); changing widgets needs 37\n",
  );
});

it.each([
  [USHER, "I have all of it, without limit, you have 100 (Admin)"],
  [ADA, "I have 50 (Moderator), you have all of it, without limit"],
])(
  "shows the power of %s, who created a room of version 12, as no number",
  async (creator, says) => {
    const power = { version: "12", creators: new Set([creator]) };
    expect(await said("none", undefined, true, power)).toContain(`Power here: ${says}`);
  },
);

it("tells in plain words whether it can read the room, and whether apps trust it", async () => {
  expect(await said("encrypted", "wasm")).toContain("This room is encrypted, and I can read it\n");
  expect(await said("encrypted", "wasm", false)).toContain(
    "and I can read it. Careful apps may not trust my device yet\n",
  );
  expect(await said("encrypted", undefined)).toContain(
    "This room is encrypted, and I cannot read it\n",
  );
  expect(await said("none", undefined)).toContain(
    "This room is not encrypted; I cannot read encrypted ones\n",
  );
  expect(await said("none", "wasm")).not.toContain("wasm");
});
