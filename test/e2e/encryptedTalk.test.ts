import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { theSynapse } from "../harness/e2eSetup.ts";
import { TEST_CAPABILITIES, TEST_ENGINE } from "../harness/engine.ts";
import { connectEncrypted, EncryptedPerson } from "../harness/encryptedPerson.ts";
import { answerTo, ask, bodyOf, messageFrom, repliesTo } from "../harness/expect.ts";
import { holdingKeys } from "../harness/holdingKeys.ts";
import type { SeenEvent } from "../harness/observed.ts";
import type { Person } from "../harness/person.ts";
import { ENCRYPTED, World } from "../harness/world.ts";

/** A key's half a minute, the next look at what was not read, and time for a slow machine. */
const HINT_MS = 120_000;

/** What a client of its own can do that those of `World.person` cannot: be unsigned, or keep keys back. */
async function stranger(
  name: string,
  options: Parameters<typeof connectEncrypted>[2] = {},
): Promise<EncryptedPerson> {
  const account = await theSynapse().register(`${name}-${crypto.randomUUID().slice(0, 8)}`, {
    displayName: name,
  });
  return connectEncrypted(theSynapse(), account, options);
}

function encrypting(person: Person): EncryptedPerson {
  if (!(person instanceof EncryptedPerson))
    throw new Error("this person's client does not encrypt");
  return person;
}

describe("what Usher says of encryption", () => {
  let world: World;
  let olga: EncryptedPerson;
  let ann: EncryptedPerson;
  const others: EncryptedPerson[] = [];

  beforeAll(async () => {
    const begun = await World.withOffice(ENCRYPTED);
    ({ world } = begun);
    olga = encrypting(begun.olga);
    ann = encrypting(await world.person("ann"));
  });
  afterAll(async () => {
    await world.end();
    await Promise.all(others.map((person) => person.stop()));
  });

  it("status names the engine, and says that the device is signed", async () => {
    const answer = await ask(ann, await world.room(ann), "!usher status");
    expect(bodyOf(answer)).toContain("This room is encrypted, and I can read it");
    expect(answer.encryption).toBe("decrypted");
  });

  it("admin crypto tells operators of device, fingerprint, backup and counts, and others nothing", async () => {
    const report = await ask(olga, await world.direct(olga), "admin crypto");
    expect(report.encryption).toBe("decrypted");
    const { device_id: device } = await fetch(
      `${theSynapse().url}/_matrix/client/v3/account/whoami`,
      {
        headers: { authorization: `Bearer ${world.usher.accessToken}` },
      },
    ).then((answer) => answer.json() as Promise<{ device_id: string }>);
    const devices = await olga.crypto.getUserDeviceInfo([world.usher.userId], true);
    const fingerprint = devices.get(world.usher.userId)?.get(device)?.getFingerprint() ?? "none";
    expect(bodyOf(report)).toContain(`Encryption: ${TEST_ENGINE}, working`);
    // What the engine cannot do is said.
    expect(bodyOf(report).includes("read back a key backup")).toBe(!TEST_CAPABILITIES.restore);
    expect(bodyOf(report)).toMatch(new RegExp(`Device .?${device}.?, signed by my identity`));
    expect(bodyOf(report)).toContain((fingerprint.match(/.{1,4}/g) ?? []).join(" "));
    expect(bodyOf(report)).toMatch(/Key backup: version \d+, \d+ of \d+ keys/);
    expect(bodyOf(report)).toMatch(
      /could not read since the start: \d+; waiting for their key: \d+/,
    );
    expect(bodyOf(report)).toMatch(/One-time keys left: \d+/);
    const refused = bodyOf(await ask(ann, await world.direct(ann), "admin crypto"));
    expect(refused).toContain("is for the people who run me");
    expect(refused).not.toContain(device);
  });

  it("one hint a room and day names whose key is missing; what becomes readable in time is answered instead", async () => {
    const usher = world.usher.userId;
    const keys = holdingKeys();
    const [late, shy] = await Promise.all([
      stranger("late", { fetchFn: keys.fetchFn }),
      stranger("shy"),
    ]);
    others.push(late, shy);
    const rooms = await Promise.all([late, shy, ann, ann].map((owner) => world.room(owner)));
    const [lateRoom = "", shyRoom = "", lost = "", afterwards = ""] = rooms;
    const elsewhere = await ann.createRoom({ encrypted: true });
    await ann.say(elsewhere, "of another room");
    const secret = await ann.waitFor(
      (event) => event.roomId === elsewhere && bodyOf(event) === "of another room",
    );
    const raw = await ann.client.fetchRoomEvent(elsewhere, secret.eventId);
    const sendUnreadable = (room: string): Promise<string> =>
      ann.api.send(room, "m.room.encrypted", raw.content ?? {});
    const hintFor = (person: Person, event: string): Promise<SeenEvent> =>
      person.waitFor(answerTo(event), { stillMs: HINT_MS, what: "a hint" });

    // Its key comes a little late; the others' never do.
    await late.crypto.forceDiscardSession(lateRoom);
    keys.hold();
    const command = await late.say(lateRoom, "!usher status");
    shy.crypto.globalBlacklistUnverifiedDevices = true;
    await shy.crypto.forceDiscardSession(shyRoom);
    const withheld = await shy.say(shyRoom, "not for you");
    const first = await sendUnreadable(lost);
    expect(await keys.letGo()).toBeGreaterThan(0);
    expect(bodyOf(await late.waitFor(answerTo(command)))).toContain("I am well");

    const hint = await hintFor(ann, first);
    expect(hint).toMatchObject({ sender: usher, encryption: "decrypted" });
    expect(bodyOf(hint)).toContain(
      `the app of ${ann.userId} has not given me its key. Send it once more.`,
    );
    expect(bodyOf(await hintFor(shy, withheld))).toContain("does not count my device as verified");

    const second = await sendUnreadable(lost);
    // What is said of a later event in another room shows that the second one has had its time.
    await hintFor(ann, await sendUnreadable(afterwards));
    expect(ann.messagesFrom(usher, lost).filter((event) => repliesTo(event) === second)).toEqual(
      [],
    );
    expect(
      late.messagesFrom(usher, lateRoom).filter((event) => repliesTo(event) === command),
    ).toHaveLength(1);
    expect(bodyOf(await ask(ann, lost, "!usher status"))).toContain("I am well");
  });
});

describe("commands from a device that its owner has not signed", () => {
  let unsigned: EncryptedPerson;
  let signed: EncryptedPerson;

  beforeAll(async () => {
    [unsigned, signed] = await Promise.all([stranger("una", { signed: false }), stranger("sid")]);
  });
  afterAll(() => Promise.all([unsigned.stop(), signed.stop()]));

  /** A room of both with Usher in it, and what answers a command of the one with the unsigned device, as the other reads it. */
  async function said(
    world: World,
  ): Promise<{ readonly answer: SeenEvent; readonly room: string }> {
    const room = await world.room(signed);
    await world.bring(signed, room, unsigned);
    const command = await unsigned.say(room, "!usher status");
    return { room, answer: await signed.waitFor(answerTo(command)) };
  }

  it("run, unless the operator asks otherwise", async () => {
    const world = await World.begin(ENCRYPTED);
    try {
      expect(bodyOf((await said(world)).answer)).toContain("I am well");
    } finally {
      await world.end();
    }
  });

  it("hand out nothing: a record is given to signed devices only, whatever the operator says of other commands", async () => {
    const world = await World.begin(ENCRYPTED, {
      operators: [unsigned.userId],
      config: { crypto: { shareKeysWith: "all-devices" } },
    });
    try {
      const room = await world.room(unsigned);
      expect(bodyOf(await ask(unsigned, room, "status"))).toContain("I am well");
      expect(bodyOf(await ask(unsigned, room, "admin audit"))).toContain(
        "I take `admin audit` only from devices that their owner has verified",
      );
      expect(unsigned.seen.some(({ content }) => content["msgtype"] === "m.file")).toBe(false);
    } finally {
      await world.end();
    }
  });

  it("are refused where signed devices alone are obeyed, in words that the person can read", async () => {
    const crypto = { obeyCommandsFrom: "signed-devices", shareKeysWith: "all-devices" };
    const world = await World.begin(ENCRYPTED, { config: { crypto } });
    try {
      const { room, answer } = await said(world);
      expect(bodyOf(answer)).toContain("only from devices that their owner has verified");
      await unsigned.waitFor(
        (event) => event.eventId === answer.eventId && event.encryption === "decrypted",
      );
      expect(bodyOf(await ask(signed, room, "!usher status"))).toContain("I am well");
    } finally {
      await world.end();
    }
  });

  it("where they are refused, a reaction confirms nothing: no device can be told of it", async () => {
    const world = await World.begin(ENCRYPTED, {
      config: { crypto: { obeyCommandsFrom: "signed-devices" } },
    });
    try {
      const room = await world.room(signed);
      const preview = await ask(signed, room, "!usher add widget etherpad");
      expect(bodyOf(preview)).toContain("Answer yes or no");
      expect(bodyOf(preview)).not.toContain("react");
      const from = signed.mark();
      await signed.react(room, preview.eventId, "✅");
      const refusal = await signed.waitFor(messageFrom(world.usher.userId, room), { from });
      expect(bodyOf(refusal)).toContain("A reaction does not count as a yes here");
      expect(bodyOf(await ask(signed, room, "yes"))).toContain("Added");
    } finally {
      await world.end();
    }
  });
});
