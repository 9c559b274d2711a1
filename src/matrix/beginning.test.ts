import { describe, expect, it } from "vitest";
import { Hearing } from "../../test/harness/hearing.ts";
import { memoryDocuments } from "../../test/harness/memoryDocuments.ts";
import { message } from "../../test/harness/rawEvents.ts";
import type { EventId, RoomId } from "../kernel/ids.ts";
import { silentLog } from "../kernel/log.ts";
import { Beginning } from "./beginning.ts";

const room = "!room:example.org" as RoomId;
const [bad, good] = ["$bad", "$good"] as [EventId, EventId];

describe("starts that end before their first batch has settled", () => {
  it("make the fifth careful; one that gets on makes the next as usual", async () => {
    const documents = memoryDocuments();
    const careful = async (): Promise<boolean> =>
      (await Beginning.of(documents, silentLog)).careful;
    for (let start = 1; start <= 4; start += 1) expect(await careful()).toBe(false);
    expect(await careful()).toBe(true);
    const sixth = await Beginning.of(documents, silentLog);
    await sixth.over();
    for (let start = 1; start <= 4; start += 1) expect(await careful()).toBe(false);
  });

  it("count for nothing where somebody was answered: what ended them is not what ends every one", async () => {
    const documents = memoryDocuments();
    for (let start = 1; start <= 10; start += 1) {
      const beginning = await Beginning.of(documents, silentLog);
      expect(beginning.careful).toBe(false);
      if (start % 4 === 0) await beginning.gotOn();
    }
  });

  it("pass an event by in whose reading two careful ones ended", async () => {
    const documents = memoryDocuments();
    for (let start = 1; start <= 4; start += 1) await Beginning.of(documents, silentLog);
    for (let start = 5; start <= 6; start += 1) {
      const beginning = await Beginning.of(documents, silentLog);
      expect(await beginning.mayRead(bad)).toBe(true);
    }
    const seventh = await Beginning.of(documents, silentLog);
    expect([await seventh.mayRead(bad), await seventh.mayRead(good)]).toEqual([false, true]);
  });

  it("pass by each of several such events, wherever among harmless ones they are read", async () => {
    const documents = memoryDocuments();
    const worse = "$worse" as EventId;
    for (let start = 1; start <= 4; start += 1) await Beginning.of(documents, silentLog);
    /** A start that ends in the first event that is more than it can take; undefined if it comes through. */
    const start = async (): Promise<EventId | undefined> => {
      const beginning = await Beginning.of(documents, silentLog);
      for (const event of [good, bad, "$fine" as EventId, worse]) {
        if ((await beginning.mayRead(event)) && (event === bad || event === worse)) return event;
      }
      return undefined;
    };
    const ends = [];
    for (let count = 0; count < 5; count += 1) ends.push(await start());
    expect(ends).toEqual([bad, bad, worse, worse, undefined]);
  });

  it("are not made worse by a disk that takes nothing", async () => {
    const full = { ...memoryDocuments(), update: () => Promise.reject(new Error("ENOSPC")) };
    const beginning = await Beginning.of(full, silentLog);
    expect(await beginning.mayRead(good)).toBe(true);
    await beginning.over();
  });

  it("a careful one fills no gaps, asks for less, and leaves out what it may not read", async () => {
    const events = [message("@a:example.org", "one"), message("@a:example.org", "two")];
    const careful = {
      careful: true,
      mayRead: (id: EventId) => Promise.resolve(id !== events[0]?.event_id),
    };
    const hearing = await Hearing.start({ careful });
    hearing.server.sync({
      join: { [room]: { timeline: events, limited: true, prevBatch: "page0" } },
    });
    const ended = hearing.run();
    const batch = await hearing.nextFull();
    expect(batch.rooms).toMatchObject([{ gap: true, events: [{ content: { body: "two" } }] }]);
    expect(hearing.server.requests.some(({ path }) => path.endsWith("/messages"))).toBe(false);
    expect(hearing.server.requests[0]?.query.get("filter")).toContain('"limit":5}');
    await hearing.end();
    await ended;
  });
});
