import { beforeEach, describe, expect, it } from "vitest";
import { ANN, BOB, DIRECT, ErasureWorld, ROOM } from "../../../test/harness/erasureWorld.ts";
import { refusalOf } from "../../../test/harness/sentenceOf.ts";
import type { EventId, RoomId } from "../../kernel/ids.ts";
import { roomDocument } from "../../store/room.ts";
import { restrictionDocument } from "../../store/restrictions.ts";
// The kinds have their parts in rooms' documents.
import "../../kinds/index.ts";

let world: ErasureWorld;
beforeEach(() => {
  world = new ErasureWorld();
});

const ask = (words: string, input = {}): Promise<string> => world.ask(ANN, words, input);
const caseIn = (said: string): string => /case `?([0-9a-f]{16})/.exec(said)?.[1] ?? "none";
const restricted = (): boolean => world.restrictions.against(ANN) !== undefined;

describe("R37 privacy restrict", () => {
  it("keeps what there is, stops what goes on, and holds over restarts until it is lifted", async () => {
    expect(await ask("privacy restrict")).toContain("I keep what I have about you and do nothing");
    expect(world.worked).toEqual([`stop ${ANN} everything`]);
    await world.restart();
    expect(restricted()).toBe(true);
    expect(world.restrictions.against(BOB)).toBeUndefined();
    expect(await ask("privacy status")).toContain(
      "since 2026-11-29 I do nothing for you: `privacy resume` ends that",
    );
    expect(await ask("privacy resume")).toContain("I work for you again as before");
    expect(world.worked).toContain(`go on ${ANN} everything`);
    await world.restart();
    expect(restricted()).toBe(false);
    expect(await world.stored.get(restrictionDocument, ANN)).toBeUndefined();
    expect(await ask("privacy resume")).toContain("You had not restricted anything");
  });

  it("is said to them alone", async () => {
    const said = await world.ask(ANN, "privacy restrict", {}, ROOM);
    expect(said).toBe("I sent you a direct message.");
    expect(world.apart[0]).toMatchObject({ room: DIRECT });
    expect(restricted()).toBe(true);
  });

  it("stands where a kind could not stop: it asks before all that it does", async () => {
    world.fail = (what) => {
      if (what === "stop") throw new Error("The other service is down");
    };
    await expect(ask("privacy restrict")).rejects.toThrow("down");
    expect(restricted()).toBe(true);
  });

  it("ends with an erasure, whose end leaves nothing of it", async () => {
    await ask("privacy restrict");
    const said = await ask("privacy erase", { what: "all", when: "now" });
    expect(said).toContain("that you restricted or object");
    world.erasures.begin = () => undefined;
    await ask("confirm", { word: /confirm ([a-z]+)/.exec(said)?.[1] ?? "" });
    await world.erasures.runDue();
    expect(restricted()).toBe(false);
    expect(await world.stored.get(restrictionDocument, ANN)).toBeUndefined();
  });
});

describe("R39 privacy object", () => {
  const answer = (what: "answer" | "refuse", id: string): Promise<string> =>
    world.ask(BOB, "admin case", { id, what, text: "We need it for the room." });

  it("stops it at once, and opens a case for the operators with the person's words", async () => {
    world.below = "and more of it";
    const said = await ask("privacy object", { what: "widgets", why: "They load pages" });
    expect(said).toMatch(/I have stopped what I do for you, as far as it is about `widgets`/);
    expect(said).toContain("before 2026-12-30 (UTC)");
    expect(world.worked).toEqual([`stop ${ANN} widget`]);
    expect(world.restrictions.against(ANN, { kind: "widget" })).toMatchObject({ kind: "widget" });
    expect(world.restrictions.against(ANN, { kind: "bot" })).toBeUndefined();
    const id = caseIn(said);
    await world.ask(BOB, "admin case", { id });
    expect(world.apart.at(-1)?.body).toContain("They load pages");
    const words = (await world.cases.known(id))?.words?.text;
    expect(words).toBe("widgets\nThey load pages\nand more of it");
    const status = await ask("privacy status");
    expect(status).toContain(
      `since 2026-11-29 I do nothing for you that is about widgets: you object`,
    );
    expect(status).toContain(`\`${id}\``);
  });

  it("is not used up by what else somebody writes to operators, from whatever device", async () => {
    for (let times = 0; times < 10; times += 1)
      await ask("privacy feedback", { text: `again ${String(times)}` });
    await expect(ask("privacy human", { text: "help" })).rejects.toMatchObject({
      code: "cases-enough",
    });
    // Each to something else: the same is one case.
    for (let times = 0; times < 9; times += 1) {
      const room = `!room${String(times)}:example.org` as RoomId;
      world.server.make(room, { creator: BOB, joined: [ANN, BOB, world.server.me] });
      await ask("privacy object room", { room });
    }
    await ask("privacy object", { what: "all" });
    expect(restricted()).toBe(true);
    await expect(ask("privacy object", { what: "widgets" })).rejects.toMatchObject({
      code: "cases-enough",
    });
  });

  it("may be to one thing by its id, which stops that one and no other", async () => {
    const cause = "$w" as EventId;
    const pad = {
      id: "pad-1",
      url: "https://pad.test",
      name: "Pad",
      addedBy: ANN,
      addedAt: 1,
      cause,
    };
    await world.stored.update(roomDocument, ROOM, (one) => ({ ...one, widgets: [pad] }));
    const said = await ask("privacy object", { what: "pad-1" });
    expect(said).toContain("as far as it is about `pad-1`");
    expect(said).toContain("stays in its room for the others");
    expect(said).not.toContain("all widgets of yours");
    expect(world.restrictions.of(ANN)).toMatchObject([
      { kind: "widget", room: ROOM, item: "pad-1" },
    ]);
    const [kind, room, item] = ["widget", ROOM, "pad-1"];
    expect(world.restrictions.against(ANN, { kind, room, item })).toBeDefined();
    expect(world.restrictions.against(ANN, { kind, room, item: "pad-2" })).toBeUndefined();
    // What is asked of a command, as to add another.
    expect(world.restrictions.against(ANN, { kind, room })).toBeUndefined();
    // What a kind does by itself is not told from the others.
    expect(world.restrictions.touches(ANN, { kind, room })).toBe(true);
    expect(world.restrictions.touches(ANN, { kind: "bot", room })).toBe(false);
    expect(await ask("privacy status")).toContain("about pad-1 in `!room:example.org`");
    await world.restart();
    expect(world.restrictions.of(ANN)).toMatchObject([{ item: "pad-1" }]);
    expect(world.worked).toEqual([`stop ${ANN} widget${ROOM}`]);
    expect(await ask("privacy object", { what: "pad-1" })).toContain("You object to that already");
    const refused = await refusalOf(ask("privacy object", { what: "widgits" }));
    expect(refused).toMatch(/nothing `widgits` of yours\. Did you mean `widgets`[^]*`bots`/);
    expect(await refusalOf(world.ask(BOB, "privacy object", { what: "pad-1" }))).toContain(
      "I know nothing `pad-1` of yours",
    );
  });

  it("to a room that is none of theirs is not noted: it may be typed wrong", async () => {
    const nowhere = ask("privacy object room", { room: "!nowhere:example.org" });
    await expect(nowhere).rejects.toMatchObject({ code: "room-unknown" });
    const others = "!others:example.org" as RoomId;
    world.server.make(others, { creator: BOB, joined: [BOB, world.server.me] });
    await expect(ask("privacy object room", { room: others })).rejects.toMatchObject({
      code: "room-unknown",
    });
    expect(world.restrictions.of(ANN)).toEqual([]);
    // Left, but something about her is still kept there.
    const cause = "$w" as EventId;
    const pad = {
      id: "pad-1",
      url: "https://pad.test",
      name: "Pad",
      addedBy: ANN,
      addedAt: 1,
      cause,
    };
    await world.stored.update(roomDocument, others, (one) => ({ ...one, widgets: [pad] }));
    expect(await ask("privacy object room", { room: others })).toContain("I have stopped");
  });

  it("all that is not decided is named by privacy resume", async () => {
    const ids = [
      caseIn(await ask("privacy object", { what: "widgets" })),
      caseIn(await ask("privacy object", { what: "bots" })),
    ];
    await ask("privacy restrict");
    const resumed = await ask("privacy resume");
    expect(resumed).toContain("I work for you again");
    for (const id of ids) expect(resumed).toContain(`case \`${id}\` is not decided yet`);
    expect(await ask("privacy resume")).toContain(ids.map((id) => `case \`${id}\``).join(", "));
  });

  it("goes on when operators refuse, with their reason, and no sooner", async () => {
    const id = caseIn(await ask("privacy object", { what: "all" }));
    expect(restricted()).toBe(true);
    await world.restart();
    expect(await ask("privacy resume")).toContain("that is not decided yet");
    expect(restricted()).toBe(true);
    await answer("refuse", id);
    expect(restricted()).toBe(false);
    expect(world.worked.at(-1)).toBe(`go on ${ANN} everything`);
    expect(world.apart.at(-1)?.body).toContain("We need it for the room.");
  });

  it("stays stopped when operators agree, until the person lifts it", async () => {
    const id = caseIn(await ask("privacy object", { what: "all" }));
    await answer("answer", id);
    await world.restart();
    expect(restricted()).toBe(true);
    expect(await ask("privacy resume")).toContain("I work for you again");
    expect(restricted()).toBe(false);
  });

  it("goes on when its person takes it back", async () => {
    const id = caseIn(await ask("privacy object room", { room: ROOM }));
    expect(world.restrictions.against(ANN, { room: ROOM })).toMatchObject({ room: ROOM });
    expect(await ask("privacy status")).toContain(`I do nothing for you in \`${ROOM}\``);
    await ask("privacy cancel", { id });
    expect(world.restrictions.of(ANN)).toEqual([]);
    expect(world.worked.at(-1)).toBe(`go on ${ANN} everything${ROOM}`);
  });

  it("goes on at the next start where a crash came right after the decision", async () => {
    const id = caseIn(await ask("privacy object", { what: "bots" }));
    world.fail = (what) => {
      if (what === "update restriction") throw new Error("killed");
    };
    await expect(answer("refuse", id)).rejects.toThrow("killed");
    world.fail = () => undefined;
    await world.restart();
    expect(world.restrictions.of(ANN)).toEqual([]);
    expect(world.worked.at(-1)).toBe(`go on ${ANN} bot`);
  });

  it("leaves what the person restricted themselves, and that leaves it", async () => {
    await ask("privacy restrict");
    const id = caseIn(await ask("privacy object", { what: "all" }));
    expect(await ask("privacy resume")).toContain(`case \`${id}\` is not decided yet`);
    expect(restricted()).toBe(true);
    await ask("privacy restrict");
    await answer("refuse", id);
    expect(restricted()).toBe(true);
  });

  it("is one case, however often the same is objected to", async () => {
    const id = caseIn(await ask("privacy object", { what: "widgets", why: "They load pages" }));
    const again = await ask("privacy object", { what: "widgets", why: "I said so" });
    expect(again).toContain(
      `You object to that already, and it is not decided yet: case \`${id}\``,
    );
    expect(world.restrictions.of(ANN)).toHaveLength(1);
    expect(caseIn(await ask("privacy object", { what: "bots" }))).not.toBe(id);
    await ask("privacy cancel", { id });
    expect(await ask("privacy object", { what: "widgets" })).toContain("I have stopped what I do");
  });

  it("is of a room by its id", async () => {
    await expect(ask("privacy object room", { room: "#lounge:example.org" })).rejects.toMatchObject(
      {
        code: "room-unknown",
      },
    );
  });

  it("is answered in a direct message where others read along", async () => {
    expect(await world.ask(ANN, "privacy object", { what: "all" }, ROOM)).toBe(
      "I sent you a direct message.",
    );
    expect(restricted()).toBe(true);
  });
});
