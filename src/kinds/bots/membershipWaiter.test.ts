import { describe, expect, it } from "vitest";
import { ManualClock } from "../../kernel/clock.ts";
import type { RoomId, UserId } from "../../kernel/ids.ts";
import { MembershipWaiter } from "./membershipWaiter.ts";

const room = "!r:x" as RoomId;
const user = "@bot:x" as UserId;
const member = { roomId: room, type: "m.room.member", stateKey: user };

/** Lets everything run that does not wait for time. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function setUp() {
  const clock = new ManualClock();
  const news = new MembershipWaiter(clock);
  const world = { membership: "invite", looks: 0 };
  const look = (): Promise<string> => {
    world.looks += 1;
    return Promise.resolve(world.membership);
  };
  const wait = (): Promise<string> =>
    news.until({ room, user, look, fits: (now) => now === "join", ms: 1000 });
  return { clock, news, world, wait };
}

describe("MemberNews", () => {
  it("does not wait for what is so already", async () => {
    const { world, wait, clock } = setUp();
    world.membership = "join";
    expect(await wait()).toBe("join");
    expect(clock.waiting).toBe(0);
  });

  it("looks again when the intake tells of the user, and only then", async () => {
    const { world, wait, news } = setUp();
    const waited = wait();
    await settle();
    news.note({ ...member, stateKey: "@other:x" });
    news.note({ ...member, roomId: "!other:x" as RoomId });
    news.note({ ...member, type: "m.room.name" });
    news.noteGap("!other:x" as RoomId);
    await settle();
    expect(world.looks).toBe(1);
    news.note(member);
    await settle();
    expect(world.looks).toBe(2);
    world.membership = "join";
    news.note(member);
    expect(await waited).toBe("join");
  });

  it("misses nothing that happens while it looks", async () => {
    const { news } = setUp();
    const answers = ["invite", "join"];
    const look = (): Promise<string | undefined> => {
      const now = answers.shift();
      // The join comes after the homeserver has read the answer, and before that arrives here.
      if (now === "invite") news.note(member);
      return Promise.resolve(now);
    };
    expect(await news.until({ room, user, look, fits: (now) => now === "join", ms: 1000 })).toBe(
      "join",
    );
  });

  it("looks again where events were missed", async () => {
    const { world, wait, news } = setUp();
    const waited = wait();
    await settle();
    world.membership = "join";
    news.noteGap(room);
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
