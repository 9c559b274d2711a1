import {
  VerificationPhase,
  VerificationRequestEvent,
  VerifierEvent,
  type VerificationRequest,
} from "matrix-js-sdk/lib/crypto-api/index.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { theSynapse } from "../harness/e2eSetup.ts";
import { TEST_CAPABILITIES, TEST_ENGINE } from "../harness/engine.ts";
import { connectEncrypted, EncryptedPerson } from "../harness/encryptedPerson.ts";
import { answerTo, ask, bodyOf, messageFrom, repliesTo } from "../harness/expect.ts";
import type { SeenEvent } from "../harness/observed.ts";
import type { Person } from "../harness/person.ts";
import { ENCRYPTED, World } from "../harness/world.ts";

/** A key's half a minute, the next look at what was not read, and time for a slow machine. */
const HINT_MS = 60_000;

/** What a client of its own can do that those of `World.person` cannot: be unsigned, or keep keys back. */
async function stranger(name: string, options: Parameters<typeof connectEncrypted>[2] = {}): Promise<EncryptedPerson> {
  const account = await theSynapse().register(`${name}-${crypto.randomUUID().slice(0, 8)}`, { displayName: name });
  return connectEncrypted(theSynapse(), account, options);
}

function encrypting(person: Person): EncryptedPerson {
  if (!(person instanceof EncryptedPerson)) throw new Error("this person's client does not encrypt");
  return person;
}

/** A `fetch` that keeps back what goes to devices, once told so, until it is told to let it go. */
function holdingKeys() {
  let kept: (() => Promise<unknown>)[] | undefined;
  const fetchFn: typeof fetch = (input, init) => {
    const address = input instanceof Request ? input.url : String(input);
    if (kept === undefined || !address.includes("/sendToDevice/m.room.encrypted/")) return fetch(input, init);
    const { signal: _signal, ...rest } = init ?? {};
    kept.push(() => fetch(input, rest));
    return Promise.resolve(new Response("{}", { headers: { "content-type": "application/json" } }));
  };
  return {
    fetchFn,
    hold: (): void => {
      kept = [];
    },
    letGo: async (): Promise<number> => {
      const waiting = kept ?? [];
      kept = undefined;
      for (const send of waiting) await send();
      return waiting.length;
    },
  };
}

describe("what Usher says of encryption", () => {
  let world: World;
  let olga: EncryptedPerson;
  let ann: EncryptedPerson;
  let office: string;
  const others: EncryptedPerson[] = [];

  beforeAll(async () => {
    const begun = await World.withOffice(ENCRYPTED);
    ({ world, office } = begun);
    olga = encrypting(begun.olga);
    ann = encrypting(await world.person("ann"));
  });
  afterAll(async () => {
    await world.end();
    await Promise.all(others.map((person) => person.stop()));
  });

  it("status names the engine, and says that the device is signed", async () => {
    const answer = await ask(ann, await world.room(ann), "!usher status");
    expect(bodyOf(answer)).toContain(`Encryption: ${TEST_ENGINE}, my device is signed by my identity; this room is encrypted`);
    expect(answer.encryption).toBe("decrypted");
  });

  it("admin crypto tells operators of device, fingerprint, backup and counts, and others nothing", async () => {
    const report = await ask(olga, await world.direct(olga), "admin crypto");
    expect(report.encryption).toBe("decrypted");
    const { device_id: device } = await fetch(`${theSynapse().url}/_matrix/client/v3/account/whoami`, {
      headers: { authorization: `Bearer ${world.usher.accessToken}` },
    }).then((answer) => answer.json() as Promise<{ device_id: string }>);
    const devices = await olga.crypto.getUserDeviceInfo([world.usher.userId], true);
    const fingerprint = devices.get(world.usher.userId)?.get(device)?.getFingerprint() ?? "none";
    expect(bodyOf(report)).toContain(`Encryption: ${TEST_ENGINE}, working`);
    // What the engine cannot do is said.
    expect(bodyOf(report).includes("read back a key backup")).toBe(!TEST_CAPABILITIES.restore);
    expect(bodyOf(report)).toMatch(new RegExp(`Device .?${device}.?, signed by my identity`));
    expect(bodyOf(report)).toContain((fingerprint.match(/.{1,4}/g) ?? []).join(" "));
    expect(bodyOf(report)).toMatch(/Key backup: version \d+, \d+ of \d+ keys/);
    expect(bodyOf(report)).toMatch(/could not read since the start: \d+; waiting for their key: \d+/);
    expect(bodyOf(report)).toMatch(/One-time keys left: \d+/);
    const refused = bodyOf(await ask(ann, await world.direct(ann), "admin crypto"));
    expect(refused).toContain("is for the people who run me");
    expect(refused).not.toContain(device);
  });

  it(
    "one hint a room and day names whose key is missing; what becomes readable in time is answered instead",
    { timeout: 4 * HINT_MS },
    async () => {
      const usher = world.usher.userId;
      const keys = holdingKeys();
      const [late, shy] = await Promise.all([stranger("late", { fetchFn: keys.fetchFn }), stranger("shy")]);
      others.push(late, shy);
      const rooms = await Promise.all([late, shy, ann, ann].map((owner) => world.room(owner)));
      const [lateRoom = "", shyRoom = "", lost = "", afterwards = ""] = rooms;
      const elsewhere = await ann.createRoom({ encrypted: true });
      await ann.say(elsewhere, "of another room");
      const secret = await ann.waitFor((event) => event.roomId === elsewhere && bodyOf(event) === "of another room");
      const raw = await ann.client.fetchRoomEvent(elsewhere, secret.eventId);
      const sendUnreadable = (room: string): Promise<string> => ann.api.send(room, "m.room.encrypted", raw.content ?? {});
      const hintFor = (person: Person, event: string): Promise<SeenEvent> =>
        person.waitFor(answerTo(event), { timeout: HINT_MS, what: "a hint" });

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
      expect(bodyOf(hint)).toContain(`the app of ${ann.userId} has not given me its key. Send it once more.`);
      expect(bodyOf(await hintFor(shy, withheld))).toContain("does not count my device as verified");

      const second = await sendUnreadable(lost);
      // What is said of a later event in another room shows that the second one has had its time.
      await hintFor(ann, await sendUnreadable(afterwards));
      expect(ann.messagesFrom(usher, lost).filter((event) => repliesTo(event) === second)).toEqual([]);
      expect(late.messagesFrom(usher, lateRoom).filter((event) => repliesTo(event) === command)).toHaveLength(1);
      expect(bodyOf(await ask(ann, lost, "!usher status"))).toContain("I am well");
    },
  );

  /** Until both sides have emoji; resolves with what tells the person's client that they match, and how the comparison ends there. */
  async function compare(person: EncryptedPerson, start: () => Promise<VerificationRequest>) {
    const from = olga.mark();
    const request = await start();
    const agreed = Promise.withResolvers<undefined>();
    const look = (): void => {
      if (request.phase === VerificationPhase.Ready) agreed.resolve(undefined);
    };
    request.on(VerificationRequestEvent.Change, look);
    look();
    await agreed.promise;
    const verifier = await request.startVerification("m.sas.v1");
    const shown = Promise.withResolvers<{ confirm: () => Promise<void>; names: readonly string[] }>();
    verifier.on(VerifierEvent.ShowSas, ({ sas, confirm }) => {
      shown.resolve({ confirm, names: sas.emoji?.map(([symbol]) => symbol) ?? [] });
    });
    const ended = verifier.verify().then(
      () => "done",
      () => "cancelled",
    );
    const { confirm, names } = await shown.promise;
    const said = await olga.waitFor((event) => messageFrom(world.usher.userId, office)(event) && bodyOf(event).includes("compares emoji"), {
      from,
    });
    expect(bodyOf(said)).toContain(person.userId);
    expect(names).toHaveLength(7);
    const places = names.map((symbol) => bodyOf(said).indexOf(symbol));
    expect(Math.min(...places)).toBeGreaterThan(-1);
    return { confirm, ended };
  }

  const verified = async (person: EncryptedPerson): Promise<boolean> =>
    (await person.crypto.getUserVerificationStatus(world.usher.userId)).isVerified();

  it.skipIf(!TEST_CAPABILITIES.verification).each(["in a direct chat", "from device to device"])(
    "a person and an operator compare emoji %s, and Usher is verified",
    async (how) => {
      const person = encrypting(await world.person("vera"));
      const room = await world.direct(person);
      const { userId } = world.usher;
      const [device = ""] = (await person.crypto.getUserDeviceInfo([userId], true)).get(userId)?.keys() ?? [];
      const { confirm, ended } = await compare(person, () =>
        how === "in a direct chat"
          ? person.crypto.requestVerificationDM(userId, room)
          : person.crypto.requestDeviceVerification(userId, device),
      );
      expect(await verified(person)).toBe(false);
      const from = olga.mark();
      expect(bodyOf(await ask(olga, office, `!usher admin verify ${person.userId} yes`))).toContain("I have told the app");
      await confirm();
      expect(await ended).toBe("done");
      await expect.poll(() => verified(person), { timeout: 20_000 }).toBe(true);
      await olga.waitFor((event) => bodyOf(event).includes(`The comparison of emoji with ${person.userId} is done`), { from });
      expect(bodyOf(await ask(olga, office, `!usher admin verify ${person.userId} yes`))).toContain("Nobody compares emoji with me");
    },
  );

  it.skipIf(!TEST_CAPABILITIES.verification)("an operator's no ends the comparison, and nobody is verified", async () => {
    const person = encrypting(await world.person("eve"));
    const room = await world.direct(person);
    expect(bodyOf(await ask(olga, office, `!usher admin verify ${person.userId} no`))).toContain("Nobody compares emoji with me");
    const { ended } = await compare(person, () => person.crypto.requestVerificationDM(world.usher.userId, room));
    expect(bodyOf(await ask(person, room, `admin verify ${person.userId} yes`))).toContain("is for the people who run me");
    expect(bodyOf(await ask(olga, office, `!usher admin verify ${person.userId} no`))).toContain("I have ended the comparison");
    expect(await ended).toBe("cancelled");
    expect(await verified(person)).toBe(false);
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
  async function said(world: World): Promise<{ readonly answer: SeenEvent; readonly room: string }> {
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

  it("are refused where signed devices alone are obeyed, in words that the person can read", async () => {
    const crypto = { obeyCommandsFrom: "signed-devices", shareKeysWith: "all-devices" };
    const world = await World.begin(ENCRYPTED, { config: { crypto } });
    try {
      const { room, answer } = await said(world);
      expect(bodyOf(answer)).toContain("only from devices that their owner has verified");
      await unsigned.waitFor((event) => event.eventId === answer.eventId && event.encryption === "decrypted");
      expect(bodyOf(await ask(signed, room, "!usher status"))).toContain("I am well");
    } finally {
      await world.end();
    }
  });
});
