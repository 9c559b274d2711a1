import { beforeEach, describe, expect, it } from "vitest";
import { memoryDocuments } from "../../../test/harness/memoryDocuments.ts";
import { MemoryHomeserver } from "../../../test/harness/memoryHomeserver.ts";
import { sentenceOf } from "../../../test/harness/sentenceOf.ts";
import type { Answer, Request } from "../../chat/command.ts";
import { parseLine } from "../../chat/parse.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../../kernel/ids.ts";
import type { ItemCommands } from "../../integrations/itemCommands.ts";
import { botPart } from "../../kinds/bots/records.ts";
import { widgetPart, withRecord, type WidgetRecord } from "../../kinds/widgets/records.ts";
import type { Identity } from "../../matrix/port.ts";
import { correctableIn } from "../../store/correctable.ts";
import { roomDocument } from "../../store/room.ts";
import { privacyCorrect, type CorrectDeps } from "./correct.ts";

const ANN = "@ann:example.org" as UserId;
const BOB = "@bob:example.org" as UserId;
const ROOM = "!room:example.org" as RoomId;
const OTHER = "!other:example.org" as RoomId;
const DIRECT = "!direct:example.org" as RoomId;
const EVENT = "$e" as EventId;
const TYPE = "im.vector.modular.widgets";

let server: MemoryHomeserver;
let documents: ReturnType<typeof memoryDocuments>;
let apart: string[];
let turns: string[];
let done: string[];
/** Who has no identity. */
let unsigned: UserId | undefined;

const widget = (id: string, addedBy: UserId, more: object = {}): WidgetRecord => ({
  ...{ id, url: "https://pad.example.org", name: "Pda", addedBy, addedAt: 1, cause: EVENT },
  ...more,
});

async function furnish(room: RoomId, ...widgets: readonly WidgetRecord[]): Promise<void> {
  await documents.update(roomDocument, room, (one) => ({ ...one, widgets }));
}

beforeEach(async () => {
  server = new MemoryHomeserver();
  documents = memoryDocuments();
  [apart, turns, done, unsigned] = [[], [], [], undefined];
  for (const room of [ROOM, OTHER])
    server.make(room, { creator: ANN, joined: [ANN, BOB, server.me], levels: { users: LEVELS } });
  const more = [["m.room.encryption", { algorithm: "m.megolm.v1.aes-sha2" }]] as const;
  server.make(DIRECT, { creator: ANN, joined: [ANN, server.me], more });
  const settings = { server: "pad.example.org", pad: "team" };
  await furnish(ROOM, widget("pad-1", ANN, { settings }), widget("pad-2", BOB));
});
const LEVELS = { [ANN]: 100, "@usher:example.org": 50 };

const set: NonNullable<ItemCommands["set"]> = {
  usual: [],
  needs: () => Promise.resolve({ deed: "set-widget", needs: [{ kind: "state", type: TYPE }] }),
  plan: (id, changes) => {
    if (changes.get("name") === "Pda")
      return Promise.resolve({ nothing: { template: "thanks", view: {} } });
    return Promise.resolve({
      preview: { template: "leave/preview", view: { things: 0, usher: id } },
      exactly: "set",
    });
  },
  perform: async (id, changes, { room, event, person }) => {
    done.push(`${id} ${room} ${event} ${person}`);
    await documents.update(roomDocument, room, (one) => {
      const known = widgetPart.of(one).find((found) => found.id === id);
      return known === undefined
        ? one
        : withRecord(one, id, { ...known, name: changes.get("name") ?? known.name });
    });
    return { template: "thanks", view: {} };
  },
};

function deps(): CorrectDeps {
  const kind = {
    rights: { part: widgetPart, byItself: "nothing", byHand: "nothing" },
    items: { set },
  } as const;
  return {
    matrix: Object.assign(server, {
      privateRoom: () => Promise.resolve(DIRECT),
      identity: (user: UserId): Promise<Identity> =>
        Promise.resolve(unsigned === user ? { is: "none" } : { is: "known", masterKey: "key" }),
    }),
    speaker: {
      say: ({ room }, answer) => {
        apart.push(`${room} ${sentenceOf(answer)}`);
        return Promise.resolve(EVENT);
      },
    },
    canEncrypt: true,
    documents,
    kinds: [kind as unknown as CorrectDeps["kinds"][number]],
    queue: {
      run: async (room, task) => {
        turns.push(room);
        await task();
      },
    },
  };
}

interface Said {
  readonly body: string;
  readonly exactly: string | undefined;
  readonly answer: Answer;
}

/** What a line leads to; with `yes`, what is done. */
async function say(line: string, { room = DIRECT, yes = false, person = ANN } = {}): Promise<Said> {
  const command = privacyCorrect(deps());
  const parsed = parseLine(line, [command], "");
  if ("error" in parsed) throw parsed.error;
  if (!command.changes) throw new TypeError("it changes");
  const of = { room, person, event: "$asked" as EventId, thread: undefined, calledAs: "" };
  const request: Request = { ...of, direct: room === DIRECT, operator: false };
  const told = (answer: Answer, exactly?: string): Said => ({
    body: sentenceOf(answer),
    exactly,
    answer,
  });
  if (yes) return told(await command.perform(parsed.input, request));
  const plan = await command.plan(parsed.input, request);
  if ("nothing" in plan) return told(plan.nothing);
  if ("unseen" in plan) throw new TypeError("others see it");
  return told(plan.preview, plan.exactly);
}

const nameOf = async (id = "pad-1", room = ROOM): Promise<string | undefined> =>
  widgetPart.of(await documents.get(roomDocument, room)).find((one) => one.id === id)?.name;

describe("R35 privacy correct", () => {
  it("lists what somebody put into rooms and can correct, nothing of others, and who corrects the rest", async () => {
    const { body, answer } = await say("privacy correct");
    expect(body).toContain(
      "`pad-1` in `!room:example.org`: `name=Pda` `server=pad.example.org` `pad=team`",
    );
    expect(body).not.toContain("pad-2");
    expect(body).toContain("say `privacy human` with what is right");
    expect(answer.onlyFor).toBe(ANN);
    expect((await say("privacy correct", { person: BOB, room: ROOM })).body).toBe(
      "I sent you a direct message.",
    );
  });

  it("corrects it by the kind's own change in its room, after a yes, and what is kept with it", async () => {
    const { body, exactly = "", answer } = await say('privacy correct pad-1 name="Team pad"');
    expect(body).toMatch(/^In `!room:example.org`:/);
    expect(answer.onlyFor).toBe(ANN);
    expect(exactly).toBe('privacy correct "pad-1" in=!room:example.org name="Team pad"');
    expect(await nameOf()).toBe("Pda");
    const said = await say(exactly, { yes: true });
    expect(said.body).toContain("Corrected in `!room:example.org`, and in what I keep about you");
    expect(said.answer.onlyFor).toBe(ANN);
    expect(done).toEqual([`pad-1 ${ROOM} $asked ${ANN}`]);
    expect(turns).toEqual([ROOM]);
    expect((await say("privacy correct")).body).toContain('`name="Team pad"`');
  });

  it("says where nothing differs", async () => {
    expect((await say("privacy correct pad-1 name=Pda")).answer).toMatchObject({
      template: "thanks",
      onlyFor: ANN,
    });
  });

  it.each(["pad-2", "pad-9"])(
    "touches nothing of others, and nothing that is not there: %s",
    async (id) => {
      expect((await say(`privacy correct ${id} name=Mine`)).body).toContain(
        `You can correct nothing that is called \`${id}\``,
      );
      const { body } = await say(`privacy correct ${id} in=${ROOM} name=Mine`, { yes: true });
      expect(body).toContain("You can correct nothing");
      expect(done).toEqual([]);
    },
  );

  it("says that nothing is changed where it is not said of which thing", async () => {
    const { body } = await say("privacy correct name=Team");
    expect(body).toMatch(/^Say first which one you want to correct. I have changed nothing./);
    expect(body).toContain("`pad-1` in");
    expect((await say("privacy correct")).body).not.toContain("Say first");
    expect(done).toEqual([]);
  });

  it("asks which is meant where it is in several rooms", async () => {
    await furnish(OTHER, widget("pad-1", ANN));
    const { body } = await say("privacy correct pad-1 name=Team");
    expect(body).toMatch(/This is in several rooms\. Add `in=`[^]*!room:[^]*!other:/);
    const { exactly = "" } = await say(`privacy correct pad-1 in=${OTHER} name=Team`);
    await say(exactly, { yes: true });
    expect([await nameOf(), await nameOf("pad-1", OTHER)]).toEqual(["Pda", "Team"]);
  });

  it("is of the room's rules: without power, or from outside, nothing is changed", async () => {
    const line = `privacy correct pad-1 in=${ROOM} name=Team`;
    server.put(ROOM, "m.room.power_levels", "", { users: { ...LEVELS, [ANN]: 0 } }, BOB);
    await expect(say(line)).rejects.toMatchObject({ code: "power-person" });
    server.put(ROOM, "m.room.power_levels", "", { users: LEVELS, state_default: 0 }, BOB);
    server.put(ROOM, "m.room.member", ANN, { membership: "leave" }, ANN);
    for (const yes of [false, true]) {
      const refused = await say(line, { yes }).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(UsherError);
      expect(sentenceOf(refused)).toMatch(/no longer in that room[^]*privacy human/);
    }
    server.silent.add(ROOM);
    await expect(say(line)).rejects.toMatchObject({ code: "correct-elsewhere" });
    expect(done).toEqual([]);
  });

  it("is said to them alone: asked where others read along, the list comes by direct message", async () => {
    const { body } = await say("privacy correct pad-1 name=Team", { room: ROOM });
    expect(body).toBe("I sent you a direct message.");
    expect(apart).toEqual([expect.stringMatching(/^!direct:example.org [^]*pad-1/)]);
  });

  it("is said in an unencrypted chat of the two to who insists", async () => {
    const clear = "!clear:example.org" as RoomId;
    unsigned = ANN;
    server.make(clear, { creator: ANN, joined: [ANN, server.me] });
    expect((await say("privacy correct", { room: clear })).body).toContain("`here`");
    expect((await say("privacy correct pad-1 here", { room: clear })).body).toContain("name=Pda");
    const { exactly = "", body } = await say("privacy correct pad-1 name=Team here", {
      room: clear,
    });
    expect(body).toContain(ROOM);
    expect((await say("privacy correct here pad-1 name=Team", { room: clear })).exactly).toBe(
      exactly,
    );
    await say(exactly, { room: clear, yes: true });
    expect(await nameOf()).toBe("Team");
    expect((await say("privacy correct here", { room: clear })).body).toContain("name=Team");
  });

  it("lists as many as one reads through, and says how many more there are", async () => {
    await furnish(ROOM, ...Array.from({ length: 23 }, (_, n) => widget(`pad-${String(n)}`, ANN)));
    const { body } = await say("privacy correct");
    expect(body).toContain("pad-19");
    expect(body).not.toContain("pad-20");
    expect(body).toContain("There is more that is not shown here (3)");
  });

  it("says so where there is nothing", async () => {
    await furnish(ROOM);
    expect((await say("privacy correct")).body).toContain("nothing that you could correct");
  });

  it("in the very room needs no other turn", async () => {
    await furnish(DIRECT, widget("pad-3", ANN));
    server.put(DIRECT, "m.room.power_levels", "", { users: LEVELS }, ANN);
    await say(`privacy correct pad-3 in=${DIRECT} name=Team`, { yes: true });
    expect([turns, await nameOf("pad-3", DIRECT)]).toEqual([[], "Team"]);
  });
});

it("R35 what can be corrected follows from the fields: of a bot its power", async () => {
  await documents.update(roomDocument, OTHER, (one) =>
    botPart.in(one, [
      { id: "poll", user: BOB, addedBy: ANN, addedAt: 1, cause: EVENT, level: 50 },
      { id: "chess", user: BOB, addedAt: 1, cause: EVENT, level: 0 },
    ]),
  );
  const document = (await documents.get(roomDocument, OTHER)) ?? roomDocument.empty(OTHER);
  expect(correctableIn(document, ANN)).toEqual([
    { part: "bots", id: "poll", fields: [{ field: "level", value: "50" }] },
  ]);
  expect(correctableIn(document, BOB)).toEqual([]);
});
