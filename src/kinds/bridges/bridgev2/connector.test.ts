import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { EventWaiter } from "../../../integrations/eventWaiter.ts";
import { ManualClock } from "../../../kernel/clock.ts";
import { UsherError } from "../../../kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../../../kernel/ids.ts";
import type { Content, RoomEvent } from "../../../matrix/port.ts";
import type { Connector, ConnectorDeps, Link } from "../connector.ts";
import { Dialogues } from "../dialogue/dialogues.ts";
import { bridgev2Entry, type Bridgev2Entry } from "./config.ts";
import { bridgev2 } from "./connector.ts";
import { BRIDGEV2 } from "./wording.ts";

const me = "@usher:x" as UserId;
const ann = "@ann:x" as UserId;
const bot = "@telegrambot:x" as UserId;
const control = "!control:x" as RoomId;
const room = "!r:x" as RoomId;
const link: Link = { room, channel: "channel:7", person: ann, cause: "$asked" as EventId };

const LINKED = "Successfully plumbed this room to `channel:7` on Telegram";
const RELAYED =
  "Messages sent by users who haven't logged in will now be relayed through Relay One";
const NO_PORTAL = "That command can only be ran in portal rooms.";

/** A bridge that answers what a test says, and a room that it acts on. */
class ScriptedBridge {
  readonly clock = new ManualClock();
  readonly heard: string[] = [];
  readonly waiter = new EventWaiter(this.clock);
  here = true;
  /** The chat that it says the room is linked with. */
  linked: string | undefined;
  marked = true;
  levels: Content = { users: { [me]: 100, [ann]: 100 }, events: {}, kick: 50 };
  /** What it answers instead of what a sound one would: by the first word of the order. Undefined: silence. */
  readonly odd = new Map<string, string | undefined>();
  #count = 0;
  readonly #dialogues = new Dialogues({
    clock: this.clock,
    matrix: {
      me,
      send: (_, message) => Promise.resolve(this.#take((message as { body: string }).body)),
    },
  });

  open(more: Partial<Bridgev2Entry> = {}): Connector {
    const entry = bridgev2Entry.parse({
      ...{ id: "telegram", name: "Telegram", connector: "bridgev2", bot, prefix: "!tg" },
      relayLogin: "relay1",
      ...more,
    });
    const deps = {
      dialogues: this.#dialogues,
      rooms: { with: () => Promise.resolve(control) },
      waiter: this.waiter,
      clock: this.clock,
      matrix: {
        state: () => Promise.resolve({ membership: this.here ? "join" : "leave" }),
        allState: () =>
          Promise.resolve(
            this.marked
              ? [{ type: "m.bridge", stateKey: "x/telegram", content: { bridgebot: bot } }]
              : [],
          ),
        power: () =>
          Promise.resolve({ version: "11", creators: new Set([ann]), levels: this.levels }),
      },
    };
    return bridgev2.open(entry, deps as unknown as ConnectorDeps);
  }

  /** Has every question come to its end. */
  async passes(): Promise<void> {
    for (let minute = 0; minute < 4; minute += 1) {
      for (let turn = 0; turn < 20; turn += 1)
        await new Promise((resolve) => setImmediate(resolve));
      this.clock.advance(60_000);
    }
  }

  says(body: string, sender = bot, where = control): void {
    this.#note(where, sender, { msgtype: "m.notice", body });
  }

  #take(body: string): EventId {
    this.#count += 1;
    const id = `$q${String(this.#count)}` as EventId;
    this.heard.push(body);
    this.#note(control, me, { body }, id);
    const [, order = ""] =
      / (?:doin \S+ )?(\S+)(?: \S+)*$/.exec(body.replace(/ sudo \S+/, "")) ?? [];
    const words = this.odd.has(order) ? this.odd.get(order) : this.#answer(order);
    if (words !== undefined) setImmediate(() => this.says(words));
    return id;
  }

  #answer(order: string): string | undefined {
    switch (order) {
      case "id":
        return this.linked === undefined
          ? NO_PORTAL
          : `This room is bridged to \`${this.linked}\` on Telegram`;
      case "bridge":
        this.linked = link.channel;
        return LINKED;
      case "set-relay":
        return `${RELAYED} (@usher:x's login)`;
      case "unbridge":
        this.linked = undefined;
        this.here = false;
        this.waiter.wake(room);
        return undefined;
      default:
        return "Unknown command, use the `help` command for help.";
    }
  }

  #note(roomId: RoomId, sender: UserId, content: Content, id?: EventId): void {
    this.#count += 1;
    const event = {
      ...{ roomId, sender, content, type: "m.room.message", redacted: false, originServerTs: 0 },
      ...{ eventId: id ?? `$e${String(this.#count)}`, encryption: "none" },
    } as unknown as RoomEvent;
    this.#dialogues.note({ roomId, gap: false, events: [event] });
  }
}

let bridge: ScriptedBridge;
beforeEach(() => {
  bridge = new ScriptedBridge();
});

/** How something that asks a bridge ends, time being no matter. */
async function ends<T>(work: Promise<T>): Promise<T | { code: string; view: unknown }> {
  const ended = work.catch((error: unknown) => error as { code: string; view: unknown });
  await bridge.passes();
  return ended;
}

describe("linking by bridgev2", () => {
  it("is one order in the bot's own room, and the relay another", async () => {
    const connector = bridge.open();
    expect(await ends(connector.connect(link))).toBe("unfinished");
    await ends(connector.finish(link));
    expect(bridge.heard).toEqual([
      `!tg doin ${room} id`,
      `!tg doin ${room} bridge relay1 channel:7`,
      `!tg doin ${room} set-relay relay1`,
    ]);
    expect(await ends(connector.connected(link))).toBe("come");
  });

  it("needs no relay order where the bridge has set it by itself", async () => {
    bridge.odd.set("bridge", `${LINKED} and set \`relay1\` as relay`);
    expect(await ends(bridge.open().connect(link))).toBe("whole");
  });

  it("is repeated after a crash without a second order", async () => {
    bridge.linked = link.channel;
    expect(await ends(bridge.open().connect(link))).toBe("stood");
    expect(bridge.heard).toEqual([`!tg doin ${room} id`]);
  });

  it("is done in the person's own name where everybody needs a log-in, never making them known", async () => {
    const connector = bridge.open({ mode: "own", relayLogin: undefined });
    expect(await ends(connector.connect(link))).toBe("whole");
    expect(bridge.heard.at(-1)).toBe(`!tg sudo ${ann} doin ${room} bridge channel:7`);
  });

  it.each([
    ["too-old", "Unknown command, use the `help` command for help."],
    ["room-linked", "This room is already bridged to `channel:8` on Telegram"],
    [
      "chat-taken",
      "That chat is already bridged to [x](https://matrix.to/#/!o:x). Use `--overwrite` to delete the existing room.",
    ],
    [
      "chat-unknown",
      "No portal found with ID `channel:7`. You may need to receive a message in the chat first",
    ],
    ["login", "Login `relay1` is not logged in"],
    ["admin", "You don't have permission to bridge this room"],
  ])("is refused with advice (%s)", async (advice, words) => {
    bridge.odd.set("bridge", words);
    expect(await ends(bridge.open().connect(link))).toMatchObject({
      code: "bridge-refused",
      view: { line: words, advice: { template: `bridge-advice/${advice}` } },
    });
  });

  it("is not believed of silence, garbage, another room, or an impostor", async () => {
    bridge.odd.set("bridge", undefined);
    const silent = bridge.open().connect(link);
    await new Promise((resolve) => setImmediate(resolve));
    bridge.says(LINKED, "@telegrambot:evil" as UserId);
    bridge.says(LINKED, bot, room);
    expect(await ends(silent)).toMatchObject({ code: "bridge-silent" });
    bridge.odd.set("bridge", "Beep boop");
    expect(await ends(bridge.open().connect(link))).toMatchObject({
      code: "bridge-unclear",
      view: { lines: ["Beep boop"] },
    });
  });

  it("is not there before the bot is, its mark, and its own word", async () => {
    const connector = bridge.open();
    bridge.linked = link.channel;
    bridge.here = false;
    expect(await ends(connector.connected(link))).toBe("not yet");
    bridge.here = true;
    bridge.marked = false;
    expect(await ends(connector.connected(link))).toBe("not yet");
    bridge.marked = true;
    bridge.linked = "channel:8";
    expect(await ends(connector.connected(link))).toBe("not yet");
    bridge.odd.set("id", undefined);
    expect(await ends(connector.connected(link))).toBe("not yet");
  });

  it("is refused where the bot could put out who has not logged in", async () => {
    bridge.levels = { ...bridge.levels, users: { [bot]: 50 } };
    expect(await ends(bridge.open().check(link))).toMatchObject({ code: "bridge-would-kick" });
    expect(await ends(bridge.open().connect(link))).toMatchObject({ code: "bridge-would-kick" });
    expect(bridge.heard).toEqual([]);
    expect(await ends(bridge.open({ kickMatrixUsers: false }).connect(link))).toBe("unfinished");
  });
});

describe("unlinking by bridgev2", () => {
  it("is proven by the bot's own leave: it says nothing", async () => {
    bridge.linked = link.channel;
    await ends(bridge.open().disconnect(link));
    expect(bridge.heard).toContain(`!tg doin ${room} unbridge`);
    expect(bridge.heard.join()).not.toContain("unset-relay");
  });

  it("leaves alone what has come in its place", async () => {
    bridge.linked = "channel:8";
    await ends(bridge.open().disconnect(link));
    expect(bridge.heard).toEqual([`!tg doin ${room} id`]);
  });

  it("fails where the bot stays", async () => {
    bridge.linked = link.channel;
    bridge.odd.set("unbridge", undefined);
    expect(await ends(bridge.open().disconnect(link))).toMatchObject({ code: "bridge-silent" });
    bridge.odd.set("unbridge", "Failed to clean up room: no");
    expect(await ends(bridge.open().disconnect(link))).toMatchObject({ code: "bridge-refused" });
  });

  it("is tried where the bot was put out, and needs no answer then", async () => {
    bridge.here = false;
    bridge.linked = link.channel;
    await ends(bridge.open().disconnect(link));
    expect(bridge.linked).toBeUndefined();
    bridge.odd.set("id", undefined);
    expect(await ends(bridge.open().disconnect(link))).toBeUndefined();
  });
});

describe("how a bridge of bridgev2 is", () => {
  it.each([
    [
      {
        bridge: "Usage: `!tg bridge [login ID] <chat ID>`",
        "list-logins": "* `relay1` (R) - `CONNECTED`",
      },
      "up",
    ],
    [
      {
        bridge: "Usage: `!tg bridge [login ID] <chat ID>`",
        "list-logins": "* `relay1` (R) - `BAD_CREDENTIALS`",
      },
      "unusable",
    ],
    [
      { bridge: "Usage: `!tg bridge [login ID] <chat ID>`", "list-logins": "You're not logged in" },
      "unusable",
    ],
    [{ bridge: "Unknown command, use the `help` command for help." }, "too-old"],
    [{ bridge: "You don't have permission to bridge this room" }, "unusable"],
    [{ bridge: undefined }, "down"],
  ])("%j is %s", async (words, is) => {
    for (const [order, said] of Object.entries(words)) bridge.odd.set(order, said);
    expect(await ends(bridge.open().health())).toEqual({ is });
  });
});

describe("what bridgev2 is given and told", () => {
  it("is the level of its own events and of inviting, and none of its own", () => {
    const power = {
      version: "11",
      creators: new Set([ann]),
      levels: { invite: 50, events: { "m.bridge": 0 }, users_default: 0 },
    };
    const connector = bridge.open();
    expect(connector.powers(power)).toEqual({
      level: 0,
      events: {
        "uk.half-shot.bridge": 0,
        "com.beeper.room_features": 0,
        "io.element.functional_members": 0,
      },
      invite: 0,
    });
    expect(connector.powers({ ...power, levels: { state_default: 0 } })).toEqual({
      level: 0,
      events: {},
      invite: undefined,
    });
    expect(connector.rule.map((need) => ("type" in need ? need.type : ""))).toEqual([
      "m.bridge",
      "fi.mau.bridge.plumb",
      "fi.mau.bridge.set_relay",
    ]);
  });

  it("is one word, as the bridge splits them, and no option", () => {
    const connector = bridge.open();
    expect(connector.target(["channel:1:2"])).toEqual({ channel: "channel:1:2" });
    for (const words of [[], ["a", "b"], ["--overwrite"], ["-"], ["a;b"], ["a`b"], ["a\u2028b"]])
      expect(() => connector.target(words)).toThrow(/bridge-target-chat/);
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (word) => {
        try {
          const { channel } = connector.target([word]);
          expect(channel.split(/\s|;/u)).toEqual([channel]);
          expect(channel.startsWith("-")).toBe(false);
        } catch (error) {
          if (!(error instanceof UsherError)) throw error;
        }
      }),
    );
  });

  it("never has a word that deletes a room, asks nobody, or makes somebody known", () => {
    const all = JSON.stringify(Object.values(BRIDGEV2.asks).map(({ say }) => say));
    expect(all).not.toMatch(/--|unset-relay|delete/i);
  });
});
