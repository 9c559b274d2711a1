import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Account } from "../../harness/synapse.ts";
import type { Child, Told } from "./child.ts";
import { says, World } from "./world.ts";

describe("an encrypted conversation", () => {
  let world: World;
  let account: Account;
  let bot: Child;
  let person: Child;
  let folder: string;

  beforeAll(async () => {
    world = await World.open();
    [account, folder] = await Promise.all([world.account("usher"), world.folder()]);
    const started = await world.bot(account, folder, { logLevel: "info" });
    expect(started.start).toEqual({ event: "ready" });
    bot = started.child;
    person = await world.person(await world.account("ann"));
  });
  afterAll(() => world.close());

  async function roomWithBot(options: object = {}): Promise<string> {
    const room = (await person.ask("createRoom", { encrypted: true, invite: [account.userId], ...options })) as string;
    await person.take(
      "the bot's join",
      (told) => told.event === "member" && told["room"] === room && told["user"] === account.userId && told["membership"] === "join",
    );
    return room;
  }

  function echo(room: string, text: string): Promise<Told> {
    return person.ask("send", room, `!echo ${text}`).then(() => person.take(`echo of ${text}`, says(`echo: ${text}`)));
  }

  it.each(["11", "12"])("is read and answered without any shield in a room of version %s", async (version) => {
    const room = await roomWithBot({ version });
    const answer = await echo(room, `hello ${version}`);
    expect(answer).toMatchObject({ encrypted: true, shield: 0, shieldReason: null, sender: account.userId });
    expect(answer["relates"]).toMatchObject({ "m.in_reply_to": { event_id: expect.any(String) as string } });
    const heard = await bot.take("the question", (told) => told.event === "heard" && told["body"] === `!echo hello ${version}`);
    expect(heard).toMatchObject({ encryption: "decrypted", signed: true });
    expect(await person.ask("device", account.userId, account.deviceId)).toMatchObject({ signedByOwner: true });
  });
});
