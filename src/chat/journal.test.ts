import { expect, it } from "vitest";
import type { EventId } from "../kernel/ids.ts";
import { roomDocument } from "../store/room.ts";
import { handled } from "./journal.ts";

it("what was answered is known for as long as it can be heard again, and then forgotten", () => {
  // So much of a room is read again at a start: a page of the sync, and what fills the gap before it.
  const events = Array.from({ length: 1_000 }, (_, n) => `$${String(n)}` as EventId);
  let document = roomDocument.empty("!r:example.org");
  for (const [n, event] of events.entries()) {
    document = handled(document, event);
    const again = events[Math.max(0, n - 520)] as EventId;
    expect(handled(document, again)).toBe(document);
  }
  expect(document.handled.length).toBeLessThan(events.length);
});
