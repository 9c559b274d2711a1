import { describe, expect, it } from "vitest";
import {
  ann,
  bot,
  BotWorld as World,
  Crash,
  order,
  room,
} from "../../../../test/harness/botWorld.ts";
import { UsherError } from "../../../kernel/errors.ts";
import type { EventId } from "../../../kernel/ids.ts";

/** A world whose bot is one of maubot's and does not come by itself. `fault`: what maubot says instead of doing. */
function worldOfMaubot() {
  const world = new World();
  world.manners = "stays away";
  const state: { fault?: UsherError; down?: UsherError; dies?: true } = {};
  const act = (effect: string, membership: string): Promise<void> => {
    if (state.fault !== undefined) return Promise.reject(state.fault);
    world.effects.push(effect);
    world.move(room, membership, bot);
    return state.dies === undefined ? Promise.resolve() : Promise.reject(new Crash());
  };
  world.maubot = {
    runs: () => Promise.resolve(true),
    ready: () => (state.down === undefined ? Promise.resolve() : Promise.reject(state.down)),
    provide: (user, { id, plugin }) => {
      if (state.fault !== undefined) return Promise.reject(state.fault);
      world.effects.push(`provide ${id} of ${plugin} for ${user}`);
      return Promise.resolve();
    },
    bring: (user) => act(`bring ${user}`, "join"),
    takeOut: (user) => act(`take out ${user}`, "leave"),
  };
  return { world, state };
}

const leaving = { user: bot, person: ann, cause: "$2" as EventId };

describe("a bot of maubot", () => {
  it("is given its instance, invited, and fetched; and leaves by maubot, not by words or a kick", async () => {
    const { world } = worldOfMaubot();
    world.entry = { ...world.entry, instance: { plugin: "xyz.poll" } };
    expect(await world.done(world.bots().add(room, order))).toMatchObject({ is: "joined" });
    expect(world.effects.slice(0, 3)).toEqual([
      `provide poll of xyz.poll for ${bot}`,
      `invite ${bot} to ${room}`,
      `bring ${bot}`,
    ]);
    const before = world.effects.length;
    expect(await world.done(world.bots().remove(room, leaving))).toBe("left");
    expect(world.effects[before]).toBe(`take out ${bot}`);
    expect(world.effects.join()).not.toMatch(/leave|kick/);
  });

  it.each([true, false])(
    "killed after it was invited (%s) or after it was fetched, comes once the set-up goes on",
    async (invited) => {
      const { world, state } = worldOfMaubot();
      if (invited) world.crash = { at: 1, after: true };
      else state.dies = true;
      await expect(world.done(world.bots().add(room, order))).rejects.toBeInstanceOf(Crash);
      delete state.dies;
      expect(await world.done(world.bots().add(room, order))).toMatchObject({ is: "joined" });
      expect(world.effects.filter((one) => /^(invite|bring)/.test(one))).toEqual([
        `invite ${bot} to ${room}`,
        `bring ${bot}`,
      ]);
      expect(await world.halfDone()).toEqual([]);
    },
  );

  it("that maubot cannot fetch has its invitation taken back, and the reason is told", async () => {
    const { world, state } = worldOfMaubot();
    state.fault = new UsherError("maubot-unreachable");
    await expect(world.done(world.bots().add(room, order))).rejects.toMatchObject({
      code: "setup-undone",
    });
    expect(world.effects).toEqual([`invite ${bot} to ${room}`, `kick ${bot}`]);
    expect(await world.halfDone()).toEqual([]);
    expect((await world.document())["bots"] ?? []).toEqual([]);
  });

  it("is not invited where maubot is down by then", async () => {
    const { world, state } = worldOfMaubot();
    state.down = new UsherError("maubot-unreachable");
    await expect(world.done(world.bots().add(room, order))).rejects.toBe(state.down);
    expect(world.effects).toEqual([]);
    expect((await world.document())["bots"] ?? []).toEqual([]);
  });

  it("whose instance maubot does not make is not invited", async () => {
    const { world, state } = worldOfMaubot();
    world.entry = { ...world.entry, instance: { plugin: "xyz.poll" } };
    state.fault = new UsherError("maubot-instance", { id: "poll", plugin: "p", missing: true });
    await expect(world.done(world.bots().add(room, order))).rejects.toBe(state.fault);
    expect(world.effects).toEqual([]);
  });

  it("is kicked where maubot does not have it leave", async () => {
    const { world, state } = worldOfMaubot();
    world.manners = "heeds no words";
    await world.done(world.bots().add(room, order));
    state.fault = new UsherError("maubot-unreachable");
    expect(await world.done(world.bots().remove(room, leaving))).toBe("kicked");
    expect(world.membership()).toBe("leave");
    expect(world.effects).toContain(`kick ${bot}`);
  });
});
