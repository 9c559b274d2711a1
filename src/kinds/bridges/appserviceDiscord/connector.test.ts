import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { ConnectorTalk, LINKED } from "../../../../test/harness/bridges/connectorTalk.ts";
import { ScriptedAppserviceDiscord } from "../../../../test/harness/bridges/scriptedAppserviceDiscord.ts";
import { UsherError } from "../../../kernel/errors.ts";
import type { Link } from "../connector.ts";
import { traitsView } from "../views.ts";

const [GUILD, CHANNEL] = ["111222333", "444555666"];
const PROBE = "room: !discord bridge";
const ORDER = `room: !discord bridge ${GUILD} ${CHANNEL}`;
const ASKING = "I'm asking permission from the guild administrators to make this bridge.";

let talk: ConnectorTalk<ScriptedAppserviceDiscord>;
let bridge: ScriptedAppserviceDiscord;
beforeEach(() => {
  talk = new ConnectorTalk((hands) => new ScriptedAppserviceDiscord(hands));
  ({ bridge } = talk);
  bridge.people = undefined;
});

const link = (more: Partial<Link> = {}): Link =>
  talk.link(CHANNEL, { network: GUILD, botCame: true, at: talk.clock.now(), ...more });
const refused = (advice: string): object => ({
  code: "bridge-refused",
  view: { advice: { template: `bridge-advice/${advice}` } },
});
/** What was typed since the last look. */
const typed = (): readonly string[] => talk.heard.splice(0);
const turn = (): Promise<unknown> => new Promise((resolve) => setImmediate(resolve));

describe("linking by matrix-appservice-discord", () => {
  it("is ordered in the room, and there when somebody on Discord has said yes and the bridge says so when it is asked", async () => {
    const connector = talk.open();
    await connector.check(link());
    await connector.assertFree?.(link());
    expect(await connector.connect(link())).toBe("whole");
    await connector.finish(link());
    expect(typed()).toEqual([PROBE, PROBE, ORDER]);
    expect(await connector.connected(link())).toBe("not yet");
    expect(typed()).toEqual([]);
    bridge.ends(LINKED, "approve");
    await turn();
    expect(await connector.connected(link())).toBe("come");
    expect(await connector.connected(link())).toBe("come");
    expect(typed()).toEqual([PROBE]);
  });

  it.each([
    ["deny", "consent-denied"],
    ["late", "consent-late"],
  ] as const)("is not there where people %s: that is said with what to do", async (how, advice) => {
    const connector = talk.open();
    await connector.connect(link());
    bridge.ends(LINKED, how);
    await turn();
    await expect(connector.connected(link())).rejects.toMatchObject(refused(advice));
  });

  it("is not there where it never says what came of it, and never by words alone", async () => {
    const connector = talk.open();
    await connector.connect(link());
    // The words are its bot's, and the room is not linked.
    talk.says("I have bridged this room to your channel", bridge.bot, LINKED);
    await turn();
    const lost = { code: "bridge-consent-lost" };
    await expect(connector.connected(link())).rejects.toMatchObject(lost);
    await connector.connect(link());
    await talk.ends(turn());
    await expect(connector.connected(link())).rejects.toMatchObject(lost);
  });

  it("hears nobody but its bot, in this room, by notices", async () => {
    const connector = talk.open();
    await connector.connect(link());
    const no = "The bridge has been declined by the Discord guild.";
    talk.says(no, "@eve:example.org" as Link["person"] & string, LINKED);
    talk.says(no, bridge.bot, "!other:example.org" as Link["room"]);
    talk.says(no, bridge.bot, LINKED, "m.text");
    await turn();
    expect(await connector.connected(link())).toBe("not yet");
  });

  it("is gone on with after a restart, by what the bridge says then", async () => {
    await talk.open().connect(link());
    const connector = talk.open();
    expect(await connector.connected(link())).toBe("not yet");
    typed();
    expect(await connector.connected(link())).toBe("not yet");
    expect(typed()).toEqual([]);
    bridge.ends(LINKED, "approve");
    await turn();
    expect(await connector.connected(link())).toBe("come");
    expect(await talk.open().connected(link())).toBe("come");
    expect(await talk.open().connect(link())).toBe("stood");
    talk.here = false;
    expect(await talk.open().connected(link())).toBe("not yet");
  });

  it.each([
    ["self-service", "**ERROR:** The owner of this bridge does not permit self-service bridging."],
    [
      "asker-power",
      "**ERROR:** insufficient permissions to use this command! Try `!discord help` to see all available commands",
    ],
    [
      "bridge-full",
      "This bridge has reached its room limit of 3. Unbridge another room to allow for new connections.",
    ],
    [
      "guild-unknown",
      "There was a problem bridging that channel - has the guild owner approved the bridge?",
    ],
    ["room-linked", "This room is already bridged to a Discord guild."],
  ])("is refused with advice (%s), and nobody is waited for", async (advice, words) => {
    bridge.refusal = words;
    const connector = talk.open();
    await expect(connector.connect(link())).rejects.toMatchObject(refused(advice));
    await connector.disconnect(link());
    expect(typed()).toContain("room: !discord unbridge");
  });

  it("is silent, or says what nobody foresaw: that is no yes", async () => {
    talk.odd.set("bridge", undefined);
    expect(await talk.ends(talk.open().connect(link()))).toMatchObject({ code: "bridge-silent" });
    talk.odd.set("bridge", "Beep.");
    expect(await talk.ends(talk.open().connect(link()))).toMatchObject({ code: "bridge-unclear" });
    expect(await talk.ends(talk.open().connected(link()))).toMatchObject({
      code: "bridge-unclear",
    });
  });

  it("is refused before anything is ordered where the room is linked already, for it does not say with what", async () => {
    bridge.links(LINKED);
    await expect(talk.open().assertFree?.(link())).rejects.toMatchObject(refused("room-linked"));
    expect(typed()).toEqual([PROBE]);
  });

  it("is refused where the room's power levels do not name Usher: it looks for who types among these alone", async () => {
    talk.levels = { users: {} };
    await expect(talk.open().check(link())).rejects.toMatchObject({ code: "bridge-asker-power" });
  });
});

describe("unlinking by matrix-appservice-discord", () => {
  it("is seen by its bot's leaving, for it leaves before it says so", async () => {
    bridge.links(LINKED);
    await talk.open().disconnect(link());
    expect([bridge.linked(LINKED), talk.here]).toEqual([false, false]);
    expect(typed()).toEqual([PROBE, "room: !discord unbridge"]);
  });

  it("is seen by what it says where its bot stays, and brings back one that was put out", async () => {
    bridge.links(LINKED);
    bridge.leaves = false;
    talk.here = false;
    await talk.open().disconnect(link());
    expect([bridge.linked(LINKED), talk.here]).toEqual([false, true]);
  });

  it("leaves alone what its bot did not come for", async () => {
    bridge.links(LINKED);
    await talk.open().disconnect(link({ botCame: false }));
    expect(typed()).toEqual([]);
  });

  it("fails where the link stands", async () => {
    bridge.links(LINKED);
    bridge.deaf.add("unbridge");
    await expect(talk.open().disconnect(link())).rejects.toMatchObject(refused("bridge-log"));
    talk.odd.set("unbridge", "This room has been unbridged");
    expect(await talk.ends(talk.open().disconnect(link()))).toMatchObject({
      code: "bridge-silent",
    });
    talk.odd.set("unbridge", '**ERROR:** Guild "1" not found');
    expect(await talk.ends(talk.open().disconnect(link()))).toMatchObject({
      code: "bridge-refused",
    });
  });

  it.each(["the same life", "another"])(
    "waits until nobody can say yes any more, in %s as that which asked",
    async (life) => {
      const first = talk.open();
      await first.connect(link());
      const over = (life === "another" ? talk.open() : first).disconnect(link());
      await turn();
      await turn();
      await turn();
      expect(typed()).not.toContain("room: !discord unbridge");
      bridge.ends(LINKED, "approve");
      await over;
      expect(bridge.linked(LINKED)).toBe(false);
      // Where that is long ago, nobody is waited for.
      await talk.open().disconnect(link({ at: 0 }));
    },
  );
});

describe("what is said of matrix-appservice-discord", () => {
  it("is first that nobody keeps it up", () => {
    const { traits, powers, rule, nameOf } = talk.open();
    expect(traitsView(traits)[0]).toEqual({ template: "bridge/given-up", view: {} });
    expect(nameOf({ network: GUILD, channel: CHANNEL })).toBe(`${GUILD}/${CHANNEL}`);
    expect(rule).toEqual([{ kind: "state", type: "m.room.power_levels" }]);
    const power = { version: "11", creators: new Set<never>(), levels: { invite: 50 } };
    expect(powers.call(talk.open(), power)).toEqual({ level: 0, events: {}, invite: 0 });
  });

  it("is which channel is meant, by ids or by its address, and nothing that could be more than that", () => {
    const connector = talk.open();
    const target = { network: GUILD, channel: CHANNEL };
    for (const words of [
      [GUILD, CHANNEL],
      [`${GUILD}/${CHANNEL}`],
      [`https://discord.com/channels/${GUILD}/${CHANNEL}`],
    ])
      expect(connector.target(words)).toEqual(target);
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" }), { maxLength: 3 }), (words) => {
        try {
          const { network = "", channel } = connector.target(words);
          expect(`${network} ${channel}`).toMatch(/^\d+ \d+$/);
        } catch (error) {
          expect(error).toBeInstanceOf(UsherError);
        }
      }),
    );
  });

  it("is how it does, asked where nobody else reads it", async () => {
    expect(await talk.open().health()).toEqual({ is: "up" });
    expect(typed()).toEqual(["alone: !discord bridge"]);
    talk.odd.set(
      "bridge",
      "**ERROR:** The owner of this bridge does not permit self-service bridging.",
    );
    expect(await talk.open().health()).toEqual({ is: "unusable" });
    talk.odd.set("bridge", undefined);
    expect(await talk.ends(talk.open().health())).toEqual({ is: "down" });
    talk.odd.set("bridge", ASKING);
    expect(await talk.ends(talk.open().health())).toEqual({ is: "unusable" });
  });
});
