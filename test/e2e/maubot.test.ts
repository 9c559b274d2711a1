import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { theSynapse } from "../harness/e2eSetup.ts";
import { ask, bodyOf, finalAnswerTo, membership } from "../harness/expect.ts";
import { HoldingProxy } from "../harness/holdingProxy.ts";
import { MAUBOT_PACKAGES, MaubotPeer, PARROT } from "../harness/peers/maubot.ts";
import { isMissing } from "../harness/peers/missing.ts";
import type { Person } from "../harness/person.ts";
import type { Account } from "../harness/synapse.ts";
import { UNENCRYPTED, World } from "../harness/world.ts";

const DOWN = "maubot-unreachable";
const MISSING = await isMissing("maubot", MAUBOT_PACKAGES);

describe.skipIf(MISSING)("maubot, the real one", () => {
  let folder: string;
  let maubot: MaubotPeer;
  /** Usher asks maubot through it. */
  let proxy: HoldingProxy;
  let passwordFile: string;
  let world: World;
  let olga: Person;
  let office: string;
  let alice: Person;
  /** Comes by itself; must be fetched; must be fetched, and is given its instance. */
  let jay: Account;
  let owl: Account;
  let tit: Account;
  /** No bot of maubot, but one whose token the operator has. */
  let wren: Account;
  let tokenFile: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "usher-e2e-maubot-"));
    passwordFile = join(folder, "password");
    const unique = `${String(process.pid)}-${String(Date.now() % 1e6)}`;
    const bird = (name: string): Promise<Account> =>
      theSynapse().register(`${name}-${unique}`, { displayName: name });
    [maubot, jay, owl, tit, wren] = await Promise.all([
      MaubotPeer.begin(folder),
      bird("jay"),
      bird("owl"),
      bird("tit"),
      bird("wren"),
    ]);
    await writeFile(passwordFile, maubot.password, { mode: 0o600 });
    const { url } = theSynapse();
    tokenFile = join(folder, "wren-token");
    await writeFile(tokenFile, wren.accessToken, { mode: 0o600 });
    await maubot.add(url, jay, { autojoin: true });
    await maubot.run("jay", jay.userId);
    for (const account of [owl, tit]) await maubot.add(url, account, { autojoin: false });
    await maubot.run("owl", owl.userId);
    const entry = { id: "tit", name: "Great tit", user: tit.userId, description: "Repeats words" };
    const ours = { price: "free", host: { by: "operator" } };
    const catalogue = [
      { ...entry, ...ours, instance: { plugin: PARROT } },
      { ...entry, ...ours, id: "wren", name: "Wren", user: wren.userId },
    ];
    const leave = { wren: { homeserver: url, tokenFile } };
    proxy = await HoldingProxy.start(new URL(maubot.url).origin);
    const throughProxy = proxy.url + new URL(maubot.url).pathname;
    const maubotSettings = { url: throughProxy, user: maubot.user, passwordFile };
    ({ world, olga, office } = await World.withOffice(UNENCRYPTED, {
      config: {
        bots: { catalogue, leave, maubot: maubotSettings },
      },
    }));
    alice = await world.person("alice");
  });
  afterAll(async () => {
    await world.end();
    await proxy.stop();
    await maubot.kill();
    await rm(folder, { recursive: true, force: true });
  });

  const member = async (room: string, { userId }: Account): Promise<unknown> =>
    (await alice.state(room, "m.room.member", userId))?.["membership"];
  const doctor = async (): Promise<string> =>
    bodyOf(await ask(olga, office, "!usher admin doctor"));

  it.each(["11", "12"])(
    "its bots are in the catalogue, come, work, and leave by themselves: version %s",
    async (version) => {
      const room = await world.room(alice, { version, usherPower: 100 });
      const listed = bodyOf(await ask(alice, room, "!usher browse bots"));
      for (const name of ["jay", "owl", "Great tit"]) expect(listed).toContain(name);
      expect(bodyOf(await ask(alice, room, "!usher info owl"))).toContain(`runs ${PARROT} 1.2.3`);
      for (const [name, account] of [
        ["jay", jay],
        ["owl", owl],
        ["tit", tit],
      ] as const) {
        const added = bodyOf(await ask(alice, room, `!usher add bot ${name} --yes`));
        expect(added).toContain("is in the room now");
        expect(await member(room, account)).toBe("join");
        const from = alice.mark();
        await alice.say(room, `!parrot hello ${name}`);
        await alice.waitFor(
          (event) => event.sender === account.userId && bodyOf(event) === `parrot: hello ${name}`,
          { from, what: `what ${name} says` },
        );
        expect(bodyOf(await ask(alice, room, `!usher show ${account.userId}`))).toContain(PARROT);
        const removed = bodyOf(await ask(alice, room, `!usher remove ${account.userId} --yes`));
        expect(removed).toContain("it left when I asked it to");
        const gone = await alice.waitFor(membership(room, account.userId, "leave"));
        expect(gone.sender).toBe(account.userId);
      }
      expect((await maubot.instances()).map(({ id }) => id).sort()).toEqual(["jay", "owl", "tit"]);
    },
  );

  it("killed between the invitation and the joining, Usher fetches the bot when it is back", async () => {
    const room = await world.room(alice, { usherPower: 100 });
    const from = alice.mark();
    const held = proxy.hold("/join/");
    const asked = await alice.say(room, "!usher add bot owl --yes");
    await held.came;
    await world.usher.kill();
    held.release();
    expect(await member(room, owl)).toBe("invite");
    await world.usher.start();
    const answer = await alice.waitFor(finalAnswerTo(asked, alice), { from });
    expect(bodyOf(answer)).toContain("is in the room now");
    expect(await member(room, owl)).toBe("join");
  });

  it("down, it is said to be so, nobody is invited, and whoever is there is kicked; it is used again when it is back", async () => {
    const room = await world.room(alice, { usherPower: 100 });
    expect(bodyOf(await ask(alice, room, "!usher add bot jay --yes"))).toContain("in the room now");
    await maubot.kill();
    expect(bodyOf(await ask(alice, room, "!usher add bot owl"))).toContain("does not answer");
    expect(await member(room, owl)).toBeUndefined();
    expect(await doctor()).toContain("it does not answer");
    expect(bodyOf(await ask(alice, room, "!usher status"))).toContain(DOWN);
    expect(bodyOf(await ask(alice, room, `!usher show ${jay.userId}`))).toContain(DOWN);
    const removed = bodyOf(await ask(alice, room, `!usher remove ${jay.userId} --yes`));
    expect(removed).toContain("I have kicked it");
    await maubot.start();
    expect(bodyOf(await ask(alice, room, "!usher add bot owl --yes"))).toContain("in the room now");
    expect(await doctor()).not.toContain("it does not answer");
  });

  it("down between the preview and the yes, nobody is invited; down when it is to fetch, the invitation is taken back", async () => {
    const room = await world.room(alice, { usherPower: 100 });
    await ask(alice, room, "!usher add bot owl");
    await maubot.kill();
    expect(bodyOf(await ask(alice, room, "yes"))).toContain("does not answer");
    expect(await member(room, owl)).toBeUndefined();
    await maubot.start();
    const from = alice.mark();
    const held = proxy.hold("/join/");
    const asked = await alice.say(room, "!usher add bot owl --yes");
    await held.came;
    await maubot.kill();
    held.release();
    const answer = bodyOf(await alice.waitFor(finalAnswerTo(asked, alice), { from }));
    expect(answer).toContain("does not answer");
    expect(await member(room, owl)).toBe("leave");
    expect(bodyOf(await ask(alice, room, "!usher list"))).not.toContain(owl.userId);
    await maubot.start();
  });

  it("a bot of the operator's own leaves with its token, and is kicked where that is another's", async () => {
    const come = async (room: string): Promise<void> => {
      const from = alice.mark();
      const asked = await alice.say(room, "!usher add bot wren --yes");
      await alice.waitFor(membership(room, wren.userId, "invite"), { from });
      const join = `/_matrix/client/v3/join/${encodeURIComponent(room)}`;
      await fetch(theSynapse().url + join, {
        ...{ method: "POST", body: "{}" },
        headers: { authorization: `Bearer ${wren.accessToken}` },
      });
      const answer = await alice.waitFor(finalAnswerTo(asked, alice), { from });
      expect(bodyOf(answer)).toContain("is in the room now");
    };
    const room = await world.room(alice, { usherPower: 100 });
    await come(room);
    expect(await doctor()).toContain("`wren` can leave by itself");
    const removed = bodyOf(await ask(alice, room, "!usher remove wren --yes"));
    expect(removed).toContain("it left when I asked it to");
    const gone = await alice.waitFor(membership(room, wren.userId, "leave"));
    expect(gone.sender).toBe(wren.userId);
    const other = await world.room(alice, { usherPower: 100 });
    await come(other);
    await writeFile(tokenFile, jay.accessToken);
    expect(await doctor()).toContain("is another account's");
    expect(bodyOf(await ask(alice, other, "!usher remove wren --yes"))).toContain(
      "I have kicked it",
    );
  });

  it("a wrong password is told, and no restart is needed when it is corrected; it stands nowhere", async () => {
    const room = await world.room(alice, { usherPower: 100 });
    const wrong = "not-the-password";
    await writeFile(passwordFile, wrong);
    // A token that was given stays good until maubot has another secret: as after a restart of both.
    await world.usher.stop({ keep: true });
    await world.usher.start();
    expect(await doctor()).toContain("does not take the name");
    await writeFile(passwordFile, maubot.password);
    expect(await doctor()).not.toContain("does not take the name");
    expect(bodyOf(await ask(alice, room, "!usher add bot owl --yes"))).toContain("in the room now");
    for (const secret of [
      maubot.password,
      wrong,
      ...[jay, owl, wren].map((one) => one.accessToken),
    ])
      expect(world.usher.written()).not.toContain(secret);
  });
});
