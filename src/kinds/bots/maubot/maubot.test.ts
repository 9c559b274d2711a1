import { describe, expect, it } from "vitest";
import { sentenceOf } from "../../../../test/harness/sentenceOf.ts";
import { ManualClock } from "../../../kernel/clock.ts";
import { UsherError } from "../../../kernel/errors.ts";
import type { RoomId, UserId } from "../../../kernel/ids.ts";
import { entriesOf } from "./entries.ts";
import { Maubot, type ManagedBot } from "./maubot.ts";
import { managedView } from "./view.ts";

const ROOM = "!r:x" as RoomId;
const ECHO = "@echo:x" as UserId;
const OTHER = "@other:x" as UserId;

/** A maubot with one client, which can be made to fail. */
function world({ autojoin = false, started = true } = {}) {
  const clock = new ManualClock();
  const asked: string[] = [];
  const found: (readonly ManagedBot[])[] = [];
  const state: { fault: UsherError | undefined } = { fault: undefined };
  const instance = { id: "echo", type: "xyz.echo", primary_user: ECHO, enabled: true, started };
  const instances = [instance];
  const give = <T>(what: string, value: T): Promise<T> => {
    asked.push(what);
    return state.fault === undefined ? Promise.resolve(value) : Promise.reject(state.fault);
  };
  const client = {
    clients: () =>
      give("clients", [
        { ...{ id: ECHO, enabled: true, started, autojoin }, remote_displayname: " Echo " },
      ]),
    instances: () => give("instances", instances),
    plugins: () => give("plugins", [{ id: "xyz.echo", version: "1.4.0" }]),
    make: (user: UserId, { id, plugin }: { id: string; plugin: string }) =>
      give(`make ${id} ${plugin} for ${user}`, undefined),
    move: (is: string, user: UserId) => give(`${is} ${user}`, undefined),
  };
  const maubot = new Maubot({
    ...{ client, clock },
    declared: (user) => user === OTHER,
    found: (bots) => found.push(bots),
  });
  return { maubot, clock, asked, found, state };
}

describe("the bots of a maubot", () => {
  it("are looked at once a minute at most, with what runs in them", async () => {
    const { maubot, clock, asked, found } = world();
    await Promise.all([maubot.look(), maubot.look()]);
    await maubot.look();
    expect(asked).toEqual(["clients", "instances", "plugins"]);
    expect(found).toHaveLength(1);
    expect(sentenceOf({ template: "bot/managed", view: managedView(ECHO, maubot) })).toBe(
      "It is one of the bots of maubot, and runs xyz.echo 1.4.0 there.",
    );
    clock.advance(60_000);
    await maubot.look();
    expect(asked).toHaveLength(6);
  });

  it("stay known while maubot is down, which is said, and is no fault of others' bots", async () => {
    const { maubot, state } = world();
    await maubot.look();
    state.fault = new UsherError("maubot-unreachable");
    await maubot.look("now");
    expect(maubot.bot(ECHO)?.name).toBe("Echo");
    expect(sentenceOf({ template: "bot/managed", view: managedView(ECHO, maubot) })).toContain(
      "maubot does not answer (`maubot-unreachable`)",
    );
    await expect(maubot.ready(ECHO)).rejects.toMatchObject({ code: "maubot-unreachable" });
    await expect(maubot.ready(OTHER)).rejects.toMatchObject({ code: "maubot-unreachable" });
    await maubot.ready("@stranger:x" as UserId);
    state.fault = undefined;
    // Mended just now: nobody waits for the minute to be over.
    await maubot.ready(ECHO);
  });

  it.each([
    [{ autojoin: true, started: true }, false],
    [{ autojoin: true, started: false }, true],
    [{ autojoin: false, started: true }, true],
  ])("with %o join through the proxy: %s", async (state, proxied) => {
    const { maubot, asked } = world(state);
    await maubot.bring(ECHO, ROOM);
    expect(asked.includes(`join ${ECHO}`)).toBe(proxied);
  });

  it("get an instance where there is none, and nobody else's is touched", async () => {
    const { maubot, asked } = world();
    await maubot.provide(ECHO, { id: "echo", plugin: "xyz.echo" });
    expect(asked).toEqual(["instances"]);
    await maubot.provide(ECHO, { id: "second", plugin: "xyz.echo" });
    expect(asked.at(-1)).toBe(`make second xyz.echo for ${ECHO}`);
    for (const [user, plugin] of [
      [OTHER, "xyz.echo"],
      [ECHO, "xyz.poll"],
    ] as const)
      await expect(maubot.provide(user, { id: "echo", plugin })).rejects.toMatchObject({
        code: "maubot-instance-taken",
      });
  });

  it("are entries of the catalogue by themselves, with a name that fits there", () => {
    const bot: ManagedBot = {
      ...{ user: ECHO, name: "Echo", running: true, autojoin: true },
      instances: [{ id: "echo", plugin: "xyz.echo", version: "1.4.0", running: true }],
    };
    const [entry] = entriesOf([bot], { price: "free" });
    expect(entry).toMatchObject({
      ...{ name: "Echo", user: ECHO, description: "Runs xyz.echo", price: "free" },
      ...{ host: { by: "operator" }, enabled: true, level: 0 },
    });
    expect(entry?.id).toMatch(/^echo-[a-z0-9]{6}$/);
    const odd = { ...bot, user: "@7up:x" as UserId, name: "two\nlines", instances: [] };
    const [other] = entriesOf([odd], { price: "paid" });
    expect(other).toMatchObject({ name: "7up", price: "paid" });
    expect(other?.id).toMatch(/^bot-7up-[a-z0-9]{6}$/);
  });
});
