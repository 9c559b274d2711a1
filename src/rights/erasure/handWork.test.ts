import { beforeEach, describe, expect, it } from "vitest";
import { ANN, BOB, DIRECT, ErasureWorld, ROOM } from "../../../test/harness/erasureWorld.ts";
import { refusalOf } from "../../../test/harness/sentenceOf.ts";
import { DAY_MS } from "../../kernel/days.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { EventId, UserId } from "../../kernel/ids.ts";
import { handWorkDocument, receiptDocument, type Receipt } from "../../store/erasures.ts";
import { personDocument } from "../../store/people.ts";
import { roomDocument } from "../../store/room.ts";
// The kinds have their parts in rooms' documents.
import "../../kinds/index.ts";

const OLGA = "@olga:example.org" as UserId;
const DUE = "2026-12-30";
const bot = (id: string, addedBy = ANN) => ({
  ...{ id, user: `@${id}:example.org`, addedBy, addedAt: 1, level: 0 },
  cause: `$${id}` as EventId,
});

let world: ErasureWorld;

/** Ann has brought in a bot that keeps something by itself, and one that does not. */
beforeEach(async () => {
  world = new ErasureWorld();
  world.erasures.begin = () => undefined;
  await world.stored.update(roomDocument, ROOM, (one) => ({
    ...{ ...one, bots: [bot("paper"), bot("poll")] },
  }));
});

const asks = (what: string): Promise<string> =>
  world.ask(ANN, "privacy erase", { what, when: "now" });
const confirms = async (said: string): Promise<void> => {
  await world.ask(ANN, "confirm", { word: /confirm ([a-z]+)/.exec(said)?.[1] ?? said });
  await world.erasures.runDue();
};
const erases = async (what = "all"): Promise<string> => {
  await confirms(await asks(what));
  return world.apart.at(-1)?.body ?? "";
};
const idIn = (body: string): string => /privacy receipt ([0-9a-f]+)/.exec(body)?.[1] ?? "none";
const receipt = async (id: string): Promise<Receipt | undefined> =>
  (await world.stored.get(receiptDocument, id))?.receipt;
const says = (id: string, what?: string, text?: string): Promise<string> =>
  world.ask(OLGA, "admin case", { id, what, text }, ROOM);

describe("R25 what can only be erased by hand", () => {
  it("is said beforehand, and is told to the operators as a case with its day", async () => {
    const said = await asks("all");
    expect(said).toMatch(/by hand, within a month:\n- 1 of: what some bots and widgets themselves/);
    await confirms(said);
    expect(world.toOperators.map(({ body }) => body)).toEqual([
      expect.stringMatching(
        /that only you can erase, by hand: case `[0-9a-f]+`\. .* before 2026-12-30/,
      ),
    ]);
    expect(world.toOperators[0]?.body).not.toContain(ANN);
    expect(await world.ask(OLGA, "admin cases", {}, ROOM)).toMatch(
      /1 case is open:[^]*`privacy erase` of 2026-11-29, to be answered before 2026-12-30 \(to be erased by hand\)/,
    );
  });

  it("is open for its person, and no receipt says that all is erased", async () => {
    const body = await erases();
    expect(body).toContain("Still to be erased is what Paper bot itself may keep about you");
    expect(body).toContain(`by hand, before ${DUE} (UTC)`);
    expect(await receipt(idIn(body))).toMatchObject({
      state: "partial",
      left: [{ record: "D3-by-hand", is: "by-hand", count: 1 }],
    });
    const secret = /privacy receipt [0-9a-f]+ ([0-9a-f]+)/.exec(body)?.[1];
    expect(await world.ask(BOB, "privacy receipt", { id: idIn(body), secret })).toMatch(
      /not everything is erased yet[^]*1 of: what some bots/,
    );
    expect(await world.ask(ANN, "privacy status")).toContain("what Paper bot itself may keep");
    // All else is done, so that nothing of it stands in the way of another erasure.
    expect((await world.stored.get(roomDocument, ROOM))?.["bots"]).not.toMatchObject([
      { addedBy: ANN },
    ]);
    expect(await asks("all")).toContain("confirm ");
  });

  it("is shown to an operator alone, who is recorded, and is whole when they say that it is done", async () => {
    const id = idIn(await erases());
    expect(await says(id)).toBe("I sent you a direct message.");
    expect(world.apart.at(-1)?.body).toMatch(
      /of @ann:example\.org, 2026-11-29[^]*before 2026-12-30[^]*Paper bot \(bot\), added in the room `!room:example\.org`/,
    );
    expect(await refusalOf(says(id, "answer", "No."))).toContain(`admin case ${id} done`);
    expect(await refusalOf(says(id, "done"))).toContain("I have nothing to pass on yet");
    world.below = "";
    expect(await says(id, "done", "Two rows are gone.")).toContain("all is erased");
    expect(world.apart.at(-1)).toMatchObject({ room: DIRECT, step: "erased by hand" });
    expect(world.apart.at(-1)?.body).toMatch(
      /They say:\n\nTwo rows are gone\.[^]*all you asked for/,
    );
    expect(await receipt(id)).toMatchObject({ state: "verified", left: [] });
    expect(await world.stored.get(handWorkDocument, id)).toBeUndefined();
    expect(await world.ask(OLGA, "admin cases", {}, ROOM)).toBe("No case is open.");
    expect(await world.ask(ANN, "privacy status")).not.toContain("Paper bot");
  });

  it.each([
    ["Ann has taken away again", "remove-bot", ANN],
    ["somebody else has taken away", "add-bot", BOB],
  ] as const)(
    "is also what %s, while the change is known; what was longer ago is said not to be",
    async (_, deed, by) => {
      const level = { before: null, after: null };
      const paper = { ...{ id: "paper", name: "Paper bot", user: "@paper:example.org" }, level };
      const changed = (person: UserId, what: string) => ({
        ...{ ...paper, person, deed: what, at: world.clock.now() },
        cause: `$${what}` as EventId,
      });
      const changes = [changed(ANN, deed), changed(by, "remove-bot")];
      await world.stored.update(roomDocument, ROOM, (one) => ({
        ...{ ...one, bots: [bot("poll")], changes },
      }));
      const body = await erases();
      expect(body).toContain("Still to be erased is what Paper bot itself may keep about you");
      expect(body).toContain("for 30 days at most after that: ask whoever runs it");
      expect(world.toOperators).toHaveLength(1);
    },
  );

  it("concerns only what is meant", async () => {
    expect(await erases("poll")).not.toContain("Paper bot");
    expect(await erases("paper")).toContain("Paper bot");
    expect(await erases("widgets")).not.toContain("Paper bot");
  });

  it("is told again on the days until it is due, also after restarts, and never twice", async () => {
    await erases();
    for (let day = 1; day <= 31; day += 1) {
      world.clock.advance(DAY_MS);
      await world.restart();
      await world.handWork.work();
    }
    expect(world.toOperators.map(({ step }) => step.split(",")[0])).toEqual(
      [0, 7, 20, 25, 28].map((day) => `waits since ${String(day)}`),
    );
    expect(world.toOperators.at(-1)).toMatchObject({ each: true });
    expect(world.toOperators.at(-1)?.body).toContain("This cannot wait any longer");
    expect(await world.ask(OLGA, "admin cases", {}, ROOM)).toContain("overdue");
  });

  it("may be done while Usher still tries to erase the rest, which the receipt then waits for", async () => {
    world.fail = (what) => {
      if (what === "update room") throw new UsherError("unexpected");
    };
    const id = idIn(await erases());
    expect(await says(id, "done", "It is gone.")).toContain("still left");
    expect(world.apart.at(-1)?.body).toContain("Something else is still left");
    expect(await receipt(id)).toMatchObject({ state: "partial" });
    world.fail = () => undefined;
    world.clock.advance(DAY_MS);
    await world.erasures.runDue();
    expect(await receipt(id)).toMatchObject({ state: "verified", left: [] });
    expect(world.apart.at(-1)?.body).toContain("What was left about you is erased now too");
  });

  it("is still open where the rest is erased at last before it", async () => {
    world.fail = (what) => {
      if (what === "update room") throw new UsherError("unexpected");
    };
    const id = idIn(await erases());
    world.fail = () => undefined;
    world.clock.advance(DAY_MS);
    await world.erasures.runDue();
    expect(world.apart.at(-1)?.body).toMatch(/could not erase about you before[^]*Paper bot/);
    expect(await receipt(id)).toMatchObject({ state: "partial", left: [{ is: "by-hand" }] });
    expect(await world.stored.get(handWorkDocument, id)).toBeDefined();
  });

  it("is done of somebody whose account is deactivated, too, whom nobody can tell", async () => {
    await world.erasures.eraseDeactivated(ANN, world.clock.now());
    const [id = ""] = (await world.handWork.waiting()).map((one) => one.id);
    const said = world.apart.length;
    expect(await says(id, "done", "It is gone.")).toContain("all is erased");
    expect(world.apart).toHaveLength(said);
    expect(await receipt(id)).toMatchObject({ state: "verified" });
  });

  it("is begun once, however often a crash comes in between", async () => {
    const crashes = ["tell operators", "update receipt", "say", "forget rooms", "delete erasure"];
    await confirms(await asks("all")).catch(() => undefined);
    for (const crash of crashes) {
      world.fail = (what) => {
        if (what === crash) throw new UsherError("unexpected");
      };
      await world.restart();
      await world.erasures.runDue();
    }
    world.fail = () => undefined;
    await world.restart();
    await world.erasures.runDue();
    expect(await world.handWork.waiting()).toHaveLength(1);
    expect(new Set(world.toOperators.map(({ step }) => step)).size).toBe(1);
  });

  it("leaves the room of the two to who has come back since then", async () => {
    const id = idIn(await erases());
    world.remembered.set(ANN, [DIRECT]);
    await world.stored.update(personDocument, ANN, (one) => ({ ...one, person: ANN }));
    await says(id, "done", "Gone.");
    expect(world.remembered.get(ANN)).toEqual([DIRECT]);
  });
});
