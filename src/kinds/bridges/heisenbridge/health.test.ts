import { expect, it } from "vitest";
import { ManualClock } from "../../../kernel/clock.ts";
import type { EventId, RoomId, UserId } from "../../../kernel/ids.ts";
import type { RoomEvent } from "../../../matrix/port.ts";
import type { ConnectorDeps, Health } from "../connector.ts";
import { Dialogues } from "../dialogue/dialogues.ts";
import { heisenbridgeEntry } from "./config.ts";
import { heisenbridge } from "./connector.ts";

const me = "@usher:x" as UserId;
const bot = "@heisenbridge:x" as UserId;
const control = "!control:x" as RoomId;

/** How a heisenbridge is that answers this; undefined: silence. */
async function healthOf(answer: string | undefined): Promise<Health> {
  const clock = new ManualClock();
  const note = (sender: UserId, body: string, eventId: EventId): void => {
    const content = { msgtype: "m.notice", body };
    const event = { eventId, sender, content, type: "m.room.message", roomId: control };
    dialogues.note({ roomId: control, gap: false, events: [event as unknown as RoomEvent] });
  };
  const dialogues: Dialogues = new Dialogues({
    clock,
    matrix: {
      me,
      send: (_, { body }) => {
        const id = "$q" as EventId;
        note(me, body, id);
        setImmediate(() => {
          if (answer === undefined) clock.advance(60_000);
          else note(bot, answer, "$a" as EventId);
          clock.advance(60_000);
        });
        expect(body).toBe("VERSION");
        return Promise.resolve(id);
      },
    },
  });
  const entry = heisenbridgeEntry.parse({
    ...{ id: "irc", name: "IRC", connector: "heisenbridge", bot },
    networks: { libera: { servers: ["irc.libera.chat:6697+tls"] } },
  });
  const deps = { dialogues, rooms: { with: () => Promise.resolve(control) } };
  return heisenbridge.open(entry, deps as unknown as ConnectorDeps).health();
}

it.each<[string | undefined, Health]>([
  ["heisenbridge v1.15.4", { is: "up", version: "1.15.4" }],
  ["heisenbridge v1.14.0", { is: "up", version: "1.14.0" }],
  ["heisenbridge v2.0.0", { is: "up", version: "2.0.0" }],
  ["heisenbridge v1.13.2", { is: "too-old" }],
  ["heisenbridge v0.99", { is: "too-old" }],
  ['Unknown command "VERSION", type HELP for list', { is: "unusable" }],
  ["What?", { is: "unusable" }],
  [undefined, { is: "down" }],
])("a heisenbridge that answers %j is %j", async (answer, health) => {
  expect(await healthOf(answer)).toEqual(health);
});
