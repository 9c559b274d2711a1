import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode } from "fast-png";
import scanned from "qr/decode.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { download, openAttachment } from "../harness/attachments.ts";
import { ask, bodyOf } from "../harness/expect.ts";
import { filesWith } from "../harness/filesIn.ts";
import type { SeenEvent } from "../harness/observed.ts";
import { BridgeLogins, SECRET } from "../harness/peers/bridgev2Logins.ts";
import type { Person } from "../harness/person.ts";
import { TALKS, World } from "../harness/world.ts";

describe.each(TALKS)("log-ins at a bridge, %s", (_, talk) => {
  let folder: string;
  let bridge: BridgeLogins;
  let world: World;
  let alice: Person;
  let bob: Person;
  let chat: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "usher-e2e-logins-"));
    const secretFile = join(folder, "secret");
    await writeFile(secretFile, SECRET, { mode: 0o600 });
    bridge = await BridgeLogins.begin();
    const entry = { connector: "bridgev2", bot: "@telegrambot:usher.test", prefix: "!tg" };
    const provisioning = { url: bridge.url, secretFile };
    const catalogue = [
      { id: "telegram", name: "Telegram", ...entry, provisioning },
      { id: "signal", name: "Signal", ...entry, prefix: "!signal" },
    ];
    const options = { config: { bridges: { catalogue } } };
    ({ world, alice, bob } = await World.of(talk, ["alice", "bob"], options));
    chat = await world.direct(alice);
  });
  afterAll(async () => {
    await world.end();
    await bridge.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** What Usher says next in the chat that has these words in it. */
  const says = (words: string, from: number): Promise<SeenEvent> =>
    alice.waitFor(
      (event) =>
        event.roomId === chat &&
        event.sender === world.usher.userId &&
        bodyOf(event).includes(words),
      { from, what: words },
    );

  it("walks through a log-in that is typed, forgets what was typed, and logs out after a yes", async () => {
    await alice.setLevel(chat, world.usher.userId, 100);
    expect(bodyOf(await ask(alice, chat, "login telegram"))).toContain("Which one?");
    expect(bodyOf(await ask(alice, chat, "1"))).toContain("Write: Phone");
    const from = alice.mark();
    const typed = await alice.say(chat, "+49 151 2345");
    await alice.waitFor(
      ({ type, content }) => type === "m.room.redaction" && content["redacts"] === typed,
      { from, what: "what was typed taken away" },
    );
    await says("Write: Code", from);
    expect(bodyOf(await ask(alice, chat, "98765"))).toMatch(/wrong code …[^]*begin anew/);
    expect(bridge.of(alice.userId)).toEqual([]);
    await ask(alice, chat, "login telegram phone");
    await ask(alice, chat, "+49 151 2345");
    expect(bodyOf(await ask(alice, chat, "54321"))).toContain(
      "logged in at Telegram as +491512345",
    );
    expect(bridge.of(alice.userId)).toEqual(["491512345"]);
    for (const secret of ["98765", "54321", SECRET]) {
      expect(await filesWith(world.usher.dataDir, secret)).toEqual([]);
      expect(world.usher.stdout + world.usher.stderr).not.toContain(secret);
    }
    expect(bodyOf(await ask(alice, chat, "logout telegram"))).toContain("I will log you out");
    expect(bridge.of(alice.userId)).toHaveLength(1);
    expect(bodyOf(await ask(alice, chat, "yes"))).toContain("logged out");
    expect(bridge.of(alice.userId)).toEqual([]);
    expect(bodyOf(await ask(alice, chat, "logout telegram"))).toContain("not logged in");
  });

  it("shows a code as a picture, a fresh one when that is too old, and goes on when it was scanned", async () => {
    const from = alice.mark();
    await alice.say(chat, "login telegram qr");
    expect(await read(await picture(from))).toBe("https://example.org/login?token=first");
    await says("Scan the picture", from);
    const later = alice.mark();
    await bridge.refresh("https://example.org/login?token=second");
    expect(await read(await picture(later))).toBe("https://example.org/login?token=second");
    await says("Scan the picture", later);
    await bridge.scan("777");
    await says("logged in at Telegram as +777", later);
    expect(bridge.of(alice.userId)).toEqual(["777"]);
  });

  it("is over where Usher is killed in the middle, and what is typed next is read by nobody", async () => {
    await ask(alice, chat, "login telegram phone");
    await world.usher.kill();
    const from = alice.mark();
    const typed = await alice.say(chat, "help");
    await world.usher.start();
    await says("stopped in the middle of your log-in", from);
    await says("went nowhere", from);
    await alice.waitFor(
      ({ type, content }) => type === "m.room.redaction" && content["redacts"] === typed,
      { from, what: "what was typed taken away" },
    );
    expect(bodyOf(await ask(alice, chat, "help login"))).toContain("login telegram");
  });

  it("R24 is ended at the bridge with whoever is erased, and said beforehand", async () => {
    const carol = await world.person("carol");
    const own = await world.direct(carol);
    await ask(carol, own, "login telegram phone");
    await ask(carol, own, "+49 170 1");
    expect(bodyOf(await ask(carol, own, "54321"))).toContain("logged in at Telegram");
    expect(bridge.of(carol.userId)).toEqual(["491701"]);
    const question = bodyOf(await ask(carol, own, "privacy erase all now here"));
    expect(question).toContain("your log-ins at bridges that you made through me");
    const from = carol.mark();
    await carol.say(own, /confirm [a-z]+/.exec(question)?.[0] ?? "");
    await carol.waitFor((event) => bodyOf(event).includes("nothing is left"), { from });
    expect(bridge.of(carol.userId)).toEqual([]);
  });

  it("is for one person alone, in a chat with Usher alone, and can be stopped", async () => {
    const room = await world.room(alice, { name: "Ours" });
    expect(bodyOf(await ask(alice, room, "!usher login telegram"))).toContain("chat with me alone");
    const other = await world.direct(bob);
    expect(bodyOf(await ask(bob, other, "logout telegram 777 --yes"))).not.toContain("logged out");
    expect(bridge.of(alice.userId)).toEqual(["777"]);
    const before = bridge.open;
    await ask(bob, other, "login telegram phone");
    expect(bridge.open).toBe(before + 1);
    expect(bodyOf(await ask(bob, other, "cancel"))).toContain("cancelled");
    expect(bridge.open).toBe(before);
    expect(bodyOf(await ask(bob, other, "login signal"))).toMatch(/write `?login`? there/);
    expect(bodyOf(await ask(bob, other, "help login"))).toContain("login telegram");
  });

  function picture(from: number): Promise<SeenEvent> {
    return alice.waitFor(
      ({ type, content, roomId }) =>
        type === "m.room.message" && content["msgtype"] === "m.image" && roomId === chat,
      { from, what: "a picture" },
    );
  }

  async function read({ content }: SeenEvent): Promise<string> {
    const file = content["file"] as { readonly url: string } | undefined;
    const { bytes: lies } = await download(alice, file?.url ?? String(content["url"]));
    const bytes = file === undefined ? lies : openAttachment(lies, file);
    const { width, height, data } = decode(bytes);
    const rgba = Uint8Array.from({ length: width * height * 4 }, (_, at) =>
      at % 4 === 3 ? 255 : Number(data[Math.floor(at / 4)]),
    );
    return scanned({ width, height, data: rgba });
  }
});
