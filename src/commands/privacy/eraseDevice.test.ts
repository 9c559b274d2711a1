import { beforeEach, describe, expect, it } from "vitest";
import { ANN, CLEAR, DIRECT, ErasureWorld, ROOM } from "../../../test/harness/erasureWorld.ts";
import { refusalOf } from "../../../test/harness/sentenceOf.ts";
import type { RoomId } from "../../kernel/ids.ts";
import { definedDocuments } from "../../store/documents.ts";
import { erasureDocument } from "../../store/erasures.ts";
import { roomDocument } from "../../store/room.ts";
// The kinds have their parts in rooms' documents.
import "../../kinds/index.ts";

const SECOND = "!second:example.org" as RoomId;

let world: ErasureWorld;

beforeEach(async () => {
  world = new ErasureWorld();
  world.erasures.begin = () => undefined;
  await world.stored.update(roomDocument, ROOM, (one) => ({ ...one, inviter: ANN }));
});

const asks = (room = DIRECT, how: object = {}): Promise<string> =>
  world.ask(ANN, "privacy erase", { what: "all", when: "now", ...how }, room);
const wordIn = (said: string): string => /confirm ([a-z]+)/.exec(said)?.[1] ?? said;
const confirms = (word: string, room = DIRECT): Promise<string> =>
  world.ask(ANN, "confirm", { word }, room);
const state = async (): Promise<string | undefined> =>
  (await world.stored.get(erasureDocument, ANN))?.request?.state;

describe("R36 the word that confirms an erasure", () => {
  it("counts from the device that asked alone, and no try is lost by another", async () => {
    const said = await asks();
    expect(said).toContain("counts only from the device on which you asked");
    world.device = "LAPTOP";
    for (let count = 0; count < 6; count += 1)
      expect(await refusalOf(confirms(wordIn(said)))).toContain("this is another one");
    world.device = undefined;
    expect(await refusalOf(confirms(wordIn(said)))).toContain("this is another one");
    expect(await state()).toBe("asked");
    world.device = "PHONE";
    await confirms(wordIn(said));
    expect(await state()).toBe("running");
  });

  it("is kept with no device's name", async () => {
    await asks();
    const all: unknown[] = [];
    for (const type of definedDocuments())
      for await (const one of world.stored.scan(type)) all.push(one);
    expect(JSON.stringify(all)).not.toContain("PHONE");
  });

  it("counts for whoever asks anew on another device", async () => {
    const first = await asks();
    world.device = "LAPTOP";
    const second = await asks();
    expect(await refusalOf(confirms(wordIn(first)))).toContain("That is not the word");
    await confirms(wordIn(second));
    expect(await state()).toBe("running");
  });

  it("counts from any where none can be told, which is said", async () => {
    world.device = undefined;
    const said = await asks();
    expect(said).toContain("counts from any of yours");
    world.device = "LAPTOP";
    await confirms(wordIn(said));
    expect(await state()).toBe("running");
  });
});

describe("R27 R36 an erasure that is asked for in an unencrypted chat, where Usher can encrypt none", () => {
  beforeEach(() => {
    world.canEncrypt = false;
  });

  it("waits its 72 hours whatever is said where the person could do it in an encrypted one, which is said", async () => {
    world.device = undefined;
    const said = await asks(CLEAR, { where: "here" });
    expect(said).toContain("I do that although you said `now`");
    expect(await confirms(wordIn(said), CLEAR)).toContain("2026-12-02 00:00 UTC");
    expect(await state()).toBe("cooling");
  });

  it.each([
    ["none", "running"],
    ["unreachable", "cooling"],
  ] as const)("begins at once only for who has no identity: %s", async (is, expected) => {
    world.device = undefined;
    world.server.identities = { is };
    await confirms(wordIn(await asks(CLEAR, { where: "here" })), CLEAR);
    expect(await state()).toBe(expected);
  });

  it("says nothing of that to who does not hurry", async () => {
    const said = await asks(CLEAR, { when: "here" });
    expect(said).toContain("I then wait 72 hours");
    expect(said).not.toContain("although");
  });
});

describe("R36 an erasure that is confirmed", () => {
  const notices = (): readonly string[] =>
    world.apart
      .filter(({ step }) => step === "elsewhere")
      .map(({ room, body }) => `${room} ${body}`);

  it("is told in the person's other rooms with Usher, with how to call it off", async () => {
    world.remembered.set(ANN, [DIRECT, SECOND, CLEAR]);
    const said = await asks(DIRECT, { when: undefined });
    expect(notices()).toEqual([]);
    await confirms(wordIn(said));
    await expect.poll(notices).toHaveLength(2);
    for (const [index, room] of [SECOND, CLEAR].entries()) {
      expect(notices()[index]).toContain(`${room} In another chat with me`);
      expect(notices()[index]).toMatch(
        /after 2026-12-02 00:00 UTC[^]*`privacy cancel` calls it off/,
      );
    }
  });

  it("is told as begun where it was asked for at once", async () => {
    world.remembered.set(ANN, [DIRECT, SECOND]);
    await confirms(wordIn(await asks()));
    await expect.poll(notices).toHaveLength(1);
    expect(notices()[0]).toContain("I have begun");
  });
});
