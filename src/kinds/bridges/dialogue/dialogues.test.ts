import { beforeEach, describe, expect, it } from "vitest";
import { ManualClock } from "../../../kernel/clock.ts";
import type { EventId, RoomId, UserId } from "../../../kernel/ids.ts";
import type { RoomEvent } from "../../../matrix/port.ts";
import { Dialogues, type Reply } from "./dialogues.ts";
import type { Ask } from "./wording.ts";

const me = "@usher:x" as UserId;
const bot = "@bridge:x" as UserId;
const room = "!talk:x" as RoomId;
const ASK: Ask = {
  say: "PLUMB {channel}",
  seconds: 10,
  answers: [
    { line: "Plumbed {channel}.", means: "done" },
    { line: "Working on {*}", means: "going-on" },
    { line: "✅", means: "done" },
    { line: "No: {why}", means: "refused", advice: "admin" },
  ],
};

let clock: ManualClock;
let dialogues: Dialogues;
/** What was sent, with how the sending ends. */
let sent: { body: string; step: string; arrives(): EventId }[];
let count: number;

beforeEach(() => {
  clock = new ManualClock();
  sent = [];
  count = 0;
  dialogues = new Dialogues({
    clock,
    matrix: {
      me,
      send: (_, message, { step }) => {
        const { promise, resolve } = Promise.withResolvers<EventId>();
        const id = `$question${String(sent.length)}` as EventId;
        sent.push({
          body: (message as { body: string }).body,
          step,
          arrives: () => {
            resolve(id);
            return id;
          },
        });
        return promise;
      },
    },
  });
});

const asked = (): Promise<Reply> =>
  dialogues.ask({ bot, room, ask: ASK, values: { channel: "#chan" }, cause: "$asked" });

function event(sender: UserId, content: object, more: Partial<RoomEvent> = {}): RoomEvent {
  count += 1;
  return {
    ...{ roomId: room, eventId: `$e${String(count)}` as EventId, sender, type: "m.room.message" },
    ...{ content, redacted: false, originServerTs: 0, encryption: "none" },
    ...more,
  } as unknown as RoomEvent;
}
const says = (body: string, sender = bot): RoomEvent =>
  event(sender, { msgtype: "m.notice", body });
function hear(...events: readonly RoomEvent[]): void {
  dialogues.note({ roomId: events[0]?.roomId ?? room, events, gap: false });
}
const calm = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("a question to a bridge's bot", () => {
  it("is answered by one line among several", async () => {
    const reply = asked();
    const id = sent[0]?.arrives() as EventId;
    await calm();
    hear(event(me, {}, { eventId: id }), says("Working on it\nPlumbed #chan.\nWelcome"));
    expect(await reply).toMatchObject({ is: "done", line: "Plumbed #chan." });
    expect(sent.map(({ body }) => body)).toEqual(["PLUMB #chan"]);
  });

  it("is answered although the answer is heard before the homeserver has named the question", async () => {
    const reply = asked();
    hear(
      says("No: what came before"),
      event(me, {}, { eventId: "$question0" as EventId }),
      says("Plumbed #chan."),
    );
    sent[0]?.arrives();
    expect(await reply).toMatchObject({ is: "done" });
  });

  it("is answered by a reaction, whatever its form", async () => {
    const reply = asked();
    const id = sent[0]?.arrives() as EventId;
    await calm();
    const relation = { "m.relates_to": { rel_type: "m.annotation", event_id: id, key: "✅️" } };
    hear(event(me, {}, { eventId: id }), event(bot, relation, { type: "m.reaction" }));
    expect(await reply).toMatchObject({ is: "done" });
  });

  it("says what was refused, and what to do", async () => {
    const reply = asked();
    const id = sent[0]?.arrives() as EventId;
    await calm();
    hear(event(me, {}, { eventId: id }), says("No: not today"));
    expect(await reply).toMatchObject({
      is: "refused",
      values: { why: "not today" },
      phrase: { advice: "admin" },
    });
  });

  it("is not answered by another, elsewhere, for another channel, by what was said before, taken away or of no shape", async () => {
    const reply = asked();
    const id = sent[0]?.arrives() as EventId;
    await calm();
    hear(says("Plumbed #chan."));
    hear(event(me, {}, { eventId: id }));
    hear(says("Plumbed #chan.", "@bridge:evil" as UserId));
    hear(event(bot, { body: "Plumbed #chan." }, { roomId: "!other:x" as RoomId }));
    hear(says("Plumbed #another."));
    hear(event(bot, { body: "Plumbed #chan." }, { redacted: true }));
    hear(event(bot, { body: 5 }), event(bot, {}, { type: "m.reaction" }));
    clock.advance(10_000);
    expect(await reply).toEqual({ is: "unclear", lines: ["Plumbed #another."] });
  });

  it("that is met with silence ends, and what comes after that answers no other", async () => {
    const first = asked();
    const one = sent[0]?.arrives() as EventId;
    await calm();
    hear(event(me, {}, { eventId: one }));
    clock.advance(10_000);
    expect(await first).toEqual({ is: "unclear", lines: [] });
    const second = asked();
    const two = sent[1]?.arrives() as EventId;
    await calm();
    hear(says("Plumbed #chan."), event(me, {}, { eventId: two }), says("No: busy"));
    expect(await second).toMatchObject({ is: "refused" });
    expect(new Set(sent.map(({ step }) => step)).size).toBe(2);
  });

  it("counts as heard where events were missed", async () => {
    const reply = asked();
    sent[0]?.arrives();
    await calm();
    dialogues.note({ roomId: room, events: [says("Plumbed #chan.")], gap: true });
    expect(await reply).toMatchObject({ is: "done" });
  });

  it("ends where Usher stops, and none is asked after that", async () => {
    const reply = asked();
    sent[0]?.arrives();
    await calm();
    dialogues.stop();
    await expect(reply).rejects.toMatchObject({ code: "room-unreachable" });
    await expect(asked()).rejects.toMatchObject({ code: "room-unreachable" });
  });

  it("keeps the bot to itself with those that belong to it", async () => {
    const order: string[] = [];
    const slow = dialogues.inTurn(bot, async () => {
      order.push("first");
      await calm();
      order.push("first ends");
    });
    const next = dialogues.inTurn(bot, () => Promise.resolve(order.push("second")));
    const other = dialogues.inTurn("@other:x" as UserId, () =>
      Promise.resolve(order.push("other")),
    );
    await Promise.all([slow, next, other]);
    expect(order.indexOf("second")).toBeGreaterThan(order.indexOf("first ends"));
    expect(order.indexOf("other")).toBeLessThan(order.indexOf("first ends"));
  });
});
