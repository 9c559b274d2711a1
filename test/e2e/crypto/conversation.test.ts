import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Account } from "../../harness/synapse.ts";
import type { Child, Told } from "./child.ts";
import { says, World } from "./world.ts";
import { eventually } from "../../harness/patience.ts";

const MEGOLM = "m.megolm.v1.aes-sha2";

describe("an encrypted conversation", () => {
  let world: World;
  let account: Account;
  let folder: string;
  let bot: Child;
  let ann: Child;
  let annAccount: Account;

  beforeAll(async () => {
    world = new World();
    [account, folder, annAccount] = await Promise.all([
      world.account("usher"),
      world.folder(),
      world.account("ann"),
    ]);
    const [started, person] = await Promise.all([
      world.bot(account, folder),
      world.person(annAccount),
    ]);
    expect(started.start).toEqual({ event: "ready" });
    [bot, ann] = [started.child, person];
  });
  afterAll(() => world.close());

  async function roomWithBot(options: object = {}, person = ann): Promise<string> {
    const room = (await person.ask("createRoom", {
      encrypted: true,
      invite: [account.userId],
      ...options,
    })) as string;
    await person.take(
      "the bot's join",
      (told) =>
        told["room"] === room && told["user"] === account.userId && told["membership"] === "join",
    );
    return room;
  }

  function heard(body: string, ms?: number): Promise<Told> {
    return bot.take(
      `"${body}" heard`,
      (told) => told.event === "heard" && told["body"] === body,
      ms,
    );
  }

  async function echo(room: string, text: string, person = ann): Promise<Told> {
    await person.ask("send", room, `!echo ${text}`);
    return person.take(`echo of ${text}`, says(`echo: ${text}`));
  }

  it.each(["11", "12"])(
    "is read and answered without any shield in a room of version %s",
    async (version) => {
      const room = await roomWithBot({ version });
      const answer = await echo(room, `hello ${version}`);
      expect(answer).toMatchObject({
        encrypted: true,
        shield: 0,
        shieldReason: null,
        sender: account.userId,
      });
      expect(answer["relates"]).toMatchObject({
        "m.in_reply_to": { event_id: expect.any(String) as string },
      });
      expect(await heard(`!echo hello ${version}`)).toMatchObject({
        encryption: "decrypted",
        signed: true,
      });
      expect(await ann.ask("device", account.userId, account.deviceId)).toMatchObject({
        signedByOwner: true,
      });
    },
  );

  it("of a bot that nobody signed would be shut out: the control for the tests above", async () => {
    const unsigned = await world.person(await world.account("unsigned"), {
      signed: false,
      onlySigned: false,
    });
    const room = (await unsigned.ask("createRoom", {
      encrypted: true,
      invite: [annAccount.userId],
    })) as string;
    await ann.take(
      "the invitation",
      (told) =>
        told["room"] === room &&
        told["membership"] === "invite" &&
        told["user"] === annAccount.userId,
    );
    await ann.ask("join", room);
    await unsigned.take(
      "her join",
      (told) =>
        told["room"] === room &&
        told["user"] === annAccount.userId &&
        told["membership"] === "join",
    );
    await unsigned.ask("send", room, "can you read me?");
    await ann.take(
      "an unreadable event",
      (told) => told.event === "unreadable" && told["room"] === room,
    );
  });

  it("with a device that its owner has not signed: read with a mark, and the key is withheld from it", async () => {
    const unsigned = await world.person(await world.account("bob"), {
      signed: false,
      onlySigned: false,
    });
    const room = await roomWithBot({}, unsigned);
    await unsigned.ask("send", room, "!echo unsigned");
    expect(await heard("!echo unsigned")).toMatchObject({ encryption: "decrypted", signed: false });
    const lost = await unsigned.take("the answer", (told) => told.event === "unreadable");
    expect(lost["reason"]).toBe("MEGOLM_KEY_WITHHELD_FOR_UNVERIFIED_DEVICE");
  });

  it("says unencrypted what relates to what, and hears it inside", async () => {
    const room = await roomWithBot();
    const root = (await ann.ask("send", room, "a root")) as string;
    await ann.ask("sendThread", room, root, "in the thread");
    expect((await heard("in the thread"))["relates"]).toMatchObject({
      rel_type: "m.thread",
      event_id: root,
    });
  });

  it("begins in the middle of an unencrypted one", async () => {
    const room = await roomWithBot({ encrypted: false });
    expect(await echo(room, "in clear")).toMatchObject({ encrypted: false });
    await ann.ask("encryptRoom", room);
    expect(await echo(room, "no longer")).toMatchObject({ encrypted: true, shield: 0 });
  });

  it("goes on when somebody changes the room's algorithm to nonsense, or takes the setting away", async () => {
    const room = await roomWithBot();
    await echo(room, "before");
    await ann.ask("state", room, "m.room.encryption", { algorithm: "m.none" });
    await ann.ask("state", room, "m.room.encryption", {});
    await bot.ask("send", room, "still encrypted");
    expect(await ann.take("the message", says("still encrypted"))).toMatchObject({
      encrypted: true,
    });
    await ann.ask("state", room, "m.room.encryption", {
      algorithm: MEGOLM,
      rotation_period_ms: 1,
      rotation_period_msgs: 1e9,
    });
    expect(await echo(room, "and again")).toMatchObject({ encrypted: true, shield: 0 });
  });

  it("takes a new key when somebody leaves", async () => {
    const carol = await world.account("carol");
    const person = await world.person(carol);
    const room = await roomWithBot({ invite: [account.userId, carol.userId] });
    await person.take(
      "the invitation",
      (told) =>
        told["room"] === room && told["membership"] === "invite" && told["user"] === carol.userId,
    );
    await person.ask("join", room);
    await bot.take(
      "her join",
      (told) =>
        told.event === "state" &&
        told["room"] === room &&
        told["user"] === carol.userId &&
        told["membership"] === "join",
    );
    const [one, two] = [await echo(room, "one"), await echo(room, "two")];
    expect(two["session"]).toBe(one["session"]);
    await person.take("the message", says("echo: two"));
    await person.ask("leave", room);
    await bot.take(
      "her leaving",
      (told) =>
        told.event === "state" && told["user"] === carol.userId && told["membership"] === "leave",
    );
    const three = await echo(room, "three");
    expect(three["session"]).not.toBe(one["session"]);
  });

  it("answers what could not be read when its key comes, once and in order", async () => {
    const room = await roomWithBot();
    await echo(room, "settled");
    await heard("!echo settled");
    await ann.ask("discardKey", room);
    await ann.ask("keepKeysBack");
    for (const text of ["late one", "late two", "late three"])
      await ann.ask("send", room, `!echo ${text}`);
    for (const which of ["first", "second", "third"])
      await bot.take(
        `${which} unreadable event`,
        (told) =>
          told.event === "heard" && told["room"] === room && told["encryption"] === "unreadable",
      );
    expect(await bot.ask("status")).toMatchObject({ waiting: 3 });
    expect(await ann.ask("letKeysGo")).toBeGreaterThan(0);
    for (const text of ["late one", "late two", "late three"]) {
      const next = await bot.take(
        "the next of them",
        (told) => told.event === "heard" && told["room"] === room,
      );
      expect(next).toMatchObject({ body: `!echo ${text}`, encryption: "decrypted" });
      await ann.take(`echo of ${text}`, says(`echo: ${text}`));
    }
    expect(await bot.ask("status")).toMatchObject({ waiting: 0 });
    await echo(room, "and then");
    expect(
      bot.told((told) => told["room"] === room && String(told["body"]).startsWith("!echo late")),
    ).toEqual([]);
  });

  it("answers late keys also when it was started anew meanwhile", async () => {
    const room = await roomWithBot();
    await ann.ask("discardKey", room);
    await ann.ask("keepKeysBack");
    await ann.ask("send", room, "!echo over a restart");
    await bot.take(
      "an unreadable event",
      (told) => told["room"] === room && told["encryption"] === "unreadable",
    );
    await bot.kill();
    bot = (await world.bot(account, folder)).child;
    await ann.ask("letKeysGo");
    await ann.take("the answer", says("echo: over a restart"));
  });

  it("hears that a key is withheld, and does not wait for ever", async () => {
    const dora = await world.person(await world.account("dora"), { onlySigned: false });
    await dora.ask("giveNoKeysToUnverified");
    const room = await roomWithBot({}, dora);
    await dora.ask("send", room, "not for you");
    const lost = await bot.take(
      "an unreadable event",
      (told) => told["room"] === room && told["encryption"] === "unreadable",
    );
    expect(await bot.ask("why", room, lost["id"])).toMatchObject({
      kind: "unreadable",
      reason: "withheld m.unverified",
    });
  });

  it("is read by the fallback key when all others were claimed while Usher was down", async () => {
    const eve = await world.person(await world.account("eve"));
    await bot.ask("stop").catch(() => undefined);
    const claims = {
      one_time_keys: { [account.userId]: { [account.deviceId]: "signed_curve25519" } },
    };
    for (let claim = 0; claim < 100; claim += 1) {
      await fetch(`${world.synapse.url}/_matrix/client/v3/keys/claim`, {
        method: "POST",
        headers: { authorization: `Bearer ${annAccount.accessToken}` },
        body: JSON.stringify(claims),
      });
    }
    const room = (await eve.ask("createRoom", {
      encrypted: true,
      invite: [account.userId],
    })) as string;
    await eve.ask("send", room, "!echo with the last key");
    bot = (await world.bot(account, folder)).child;
    await eve.take(
      "the bot's join",
      (told) =>
        told["room"] === room && told["user"] === account.userId && told["membership"] === "join",
    );
    expect(await echo(room, "and with new ones", eve)).toMatchObject({ shield: 0 });
    await eventually(async () => {
      expect(((await bot.ask("status")) as { oneTimeKeys: number }).oneTimeKeys).toBe(50);
    });
  });
});
