import { describe, expect, it } from "vitest";
import { ALICE, MemoryConversation } from "../../test/harness/memoryConversation.ts";
import type { EventId, UserId } from "../kernel/ids.ts";
import type { RoomEvent } from "../matrix/port.ts";

const ME = "@usher:example.org" as UserId;
const DAY_MS = 24 * 3_600_000;

/** Somebody sends what Usher cannot read, and its key has its time. */
async function unread(
  sealed: MemoryConversation,
  why: RoomEvent["unread"],
  sender = ALICE,
): Promise<EventId> {
  const reason = why === undefined ? {} : { unread: why };
  const event = await sealed.happens({
    type: "m.room.encrypted",
    content: {},
    encryption: "unreadable",
    sender,
    ...reason,
  });
  sealed.clock.advance(30_000);
  await sealed.hintAtUnread();
  return event;
}

describe("the hint at what cannot be read", () => {
  it.each([
    ["missing-key", "has not given me its key"],
    ["unverified", "does not count my device as verified"],
    ["blocked", "somebody has blocked it there. If that was not meant, unblock my device"],
    ["unauthorised", "I was not in the room when it was sent. Send it once more"],
    ["unavailable", "does not have its key itself, or no longer"],
    ["no-channel", "could not open a secure channel to my device"],
    ["other", "it was damaged on its way"],
  ] as const)("says what fits where the reason is %s, and names the sender", async (why, words) => {
    const sealed = new MemoryConversation();
    const event = await unread(sealed, why);
    expect(sealed.said).toEqual([
      expect.objectContaining({ replyTo: event, body: expect.stringContaining(words) as string }),
    ]);
    expect(sealed.said[0]?.body).toContain(ALICE);
    expect(sealed.said[0]?.body).toContain("!usher status");
  });

  it("is given once in a room and day, and never for what Usher itself said", async () => {
    const sealed = new MemoryConversation();
    await unread(sealed, "missing-key", ME);
    expect(sealed.said).toEqual([]);
    await unread(sealed, "missing-key");
    await unread(sealed, "unverified");
    expect(sealed.said).toHaveLength(1);
    sealed.clock.advance(DAY_MS);
    await unread(sealed, "missing-key");
    expect(sealed.said).toHaveLength(2);
  });
});
