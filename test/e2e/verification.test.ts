import type { MatrixClient } from "matrix-js-sdk";
import { VerificationPhase, type VerificationRequest } from "matrix-js-sdk/lib/crypto-api/index.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { path } from "../harness/clientApi.ts";
import { theSynapse } from "../harness/e2eSetup.ts";
import { TEST_CAPABILITIES } from "../harness/engine.ts";
import { connectEncrypted, EncryptedPerson } from "../harness/encryptedPerson.ts";
import { ask, bodyOf, messageFrom } from "../harness/expect.ts";
import type { SeenEvent } from "../harness/observed.ts";
import { connectPerson, type Person } from "../harness/person.ts";
import { World } from "../harness/world.ts";
import { eventually } from "../harness/patience.ts";

const IN_ROOM = /\/rooms\/([^/]+)\/send\/(m\.room\.message|m\.key\.verification\.[a-z]+)\//;

function encrypting(person: Person): EncryptedPerson {
  if (!(person instanceof EncryptedPerson))
    throw new Error("this person's client does not encrypt");
  return person;
}

/** A client that `World` does not look at: it may be in rooms that are not encrypted. */
async function stranger(name: string, fetchFn = fetch): Promise<EncryptedPerson> {
  const account = await theSynapse().register(`${name}-${crypto.randomUUID().slice(0, 8)}`, {
    displayName: name,
  });
  const person = await connectEncrypted(theSynapse(), account, { fetchFn });
  person.isolate(true);
  return person;
}

/** A client that encrypts what belongs to verifications, as the specification has it; matrix-js-sdk itself sends that unencrypted. */
async function thorough(name: string): Promise<EncryptedPerson> {
  const later: { client?: MatrixClient } = {};
  const fetchFn: typeof fetch = async (input, init) => {
    const [, room, type] = IN_ROOM.exec(input instanceof Request ? input.url : String(input)) ?? [];
    const content =
      room === undefined ? {} : (JSON.parse(init?.body as string) as { msgtype?: string });
    const ordinary = type === "m.room.message" && content.msgtype !== "m.key.verification.request";
    if (later.client === undefined || room === undefined || ordinary) return fetch(input, init);
    const sent = await later.client.sendEvent(
      decodeURIComponent(room),
      type as never,
      content as never,
    );
    return Response.json(sent);
  };
  const person = await stranger(name, fetchFn);
  later.client = person.client;
  return person;
}

interface Wire {
  readonly type: string;
  readonly sender: string;
  readonly state_key?: string;
}

describe.skipIf(!TEST_CAPABILITIES.verification)("verification of Usher", () => {
  let world: World;
  let usher: string;
  let olga: EncryptedPerson;
  let office: string;
  const others: EncryptedPerson[] = [];

  beforeAll(async () => {
    olga = encrypting(await connectPerson(theSynapse(), "olga", { encrypted: true }));
    office = await olga.createRoom({ encrypted: true, name: "Office" });
    world = await World.begin(
      { encrypted: true },
      { operators: [olga.userId], config: { operatorsRoom: office } },
    );
    usher = world.usher.userId;
    await olga.invite(office, usher);
    await world.greeted(olga, office);
  });
  afterAll(async () => {
    await world.end();
    await Promise.all([olga, ...others].map((person) => person.stop()));
  });

  async function direct(person: Person, encrypted = true): Promise<string> {
    const room = await person.createRoom({ direct: true, encrypted, invite: [usher] });
    await world.greeted(person, room);
    return room;
  }

  async function another(name: string, make = thorough): Promise<EncryptedPerson> {
    const person = await make(name);
    others.push(person);
    return person;
  }

  const inRoom =
    (encrypted = true) =>
    async (person: EncryptedPerson): Promise<VerificationRequest> => {
      // A client knows the keys of those alone with whom it shares an encrypted room.
      const known = await direct(person);
      return person.crypto.requestVerificationDM(
        usher,
        encrypted ? known : await direct(person, false),
      );
    };

  async function toDevice(person: EncryptedPerson): Promise<VerificationRequest> {
    await direct(person);
    const [device = ""] =
      (await person.crypto.getUserDeviceInfo([usher], true)).get(usher)?.keys() ?? [];
    return person.crypto.requestDeviceVerification(usher, device);
  }

  const inOffice = (words: string, from: number): Promise<SeenEvent> =>
    olga.waitFor((event) => messageFrom(usher, office)(event) && bodyOf(event).includes(words), {
      from,
      what: words,
    });

  const verify = async (person: Person, word: "yes" | "no"): Promise<string> =>
    bodyOf(await ask(olga, office, `!usher admin verify ${person.userId} ${word}`));

  const verified = async (person: EncryptedPerson): Promise<boolean> =>
    (await person.crypto.getUserVerificationStatus(usher)).isVerified();

  /** Until both sides have emoji. Resolves with what the person's client may say of them, and how the comparison ends there. */
  async function compare(
    person: EncryptedPerson,
    start: (person: EncryptedPerson) => Promise<VerificationRequest>,
  ) {
    const from = olga.mark();
    const request = await start(person);
    await eventually(() => {
      expect(request.phase).toBe(VerificationPhase.Ready);
    });
    const verifier = await request.startVerification("m.sas.v1");
    const ended = verifier.verify().then(
      () => "done",
      () => "cancelled",
    );
    await eventually(() => {
      expect(verifier.getShowSasCallbacks()).not.toBeNull();
    });
    const shown = verifier.getShowSasCallbacks();
    const names = shown?.sas.emoji?.map(([symbol]) => symbol) ?? [];
    const told = bodyOf(await inOffice("compares emoji", from));
    expect(told).toContain(person.userId);
    expect(names).toHaveLength(7);
    expect(Math.min(...names.map((symbol) => told.indexOf(symbol)))).toBeGreaterThan(-1);
    return { shown, request, ended };
  }

  /** What Usher sent into a room, in the form in which it went over the wire. */
  async function onTheWire(person: Person, room: string): Promise<readonly string[]> {
    const { chunk } = await person.api.call<{ chunk: readonly Wire[] }>(
      "GET",
      `${path`/rooms/${room}/messages`}?dir=b&limit=100`,
    );
    return chunk
      .filter(({ sender, state_key: key }) => sender === usher && key === undefined)
      .map(({ type }) => type);
  }

  const WAYS = {
    "in an encrypted direct chat, each step encrypted": {
      person: (name: string) => another(name),
      start: inRoom(),
    },
    "in an encrypted direct chat, the person's steps unencrypted": {
      person: async (name: string) => encrypting(await world.person(name)),
      start: inRoom(),
    },
    "in a direct chat that is not encrypted": {
      person: (name: string) => another(name, stranger),
      start: inRoom(false),
    },
    "from device to device": {
      person: async (name: string) => encrypting(await world.person(name)),
      start: toDevice,
    },
  };

  it.each(Object.entries(WAYS))(
    "a person and an operator compare emoji %s, and Usher is verified",
    async (_way, how) => {
      const person = await how.person("vera");
      const { shown, request, ended } = await compare(person, how.start);
      expect(await verified(person)).toBe(false);
      const from = olga.mark();
      expect(await verify(person, "yes")).toContain("I have told the app");
      await shown?.confirm();
      expect(await ended).toBe("done");
      await eventually(async () => {
        expect(await verified(person)).toBe(true);
      });
      await inOffice(`The comparison of emoji with ${person.userId} is done`, from);
      expect(await verify(person, "yes")).toContain("Nobody compares emoji with me");

      if (request.roomId === undefined) return;
      const sent = await onTheWire(person, request.roomId);
      const steps = person.seen.filter(
        ({ sender, type }) => sender === usher && type.startsWith("m.key.verification."),
      );
      expect(steps.map(({ type }) => type.split(".").at(-1))).toEqual(
        expect.arrayContaining(["ready", "accept", "key", "mac", "done"]),
      );
      if ((await person.state(request.roomId, "m.room.encryption")) === undefined) {
        expect(new Set(steps.map(({ encryption }) => encryption))).toEqual(new Set(["none"]));
      } else {
        expect(new Set(steps.map(({ encryption }) => encryption))).toEqual(new Set(["decrypted"]));
        expect(new Set(sent)).toEqual(new Set(["m.room.encrypted"]));
      }
    },
  );

  it.each([
    ["in a direct chat", inRoom()],
    ["from device to device", toDevice],
  ])(
    "an operator's no ends the comparison %s, for other emoji, and nobody is verified",
    async (_where, start) => {
      const person = encrypting(await world.person("eve"));
      expect(await verify(person, "no")).toContain("Nobody compares emoji with me");
      const room = await direct(person);
      const { request, ended } = await compare(person, start);
      expect(bodyOf(await ask(person, room, `admin verify ${person.userId} yes`))).toContain(
        "is for the people who run me",
      );
      expect(await verify(person, "no")).toContain("I have ended the comparison");
      expect(await ended).toBe("cancelled");
      expect(request.cancellationCode).toBe("m.mismatched_sas");
      expect(await verified(person)).toBe(false);
    },
  );

  it.each([
    ["sees other emoji", "mismatch"],
    ["gives up", "cancel"],
  ] as const)(
    "operators hear that a person %s, and have nothing more to confirm",
    async (_what, deed) => {
      const person = await another("max");
      const { shown, request, ended } = await compare(person, inRoom());
      const from = olga.mark();
      if (deed === "mismatch") shown?.mismatch();
      else await request.cancel();
      expect(await ended).toBe("cancelled");
      await inOffice(
        `The comparison of emoji with ${person.userId} was ended without a result`,
        from,
      );
      expect(await verify(person, "yes")).toContain("Nobody compares emoji with me");
      expect(await verified(person)).toBe(false);
    },
  );

  it("operators hear nothing of a request that never came to emoji", async () => {
    const [first, second] = [await another("ada"), await another("ben")];
    const from = olga.mark();
    const request = await inRoom()(first);
    await request.cancel();
    await compare(second, inRoom());
    expect(olga.seen.slice(from).filter((event) => bodyOf(event).includes(first.userId))).toEqual(
      [],
    );
  });
});
