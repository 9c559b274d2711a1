import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { memoryDocuments } from "../../../../test/harness/memoryDocuments.ts";
import { sentenceOf } from "../../../../test/harness/sentenceOf.ts";
import { ManualClock } from "../../../kernel/clock.ts";
import { UsherError } from "../../../kernel/errors.ts";
import type { RoomId, UserId } from "../../../kernel/ids.ts";
import type { Account, Content, StateEvent } from "../../../matrix/port.ts";
import type { HttpClient, WebsiteAnswer } from "../../../net/websites.ts";
import { roomDocument } from "../../../store/room.ts";
import { bridgeCatalogue, type BridgeEntry } from "../config.ts";
import { markedBridges } from "./bridgeMarks.ts";
import { BridgeDiscovery } from "./discovery.ts";

const ME = "@usher:example.org" as UserId;
const ROOM = "!r:example.org" as RoomId;
const BOT = "@signalbot:example.org";

/** A state event of a room. */
function state(type: string, stateKey: string, content: Content, sender = BOT): StateEvent {
  const about = { eventId: "$e", roomId: ROOM, originServerTs: 0, redacted: false };
  return { ...about, type, stateKey, content, sender, encryption: "none" } as unknown as StateEvent;
}

const joined = (user: string): StateEvent =>
  state("m.room.member", user, { membership: "join" }, user);
const mark = (more: Content = {}): Content => ({
  bridgebot: BOT,
  protocol: { id: "beeper.com/signal", displayname: "Signal" },
  channel: { id: "x" },
  ...more,
});

/** A homeserver with what is there to be found. */
class Scene {
  readonly clock = new ManualClock();
  readonly documents = memoryDocuments();
  accounts: readonly string[] = [];
  states: readonly StateEvent[] = [];
  /** By address; anything else does not answer. */
  pages: Readonly<Record<string, string | UsherError>> = {};
  readonly asked: string[] = [];
  entries: BridgeEntry[] = [];
  discovery = new BridgeDiscovery({
    matrix: {
      me: ME,
      account: (user) => {
        this.asked.push(user);
        const known = this.accounts.includes(user);
        return Promise.resolve<Account>(known ? { is: "known", name: "x" } : { is: "unknown" });
      },
      allState: () => {
        this.asked.push("state");
        return Promise.resolve(this.states);
      },
    },
    documents: this.documents,
    clock: this.clock,
    homeserverUrl: "https://matrix.example.org",
    http: { ask: (url) => this.#page(url) } satisfies HttpClient,
    entries: this.entries,
  });

  #page(url: URL): Promise<WebsiteAnswer> {
    this.asked.push(url.href);
    const page = this.pages[url.href];
    if (page === undefined || page instanceof UsherError)
      return Promise.reject(page ?? new UsherError("website-unreachable", { host: url.host }));
    return Promise.resolve({
      status: 200,
      headers: {},
      bytes: new TextEncoder().encode(page),
      json: (schema) => {
        const read = schema.safeParse(page.startsWith("{") ? JSON.parse(page) : undefined);
        if (!read.success) throw new UsherError("website-unexpected", { host: url.host });
        return read.data;
      },
    });
  }

  async inRooms(count = 1): Promise<this> {
    for (let number = 0; number < count; number += 1)
      await this.documents.update(roomDocument, `!r${String(number)}:example.org`, (room) => ({
        ...room,
        greetedAt: 1,
      }));
    return this;
  }

  /** What is found: the ids of what could be added, and how it was found, in words. */
  async found(): Promise<readonly (readonly [string | undefined, string])[]> {
    const all = await this.discovery.suggestions();
    return all.map(({ entry, found }) => [entry?.id, sentenceOf(found)]);
  }
}

const WELL_KNOWN = "https://example.org/.well-known/matrix/mautrix";

describe("what is found on the homeserver", () => {
  it("are the accounts of bots by their usual names, with the whole entry", async () => {
    const scene = new Scene();
    scene.accounts = [
      "@telegrambot:example.org",
      "@heisenbridge:example.org",
      "@ircbot:example.org",
    ];
    const all = await scene.discovery.suggestions();
    expect(all.map(({ entry }) => entry)).toEqual([
      {
        ...{ kind: "bridge", id: "irc" },
        fields: {
          ...{ name: "IRC", bot: "@heisenbridge:example.org", connector: "heisenbridge" },
          networks: { libera: { servers: ["irc.libera.chat:6697+tls"] } },
        },
      },
      {
        ...{ kind: "bridge", id: "telegram" },
        fields: {
          ...{ name: "Telegram", bot: "@telegrambot:example.org" },
          ...{ connector: "bridgev2", prefix: "!tg" },
        },
      },
      {
        ...{ kind: "bridge", id: "irc-2" },
        fields: { name: "IRC", bot: "@ircbot:example.org", connector: "bridgev2", prefix: "!irc" },
      },
    ]);
    for (const { entry } of all)
      expect(bridgeCatalogue.safeParse([{ id: entry?.id, ...entry?.fields }]).success).toBe(true);
  });

  it("is told of without an entry where that needs what only the operator knows", async () => {
    const scene = new Scene();
    scene.accounts = ["@appservice-irc:example.org"];
    const [[id, said] = []] = await scene.found();
    expect(id).toBeUndefined();
    expect(said).toContain("has the account @appservice-irc:example.org");
    expect(said).toContain("needs an address and a secret");
    const provisioning = { url: "http://127.0.0.1:9999", secretFile: "secrets/irc" };
    const ours = { id: "oftc", name: "OFTC", bot: "@appservice-irc:example.org", provisioning };
    scene.entries.push(...bridgeCatalogue.parse([{ ...ours, connector: "appservice-irc" }]));
    expect(await scene.found()).toEqual([]);
  });

  it("is never what the catalogue has, offered or not", async () => {
    const scene = new Scene();
    scene.accounts = ["@telegrambot:example.org"];
    scene.pages = { [WELL_KNOWN]: '{"fi.mau.bridges": ["https://bridges.example.org/telegram"]}' };
    const entry = { id: "telegram", name: "T", bot: "@telegrambot:example.org" };
    const off = { ...entry, connector: "bridgev2", prefix: "!tg", enabled: false };
    scene.entries.push(...bridgeCatalogue.parse([off]));
    expect(await scene.found()).toEqual([]);
    // What was found is kept; what the catalogue has is looked at each time.
    scene.entries.pop();
    expect(await scene.found()).toHaveLength(1);
  });

  it("are the bridges that the homeserver announces, at its name or at the address that Usher has", async () => {
    const scene = new Scene();
    scene.accounts = ["@telegrambot:example.org"];
    scene.pages = {
      "https://matrix.example.org/.well-known/matrix/mautrix":
        '{"fi.mau.bridges": ["https://bridges.example.org/telegram", "https://x.example.org/other"]}',
    };
    expect(await scene.found()).toEqual([
      [
        "telegram",
        "this homeserver has the account @telegrambot:example.org, and says that such a bridge answers at https://bridges.example.org/telegram",
      ],
      [
        undefined,
        "this homeserver says that a bridge answers there, and no usual account of a bot belongs to it; `bridges.catalogue` takes it with the account that its bot has",
      ],
    ]);
  });

  it.each([
    ["HTML", "<html>Not found</html>"],
    ["no list", '{"fi.mau.bridges": "https://x.example.org"}'],
    ["a whole other thing", '{"m.homeserver": {}}'],
    ["none", '{"fi.mau.bridges": []}'],
    [
      "no addresses",
      JSON.stringify({
        "fi.mau.bridges": [
          ...[5, null, {}, "telegram", "javascript:alert(1)", "ftp://x.example.org/"],
          ...["https://user:pass@x.example.org/", "https://x.example.org/?token=1"],
          ...[`https://x.example.org/${"a".repeat(300)}`, "https://x.example.org/#x"],
        ],
      }),
    ],
    ["too much", new UsherError("website-too-large", { host: "example.org", most: 64 })],
  ])("is nothing where the homeserver announces %s", async (_, page) => {
    const scene = new Scene();
    scene.pages = { [WELL_KNOWN]: page };
    expect(await scene.found()).toEqual([]);
  });

  it("are no more than fifty addresses, whatever is announced", async () => {
    const scene = new Scene();
    const many = Array.from({ length: 2000 }, (_, n) => `https://x.example.org/b${String(n)}`);
    scene.pages = { [WELL_KNOWN]: JSON.stringify({ "fi.mau.bridges": many }) };
    expect(await scene.found()).toHaveLength(50);
  });

  it("are bots that have linked rooms in which Usher is, by what they say there themselves", async () => {
    const scene = await new Scene().inRooms();
    scene.states = [joined(BOT), state("m.bridge", "example.org/signal", mark())];
    expect(await scene.found()).toEqual([
      ["signal", "@signalbot:example.org has linked a room in which I am"],
    ]);
    const [{ entry } = {}] = await scene.discovery.suggestions();
    expect(entry?.fields).toEqual({
      ...{ name: "Signal", bot: BOT, connector: "bridgev2", prefix: "!signal" },
    });
  });

  it.each([
    ["telegram", "net.maunium.telegram://telegram/7"],
    ["discord", "fi.mau.discord://discord/7/8"],
  ])(
    "are of the older sort of %s where its mark says so, whatever the account is called",
    async (id, key) => {
      const bot = `@${id}bot:example.org`;
      const scene = await new Scene().inRooms();
      const content = mark({ bridgebot: bot, protocol: { id: "x", displayname: "Far" } });
      scene.states = [joined(bot), state("m.bridge", key, content, bot)];
      for (const accounts of [[], [bot]]) {
        scene.accounts = accounts;
        scene.clock.advance(3_600_000);
        const [{ entry } = {}] = await scene.discovery.suggestions();
        expect(entry).toMatchObject({ id, fields: { bot, connector: `mautrix-${id}` } });
      }
    },
  );

  const marked = (content: Content, key = "example.org/signal", sender = BOT): StateEvent[] => [
    joined(BOT),
    state("uk.half-shot.bridge", key, content, sender),
  ];
  it.each<[string, StateEvent[]]>([
    ["of a bot that is not in the room", marked(mark()).slice(1)],
    ["that somebody else wrote", marked(mark(), "example.org/signal", "@eve:example.org")],
    ["that names no bot", marked({ status: "success", user_id: ME })],
    ["that was blanked", marked({})],
    ["of the rooms in which a bridge keeps people's chats apart", marked(mark(), "")],
    [
      "of such a room by its own words",
      marked(mark({ "com.beeper.room_type.v2": "personal_filtering_space" })),
    ],
    ["of a bridge that is none of bridgev2's", marked(mark(), "irc://irc.test/#chan")],
    ["without a name that can be typed", marked(mark({ protocol: { id: "??" } }))],
    [
      "of a bot on another server",
      [
        joined("@signalbot:evil.example"),
        state(
          "m.bridge",
          "evil.example/signal",
          mark({ bridgebot: "@signalbot:evil.example" }),
          "@signalbot:evil.example",
        ),
      ],
    ],
    [
      "of a bot whose name nobody could read",
      [
        joined("@a\u202eb\n:example.org"),
        state(
          "m.bridge",
          "x/y",
          mark({ bridgebot: "@a\u202eb\n:example.org" }),
          "@a\u202eb\n:example.org",
        ),
      ],
    ],
  ])("is not a mark %s", async (_, states) => {
    const scene = await new Scene().inRooms();
    scene.states = states;
    expect(await scene.found()).toEqual([]);
  });

  it("is said in words of one short line, whatever a bridge calls itself", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0x10ffff }), { maxLength: 100 }), (points) => {
        const displayname = String.fromCodePoint(...points);
        const states = marked(mark({ protocol: { id: "signal", displayname } }));
        const [{ name } = { name: "" }] = markedBridges(states, "example.org");
        expect(name).toMatch(/^[^\p{Cc}\p{Zl}\p{Zp}\u202e]{1,60}$/u);
        const fields = { name, bot: BOT, connector: "bridgev2", prefix: "!signal" };
        expect(bridgeCatalogue.safeParse([{ id: "signal", ...fields }]).success).toBe(true);
      }),
    );
  });

  it("is looked for once in ten minutes, in two hundred rooms at most", async () => {
    const scene = await new Scene().inRooms(203);
    await Promise.all([scene.found(), scene.found()]);
    await scene.found();
    expect(scene.asked.filter((one) => one === "state")).toHaveLength(200);
    expect(new Set(scene.asked.filter((one) => one !== "state")).size).toBe(
      scene.asked.length - 200,
    );
    scene.clock.advance(600_000);
    scene.accounts = ["@zulipbot:example.org"];
    expect(await scene.found()).toHaveLength(1);
  });
});
