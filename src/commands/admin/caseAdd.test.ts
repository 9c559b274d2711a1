import { beforeEach, describe, expect, it } from "vitest";
import { ANN, CLEAR, DIRECT, ErasureWorld } from "../../../test/harness/erasureWorld.ts";
import { refusalOf } from "../../../test/harness/sentenceOf.ts";
import { DAY_MS } from "../../kernel/days.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { UserId } from "../../kernel/ids.ts";
import { adminUnderage } from "./underage.ts";
import { makeStandIn } from "../../privacy/erased.ts";
import { caseDocument } from "../../store/cases.ts";

const OLGA = "@olga:example.org" as UserId;
const RECEIVED = Date.UTC(2026, 10, 9);

let world: ErasureWorld;
beforeEach(() => {
  world = new ErasureWorld();
});

const enters = (what = "export", more = {}): Promise<string> =>
  world.ask(OLGA, "admin case add", {
    ...{ user: ANN, what, text: "She wrote us a letter.", received: RECEIVED },
    ...more,
  });
const idIn = (said: string): string => /[0-9a-f]{16}/.exec(said)?.[0] ?? "none";

describe("R66 R78 what somebody asked by another way", () => {
  it("is a case that is due from the day on which it was received, and its person is told", async () => {
    const said = await enters();
    const id = idIn(said);
    expect(said).toContain(`Entered as case \`${id}\`, to be answered before 2026-12-10 (UTC)`);
    await world.cases.work();
    expect(world.apart.filter(({ room }) => room === DIRECT).map(({ body }) => body)).toEqual([
      expect.stringMatching(
        /by another way than this chat, on 2026-11-09[^]*She wrote us a letter\.[^]*before 2026-12-10/,
      ),
    ]);
    expect(world.apart[0]?.body).toContain("`privacy export` does it in this chat");
    expect(world.apart[0]?.body).toContain(`privacy cancel ${id}`);
    // It came twenty days ago: the twentieth day is told, and not that it is new.
    expect(world.toOperators.map(({ step }) => step.split(",")[0])).toEqual(["waits since 20"]);
    const status = await world.ask(ANN, "privacy status");
    expect(status).toMatch(/asked by another way\): open[^]*She wrote us a letter/);
    expect(status).not.toContain("entered");
    await world.ask(OLGA, "admin case", { id });
    expect(world.apart.at(-1)?.body).toContain("received by another way than in chat");
  });

  it("is about a person, and so are disclosures and reports of somebody too young: not about Usher", async () => {
    const user = world.server.me;
    const given = { ground: "law", recipient: "A court", text: "Its rooms." };
    for (const [words, input] of [
      ["admin case add", { what: "human", text: "Hm?" }],
      ["admin disclosure add", given],
    ] as const)
      expect(await refusalOf(world.preview(OLGA, words, { user, ...input }))).toContain(
        `${user} is my own account, so I have changed nothing`,
      );
    const report = (): Promise<never> => Promise.reject(new Error("reported"));
    const underage = adminUnderage({ underage: { report }, matrix: world.server });
    if (!underage.changes) throw new Error("it changes something");
    const planned = Promise.resolve(underage.plan({ user } as never, {} as never));
    expect(await refusalOf(planned)).toContain("is my own account");
  });

  it("is not entered for a stand-in: its person was erased between the question and the yes", async () => {
    const user = makeStandIn();
    const given = { ground: "law", text: "Her rooms.", recipient: "A court", untold: false };
    for (const [words, input] of [
      ["admin case add", { what: "human", text: "Hm?" }],
      ["admin disclosure add", given],
    ] as const)
      expect(await refusalOf(world.ask(OLGA, words, { user, ...input }))).toContain(
        "has been erased meanwhile, so I have changed nothing",
      );
  });

  it("is shown before with the day until which it is due, and that this is past", async () => {
    const shown = (received: number): Promise<string> =>
      world.preview(OLGA, "admin case add", { user: ANN, what: "human", text: "Hm?", received });
    expect(await shown(world.clock.now())).not.toContain("which is past");
    expect(await shown(Date.UTC(2020, 0, 1))).toContain(
      "before 2020-02-01 (UTC), which is past: look whether the day is right.",
    );
  });

  it("is answered, or called off by its person, as any", async () => {
    const first = idIn(await enters("complain"));
    await world.cases.work();
    expect(world.apart[0]?.body).not.toContain("does it in this chat");
    await world.ask(OLGA, "admin case", { id: first, what: "answer", text: "It is mended." });
    expect(world.apart.at(-1)?.body).toContain("It is mended.");
    const second = idIn(await enters("erase"));
    expect(await world.ask(ANN, "privacy cancel", { id: second })).toContain("taken");
    expect(await world.ask(OLGA, "admin cases")).toBe("No case is open.");
  });

  it("is told as soon as its person can be, over restarts, once", async () => {
    world.fail = (what) => {
      if (what === "private room") throw new UsherError("room-unreachable", { reason: "x" });
    };
    await enters();
    await world.cases.work();
    expect(world.apart).toEqual([]);
    world.fail = () => undefined;
    await world.restart();
    await world.cases.start();
    await world.cases.work();
    await world.cases.work();
    expect(world.apart).toHaveLength(1);
  });

  it("is due from today where no day is said, and never from one to come", async () => {
    expect(await enters("human", { received: undefined })).toContain("before 2026-12-30");
    const late = { received: world.clock.now() + DAY_MS };
    expect(await refusalOf(enters("human", late))).toContain(
      "2026-11-30 is yet to come (today is 2026-11-29)",
    );
    expect(await refusalOf(enters("human", { text: undefined }))).toContain(
      "I have nothing to pass on yet",
    );
  });

  it("is sent by itself on its last day where it is an export", async () => {
    const tried: string[] = [];
    world.exportByItself = (id) => {
      tried.push(id);
      return Promise.resolve(true);
    };
    const id = idIn(await enters());
    await world.cases.work();
    expect(tried).toEqual([]);
    world.clock.advance(8 * DAY_MS);
    await world.cases.work();
    expect(tried).toEqual([id]);
  });
});

describe("R66 an answer to somebody who has no encryption", () => {
  it("is said to have come, without its words, where they can read that, and how to see it", async () => {
    world.server.identities = { is: "none" };
    const id = idIn(await world.ask(ANN, "privacy human", { text: "Why?" }));
    await world.ask(OLGA, "admin case", { id, what: "answer", text: "Because of that." });
    expect(world.apart.at(-1)).toMatchObject({ room: CLEAR });
    expect(world.apart.at(-1)?.body).toMatch(/written to you about case[^]*`privacy status here`/);
    expect(world.apart.at(-1)?.body).not.toContain("Because of that.");
    expect(await world.ask(ANN, "privacy status", { where: "here" }, CLEAR)).toContain(
      "Because of that.",
    );
    const words = (await world.stored.get(caseDocument, id))?.words[0];
    expect(words?.replies).toMatchObject([{ said: true }]);
  });
});
