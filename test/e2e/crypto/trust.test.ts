import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TEST_CAPABILITIES } from "../../harness/engine.ts";
import type { Account } from "../../harness/synapse.ts";
import type { Child } from "./child.ts";
import { says, World } from "./world.ts";
import { eventually } from "../../harness/patience.ts";

describe("trust and history", () => {
  let world: World;
  let account: Account;
  let bot: Child;
  let ann: Child;
  let annAccount: Account;

  beforeAll(async () => {
    world = new World();
    [account, annAccount] = await Promise.all([world.account("usher"), world.account("ann")]);
    const [started, person] = await Promise.all([
      world.bot(account, await world.folder()),
      world.person(annAccount),
    ]);
    [bot, ann] = [started.child, person];
  });
  afterAll(() => world.close());

  async function direct(): Promise<string> {
    const room = (await ann.ask("createRoom", {
      encrypted: true,
      invite: [account.userId],
    })) as string;
    await ann.take(
      "the bot's join",
      (told) =>
        told["room"] === room && told["user"] === account.userId && told["membership"] === "join",
    );
    await ann.ask("send", room, "!echo hello");
    await ann.take("the answer", says("echo: hello"));
    return room;
  }

  /** Until both sides show emoji; the flow as the bot names it. */
  async function compare(room: string): Promise<string> {
    await ann.ask("verify", account.userId, room);
    await ann.take("the bot's consent", (told) => told.event === "request" && told["phase"] === 3);
    await ann.ask("startSas");
    const [mine, hers] = await Promise.all([
      bot.take(
        "the bot's emoji",
        (told) => told.event === "verification" && told["phase"] === "emoji",
      ),
      ann.take("her emoji", (told) => told.event === "sas"),
    ]);
    expect(mine["user"]).toBe(annAccount.userId);
    expect(mine["emoji"]).toHaveLength(7);
    expect(mine["emoji"]).toEqual(hers["emoji"]);
    return mine["flow"] as string;
  }

  it.skipIf(!TEST_CAPABILITIES.verification)(
    "a comparison that an operator ends leaves the person unverified",
    async () => {
      const room = await direct();
      const flow = await compare(room);
      await bot.ask("answerVerification", annAccount.userId, flow, false);
      await ann.take("the end", (told) => told.event === "verification-failed");
      await bot.take(
        "the end",
        (told) =>
          told.event === "verification" && told["flow"] === flow && told["phase"] === "cancelled",
      );
      expect(await ann.ask("device", account.userId, account.deviceId)).toMatchObject({
        verified: false,
      });
    },
  );

  it.skipIf(!TEST_CAPABILITIES.verification)(
    "a person and an operator compare emoji, and the person's client then shows Usher as verified",
    async () => {
      const room = await direct();
      const flow = await compare(room);
      expect(await ann.ask("device", account.userId, account.deviceId)).toMatchObject({
        verified: false,
      });
      await bot.ask("answerVerification", annAccount.userId, flow, true);
      await ann.ask("confirmSas");
      await ann.take("the end", (told) => told.event === "verified");
      await bot.take(
        "the end",
        (told) =>
          told.event === "verification" && told["flow"] === flow && told["phase"] === "done",
      );
      await eventually(async () => {
        expect(await ann.ask("device", account.userId, account.deviceId)).toMatchObject({
          verified: true,
        });
      });
    },
  );

  it.skipIf(!TEST_CAPABILITIES.history)(
    "an inviter's keys open what was said before Usher came (MSC4268)",
    async () => {
      const room = (await ann.ask("createRoom", { encrypted: true, invite: [] })) as string;
      await ann.ask("send", room, "said before");
      await ann.ask("invite", room, account.userId, true);
      await ann.take(
        "the bot's join",
        (told) =>
          told["room"] === room && told["user"] === account.userId && told["membership"] === "join",
      );
      await eventually(async () => {
        expect(await bot.ask("readable", room)).toContain("said before");
      });
    },
  );
});
