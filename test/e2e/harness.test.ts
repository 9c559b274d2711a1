import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { theSynapse } from "../harness/e2eSetup.ts";
import { ask, bodyOf, membership } from "../harness/expect.ts";
import { startUsher, type Exit } from "../harness/usherProcess.ts";
import { connectPerson, type Person } from "../harness/person.ts";

/** The tests' own tools, on the real homeserver: what they report must be true before anything else can be. */
describe("two people's clients", () => {
  let alice: Person;
  let bob: Person;

  beforeAll(async () => {
    alice = await connectPerson(theSynapse(), "alice");
    bob = await connectPerson(theSynapse(), "bob");
  });
  afterAll(async () => {
    await Promise.all([alice.stop(), bob.stop()]);
  });

  it.each(["11", "12"])("meet, talk and part in a room of version %s", async (version) => {
    const room = await alice.createRoom({ version, invite: [bob.userId] });
    await bob.waitFor(membership(room, bob.userId, "invite"));
    await bob.join(room);
    await alice.waitFor(membership(room, bob.userId, "join"));
    const forget = bob.listen((event) => {
      if (event.roomId === room && bodyOf(event) === "ping")
        void bob.say(room, "pong", { replyTo: event.eventId });
    });
    expect(bodyOf(await ask(alice, room, "ping"))).toBe("pong");
    forget();
    await alice.setLevel(room, bob.userId, 50);
    expect(await bob.state(room, "m.room.power_levels")).toMatchObject({
      users: { [bob.userId]: 50 },
    });
    await alice.kick(room, bob.userId);
    await bob.waitFor(membership(room, bob.userId, "leave"));
  });

  it("miss nothing of a burst that does not fit into one answer of the homeserver", async () => {
    const room = await alice.createRoom({ invite: [bob.userId] });
    await bob.join(room);
    const said = Array.from({ length: 250 }, (_, number) => `burst ${String(number)}`);
    await Promise.all(said.map((body) => alice.say(room, body)));
    const last = await alice.say(room, "over");
    await bob.waitFor((event) => event.eventId === last);
    const heard = bob.messagesFrom(alice.userId, room).map(bodyOf);
    expect(heard.toSorted()).toEqual([...said, "over"].toSorted());
  });

  it("say what they saw instead, when they wait in vain", async () => {
    const room = await alice.createRoom();
    await alice.say(room, "nobody answers");
    await alice.waitFor((event) => bodyOf(event) === "nobody answers");
    await expect(alice.waitFor(() => false, { stillMs: 1, what: "a wonder" })).rejects.toThrow(
      /a wonder.*[^]*"nobody answers"/,
    );
  });
});

describe("an Usher that runs for people", () => {
  it("is left alone for as long as they read: no limit of the harness ends it", async () => {
    const account = await theSynapse().register(`reader-${randomBytes(4).toString("hex")}`);
    const usher = await startUsher({ homeserver: theSynapse().url, account });
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
    try {
      const ended: Exit[] = [];
      const whenEnded = usher.whenEnded().then((exit) => ended.push(exit));
      vi.advanceTimersByTime(24 * 3_600_000);
      expect(usher.running).toBe(true);
      expect(ended).toEqual([]);
      vi.useRealTimers();
      await usher.stop();
      await whenEnded;
      expect(ended).toEqual([{ code: 0, signal: null }]);
    } finally {
      vi.useRealTimers();
    }
  });
});
