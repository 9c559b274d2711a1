import { describe, expect, it } from "vitest";
import { memoryDocuments } from "../../test/harness/memoryDocuments.ts";
import { MemoryHomeserver } from "../../test/harness/memoryHomeserver.ts";
import { sentenceOf } from "../../test/harness/sentenceOf.ts";
import type { Config } from "../config/load.ts";
import { whoRunsUsher } from "../config/whoRunsUsher.ts";
import { ManualClock } from "../kernel/clock.ts";
import type { RoomId, UserId } from "../kernel/ids.ts";
import { roomDocument } from "../store/room.ts";
import { Greetings } from "./greetings.ts";

const ROOM = "!room:example.org" as RoomId;
const BRIDGE = "@bridge:example.org" as UserId;
const ANN = "@ann:example.org" as UserId;
const BOB = "@bob:example.org" as UserId;
const NOTICE = "https://example.org/usher/notice";

/** What is said when Usher comes into a room of these people: there, and to Ann alone, who invited it. */
async function welcomed(
  others: readonly UserId[],
  {
    operator = {},
    levels = {},
    named = false,
    comes,
  }: {
    operator?: Partial<Config["operator"]>;
    levels?: object;
    named?: boolean;
    /** Who is in it only when it is made. */
    comes?: UserId;
  } = {},
): Promise<{ readonly here: string; readonly toAnn: readonly string[] }> {
  const server = new MemoryHomeserver();
  const documents = memoryDocuments();
  const config = { homeserver: { userId: server.me }, mode: "production", minimumAge: 16 };
  const about = whoRunsUsher({
    ...config,
    notice: { supervisoryAuthority: {} },
    operator: { legalName: undefined, noticeUrl: undefined, contacts: {}, ...operator },
  } as Config);
  const toAnn: string[] = [];
  server.make(ROOM, {
    creator: ANN,
    joined: [...others, server.me],
    levels: { ...levels },
    more: named ? [["m.room.name", { name: "Quiet" }]] : [],
  });
  await documents.update(roomDocument, ROOM, (document) => ({ ...document, inviter: ANN }));
  server.whenMade = () => {
    if (comes !== undefined)
      server.put(ROOM, "m.room.member", comes, { membership: "invite" }, server.me);
    return Promise.resolve();
  };
  const greetings = new Greetings({
    matrix: server,
    documents,
    clock: new ManualClock(0),
    render: (answer) => ({ body: sentenceOf(answer, about), html: "" }),
    owed: { say: () => Promise.resolve() },
    tell: (person, answer) => {
      expect(person).toBe(ANN);
      toAnn.push(sentenceOf(answer, about));
      return Promise.resolve(true);
    },
    operators: { room: undefined },
    canReadEncrypted: true,
    abilities: [],
    isProgram: (account) => account === BRIDGE,
    look: () => Promise.resolve({ encrypted: false, rights: [] }),
    leave: () => Promise.reject(new Error("It does not leave")),
  });
  await greetings.welcome(ROOM);
  return { here: server.done.join(""), toAnn };
}

it("is for people: where Usher is alone with the bot of a bridge, there is none", async () => {
  expect((await welcomed([BRIDGE])).here).toBe("");
  expect((await welcomed([BRIDGE, ANN])).here).toContain("Hello, I am Usher");
});

it("waits for those for whom Usher makes a room: the sync tells of it before they are in it", async () => {
  expect((await welcomed([], { comes: BRIDGE })).here).toBe("");
  expect((await welcomed([], { comes: ANN })).here).toContain("Hello, I am Usher");
});

describe.each([
  ["a direct chat", [ANN]],
  ["a room", [ANN, BOB]],
])("the greeting in %s", (_, others) => {
  it("says who runs Usher and where its notice is, where that is set", async () => {
    const operator = { legalName: "Example Ltd", noticeUrl: NOTICE };
    const { here } = await welcomed(others, { operator });
    expect(here).toContain("Hello, I am Usher, a bot run by Example Ltd.");
    expect(here).toContain(
      `How I treat data: privacy notice (${NOTICE}), or say \`!usher privacy\`.`,
    );
  });

  it("says neither where it is not set, and what shows how data is treated", async () => {
    const { here } = await welcomed(others);
    expect(here).toContain("Hello, I am Usher, a bot. I bring");
    expect(here).toContain("How I treat data: say `!usher privacy`.");
  });
});

describe("where Usher may not speak", () => {
  const levels = { events_default: 50, users: { [ANN]: 100 } };

  it.each([
    [true, `into Quiet (${ROOM}). I am there now`],
    [false, `into ${ROOM}. I am there now`],
  ])("its inviter hears where, and which power it needs; named: %s", async (named, where) => {
    const { here, toAnn } = await welcomed([ANN, BOB], { levels, named });
    expect(here).toBe("");
    expect(toAnn).toHaveLength(1);
    expect(toAnn[0]).toContain(`You invited me ${where}`);
    expect(toAnn[0]).toMatch(/For that I need power 50 .*give it to @usher:example\.org/u);
  });
});
