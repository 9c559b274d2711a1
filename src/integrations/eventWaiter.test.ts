import { describe, expect, it } from "vitest";
import { ManualClock } from "../kernel/clock.ts";
import type { RoomId, UserId } from "../kernel/ids.ts";
import { EventWaiter, membershipOf, type EventGist } from "./eventWaiter.ts";

const room = "!r:x" as RoomId;
const user = "@bot:x" as UserId;
const concerns = membershipOf(user);
const member: EventGist = { roomId: room, type: "m.room.member", sender: user, stateKey: user };

/** Lets everything run that does not wait for time. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function setUp() {
  const clock = new ManualClock();
  const news = new EventWaiter(clock);
  const note = (event: EventGist): void => {
    news.note({ roomId: event.roomId, gap: false, events: [event] });
  };
  const world = { membership: "invite", looks: 0 };
  const look = (): Promise<string> => {
    world.looks += 1;
    return Promise.resolve(world.membership);
  };
  const wait = (): Promise<string> =>
    news.until({ room, concerns, look, fits: (now) => now === "join", ms: 1000 });
  return { clock, news, note, world, wait };
}

describe("waiting for something to happen in a room", () => {
  it("does not wait for what is so already", async () => {
    const { world, wait, clock } = setUp();
    world.membership = "join";
    expect(await wait()).toBe("join");
    expect(clock.waiting).toBe(0);
  });

  it("looks again when the intake tells of the user, and only then", async () => {
    const { world, wait, news, note } = setUp();
    const waited = wait();
    await settle();
    note({ ...member, stateKey: "@other:x" });
    note({ ...member, roomId: "!other:x" as RoomId });
    note({ ...member, type: "m.room.name" });
    news.wake("!other:x" as RoomId);
    await settle();
    expect(world.looks).toBe(1);
    note(member);
    await settle();
    expect(world.looks).toBe(2);
    world.membership = "join";
    note(member);
    expect(await waited).toBe("join");
  });

  it("misses nothing that happens while it looks", async () => {
    const { news, note } = setUp();
    const answers = ["invite", "join"];
    const look = (): Promise<string | undefined> => {
      const now = answers.shift();
      // The join comes after the homeserver has read the answer, and before that arrives here.
      if (now === "invite") note(member);
      return Promise.resolve(now);
    };
    expect(
      await news.until({ room, concerns, look, fits: (now) => now === "join", ms: 1000 }),
    ).toBe("join");
  });

  it("looks again where events were missed", async () => {
    const { world, wait, news } = setUp();
    const waited = wait();
    await settle();
    world.membership = "join";
    news.note({ roomId: room, gap: true, events: [] });
    expect(await waited).toBe("join");
  });

  it("looks a last time when the time is over, and leaves nothing behind", async () => {
    const { world, wait, clock } = setUp();
    const waited = wait();
    await settle();
    clock.advance(999);
    await settle();
    expect(world.looks).toBe(1);
    clock.advance(1);
    expect(await waited).toBe("invite");
    expect(world.looks).toBe(2);
    expect(clock.waiting).toBe(0);
  });

  it("ends all waits at a stop, also those that begin after it", async () => {
    const { wait, news, clock } = setUp();
    const waited = wait();
    await settle();
    news.stop();
    await expect(waited).rejects.toMatchObject({
      code: "room-unreachable",
      view: { code: "aborted" },
    });
    await expect(wait()).rejects.toMatchObject({ code: "room-unreachable" });
    expect(clock.waiting).toBe(0);
  });
});
