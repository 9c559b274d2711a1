import { beforeEach, describe, expect, it } from "vitest";
import { memoryDocuments } from "../../../test/harness/memoryDocuments.ts";
import { refusalOf, sentenceOf } from "../../../test/harness/sentenceOf.ts";
import type { Answer, Command, Request } from "../../chat/command.ts";
import { parseLine } from "../../chat/parse.ts";
import { Catalogue } from "../../integrations/catalogue.ts";
import { ManualClock } from "../../kernel/clock.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../../kernel/ids.ts";
import type { FileContent } from "../../matrix/fileContent.ts";
import type { Media, RoomPower } from "../../matrix/port.ts";
import { newCodes } from "./commands/newCodes.ts";
import { disablePack, enablePack, myPacks } from "./commands/ownPacks.ts";
import { redeemCode } from "./commands/redeem.ts";
import { packCatalogue, type PackEntry } from "./config.ts";
import { demandRedeemed } from "./entries.ts";
import { Codes } from "./people/codes.ts";
import { PersonPacks } from "./people/personPacks.ts";
import { Redemptions } from "./people/redemptions.ts";

const ROOM = "!room:example.org" as RoomId;
const ADA = "@ada:example.org" as UserId;
const BEN = "@ben:example.org" as UserId;
const ME = "@usher:example.org" as UserId;
const DOGS: PackEntry = {
  ...{ id: "dogs", name: "Dogs", description: "Nine dogs", price: "free", enabled: true },
  ...{ host: { by: "operator" }, room: ROOM, pack: "", redeem: false },
};
const CATS: PackEntry = {
  ...{ ...DOGS, id: "cats", name: "Cats", price: "paid", redeem: true },
  ...{ howToPay: "Five euros at the desk.", payAt: "https://shop.example.org/cats" },
};

let entries: PackEntry[];
let said: readonly Command[];
let personPacks: PersonPacks;
let redacted: EventId[];
let redactable: boolean;
let refuses: UsherError | undefined;
let file: string;
let letters: string[];
let direct: boolean;
let encryption: "none" | "encrypted";
let events: number;

beforeEach(() => {
  [entries, redacted, redactable, refuses, file] = [[DOGS, CATS], [], true, undefined, ""];
  [letters, direct, encryption, events] = [[], true, "none", 0];
  const documents = memoryDocuments();
  personPacks = new PersonPacks(documents);
  const codes = new Codes(documents);
  const redemptions = new Redemptions({ codes, personPacks, clock: new ManualClock() });
  const kinds = [{ kind: "sticker", plural: "stickers" }];
  const all = [DOGS, CATS].map((one) => ({ ...one, kind: "sticker" }));
  const catalogue = new Catalogue(all, kinds);
  const matrix = {
    me: ME,
    power: () =>
      Promise.resolve({
        version: "11",
        creators: new Set<UserId>(),
        levels: { users: { [ME]: redactable ? 50 : 0 }, redact: 50 },
      } as RoomPower),
    redact: (_: RoomId, event: EventId) => {
      if (refuses !== undefined) return Promise.reject(refuses);
      redacted.push(event);
      return Promise.resolve();
    },
    encryption: () => Promise.resolve(encryption),
    placeFile: async (_: RoomId, { bytes, onlyFor }: FileContent) => {
      expect(onlyFor).toBe(ADA);
      file = Buffer.concat(await Array.fromAsync(bytes.open())).toString();
      return { encrypted: false, content: { body: "a file" } };
    },
    sendPlaced: ((...[, , , onlyFor]) => {
      expect(onlyFor).toBe(ADA);
      return Promise.resolve("$sent" as EventId);
    }) as Media["sendPlaced"],
  };
  const send = (person: UserId, answer: Answer): Promise<void> => {
    letters.push(`${person}: ${sentenceOf(answer)}`);
    return Promise.resolve();
  };
  const parts = { matrix, catalogue, entries, personPacks, letters: { send }, codes, redemptions };
  said = [
    enablePack(parts),
    disablePack(parts),
    myPacks(parts),
    redeemCode(parts),
    newCodes(parts),
  ];
});

async function asked(line: string, person = ADA): Promise<readonly [string, string]> {
  const understood = parseLine(line, said);
  if ("error" in understood) throw understood.error;
  const { command, input } = understood;
  const request: Request = {
    ...{ room: ROOM, person, event: `$${String((events += 1))}` as EventId },
    ...{ thread: undefined, direct, operator: true, calledAs: "!usher" },
  };
  if (!command.changes) return ["", sentenceOf(await command.answer(input, request))];
  const plan = await command.plan(input, request);
  if ("nothing" in plan) return ["", sentenceOf(plan.nothing)];
  const exactly = plan.exactly === undefined ? understood : parseLine(plan.exactly, said);
  if ("error" in exactly || !exactly.command.changes) throw new Error("another command");
  const before = "preview" in plan ? sentenceOf(plan.preview) : "";
  return [before, sentenceOf(await exactly.command.perform(exactly.input, request))];
}

const codes = async (count: number): Promise<readonly string[]> => {
  await asked(`admin codes new cats ${String(count)}`);
  return file.trim().split("\n");
};

describe("R49 R58 a person's packs", () => {
  it("are enabled and disabled in any room, and told to them alone", async () => {
    expect((await asked("stickers mine"))[1]).toContain("You have enabled no sticker pack.");
    direct = false;
    expect(await asked("stickers enable Dogs")).toEqual([
      "",
      "The sticker pack Dogs is enabled for you. `!usher stickers mine` tells you alone which ones are, `!usher stickers disable dogs` takes it out again. Nobody else sees that, but those who run me can.",
    ]);
    expect((await asked("stickers mine"))[1]).toBe(
      "I sent you a direct message: which packs are yours is nobody else’s business.",
    );
    expect(letters).toEqual([
      expect.stringMatching(
        /^@ada:example\.org: Sticker packs that you have enabled:\n- Dogs, id `dogs`\n/,
      ),
    ]);
    expect((await asked("stickers disable dogs"))[1]).toBe(
      "The sticker pack Dogs is no longer enabled for you.",
    );
    expect(await refusalOf(asked("stickers disable dogs"))).toContain(
      "You have enabled no sticker pack `dogs`.",
    );
    await expect(asked("stickers enable birds")).rejects.toMatchObject({ code: "entry-unknown" });
  });

  it("that the catalogue no longer has are named by their ids, and can be disabled", async () => {
    await personPacks.enable(ADA, "old");
    expect((await asked("stickers mine"))[1]).toContain("old, id `old`, no longer in my catalogue");
    expect((await asked("stickers disable old"))[1]).toContain("old is no longer enabled");
  });
});

describe("a pack that takes a code", () => {
  it("is neither enabled nor added by who has given none: they are told how to pay", async () => {
    const told =
      "Cats takes a code. Five euros at the desk. https://shop.example.org/cats Then say `!usher stickers redeem …` with the code, best in a direct chat with me.";
    expect(await refusalOf(asked("stickers enable cats"))).toBe(told);
    expect(await refusalOf(demandRedeemed(personPacks, ADA, CATS))).toBe(told);
    await demandRedeemed(personPacks, ADA, DOGS);
    const { payAt: _, ...without } = CATS;
    expect(await refusalOf(demandRedeemed(personPacks, ADA, without))).toMatch(
      /takes a code\. Five euros at the desk\. Then say/,
    );
  });

  it("is theirs by a code, stays so when it is disabled, and a code too many can be given away", async () => {
    const [one = "", two = ""] = await codes(2);
    expect((await asked(`stickers redeem ${one}`))[1]).toBe(
      "The sticker pack Cats is yours, and enabled for you. `!usher add stickers cats` brings it into a room.",
    );
    expect((await asked("stickers mine"))[1]).toContain("Cats, id `cats`, redeemed");
    expect((await asked("stickers disable cats"))[1]).toBe(
      "The sticker pack Cats is no longer enabled for you. It stays yours: `!usher stickers enable cats` brings it back.",
    );
    expect((await asked("stickers mine"))[1]).toMatch(
      /^Redeemed, and not enabled:\n- Cats, id `cats`\n/,
    );
    expect((await asked(`stickers redeem ${two}`))[1]).toBe(
      "The sticker pack Cats was yours already, so this code is not used: you can give it to somebody else.",
    );
    expect((await asked(`stickers redeem ${two}`, BEN))[1]).toContain("is yours, and enabled");
    expect(redacted).toEqual([]);
    await asked("stickers enable cats");
    await demandRedeemed(personPacks, ADA, CATS);
    entries.pop();
    expect((await asked("stickers mine"))[1]).toContain("redeemed, no longer in my catalogue");
    await personPacks.disable(ADA, "cats");
    expect((await asked("stickers mine"))[1]).toContain("cats, id `cats`, no longer in my");
  });

  it("is redeemed in a room too, and the code is taken away there where Usher may", async () => {
    const [one = "", two = ""] = await codes(2);
    direct = false;
    expect((await asked(`stickers redeem ${one}`))[1]).toMatch(
      /brings it into a room\. I have taken your message with the code away: send codes in a direct chat with me\.$/,
    );
    expect(redacted).toEqual([`$${String(events)}`]);
    redactable = false;
    const stays = "Others can read the code in your message, which I may not take away: delete it";
    expect((await asked(`stickers redeem ${two}`))[1]).toContain(stays);
    redactable = true;
    refuses = new UsherError("room-unreachable", { status: 403, code: "M_FORBIDDEN", action: "" });
    expect((await asked(`stickers redeem ${two}`))[1]).toContain(stays);
    refuses = undefined;
    expect(await refusalOf(asked(`stickers redeem ${one}`, BEN))).toBe(
      "This code opens nothing: it is mistyped, or has been used. Look at it again; you have 9 tries left within an hour. I have taken your message with the code away: send codes in a direct chat with me.",
    );
    for (let tries = 0; tries < 7; tries += 1)
      await expect(asked("stickers redeem x", BEN)).rejects.toMatchObject({ code: "sticker-code" });
    expect(await refusalOf(asked("stickers redeem x", BEN))).toContain("1 try left");
    expect(await refusalOf(asked("stickers redeem x", BEN))).toContain("0 tries left");
    expect(await refusalOf(asked(`stickers redeem ${two}`, BEN))).toMatch(
      /^You have tried too many codes that open nothing\. In an hour you can try again/,
    );
  });
});

describe("codes", () => {
  it("are made for an operator alone, in a direct chat, as a file that is sent once", async () => {
    const [before, after] = await asked("admin codes new Cats 50");
    expect(before).toMatch(
      /^I will make 50 codes for the sticker pack Cats and send you a file with them here, once: afterwards not even I can tell what they are\.[^]*This chat is not encrypted/,
    );
    expect(after).toBe(
      "The 50 codes for Cats are in the file: each makes the pack somebody’s, once, by `stickers redeem`. Keep the file well, and delete it here when you have.",
    );
    const lines = file.trim().split("\n");
    expect(new Set(lines).size).toBe(50);
    for (const line of lines) expect(line).toMatch(/^[0-9A-Z]{8}(?:-[0-9A-Z]{5}){4}$/);
    encryption = "encrypted";
    const [one, made] = await asked("admin codes new cats 1");
    expect(one).toMatch(/^I will make 1 code for .* can tell what they are\.$/);
    expect(made).toContain("The code for Cats is in the file: it makes the pack somebody’s, once");
    direct = false;
    expect(await refusalOf(asked("admin codes new cats 1"))).toBe(
      "Codes are for you alone: say `admin codes new cats 50` in a direct chat with me.",
    );
    expect(await refusalOf(asked("admin codes new dogs 1"))).toContain(
      'Dogs takes no code. What its entry of the catalogue has to say so: `!usher admin catalogue change dogs {"redeem": true',
    );
  });

  it("need a sentence of how people come by one", () => {
    const { howToPay: _, ...without } = CATS;
    const [issue] = packCatalogue.safeParse([without]).error?.issues ?? [];
    expect(issue?.path).toEqual([0, "howToPay"]);
    expect(issue?.message).toContain("how people come by a code");
    expect(packCatalogue.safeParse([CATS]).success).toBe(true);
  });
});
