import { beforeEach, describe, expect, it } from "vitest";
import { ANN, BOB, DIRECT, ErasureWorld, ROOM } from "../../../test/harness/erasureWorld.ts";
import { HOUR_MS } from "../../kernel/days.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { EventId } from "../../kernel/ids.ts";
import { bridgesOf } from "../../kinds/bridges/records.ts";
import { erasureDocument } from "../../store/erasures.ts";
import { roomDocument } from "../../store/room.ts";
// The kinds have their parts in rooms' documents.
import "../../kinds/index.ts";

const link = (id: string, addedBy = ANN) => ({
  ...{ id, name: `#${id}`, entry: "irc", bot: "@irc:example.org", channel: `#${id}`, addedBy },
  ...{ addedAt: 1, cause: `$${id}` as EventId, power: { before: null, given: null } },
});

let world: ErasureWorld;

/** Ann has made a link that is hers alone, and one that others may take away as well; Bob has made one. */
beforeEach(async () => {
  world = new ErasureWorld();
  world.erasures.begin = () => undefined;
  world.links.shared.add("shared");
  await world.stored.update(roomDocument, ROOM, (one) => ({
    ...{ ...one, bridges: [link("own"), link("shared"), link("bobs", BOB)] },
  }));
});

const asks = (what: string): Promise<string> =>
  world.ask(ANN, "privacy erase", { what, when: "now" });
const erases = async (what = "all"): Promise<string> => {
  await world.ask(ANN, "confirm", { word: /confirm ([a-z]+)/.exec(await asks(what))?.[1] ?? "" });
  await world.erasures.runDue();
  return world.apart.at(-1)?.body ?? "";
};
const links = async (): Promise<readonly (readonly [string, string | undefined])[]> =>
  bridgesOf(await world.stored.get(roomDocument, ROOM)).map(({ id, addedBy }) => [id, addedBy]);
const breaks = (): void => {
  throw new UsherError("bridge-silent", { name: "IRC" });
};

describe("R24 what is linked elsewhere for somebody who is erased", () => {
  it("is said beforehand: what goes there, what stays for the room, and what is kept there all the same", async () => {
    const said = await asks("all");
    const [gone = "", stays = ""] = said.split("Left without your name");
    expect(gone).toMatch(/Erased:[^]*1 of: .*bridge/);
    expect(stays).toMatch(/1 of: .*bridge/);
    expect(said).toMatch(/Kept elsewhere all the same[^]*the IRC network/);
    expect(world.links.gone).toEqual([]);
  });

  it("is taken away there first, and looked for; what stays says no longer whose it was", async () => {
    const order: string[] = [];
    world.fail = (what) => order.push(what);
    const body = await erases();
    expect(world.links.gone).toEqual(["own"]);
    expect(order.indexOf("take away link")).toBeGreaterThan(order.indexOf("freeze"));
    expect(order.indexOf("take away link")).toBeLessThan(order.indexOf("say"));
    expect(await links()).toEqual([
      ["shared", undefined],
      ["bobs", BOB],
    ]);
    expect(body).toContain("nothing is left but what this says");
    expect(body).toMatch(/Kept elsewhere all the same[^]*the IRC network/);
  });

  it("goes where it is named itself, though others may take it away", async () => {
    await erases("shared");
    expect(world.links.gone).toEqual(["shared"]);
    expect((await links()).map(([id]) => id)).toEqual(["own", "bobs"]);
  });

  it("leaves the erasure undone while it is there, which is told to operators and tried again", async () => {
    world.fail = (what) => {
      if (what === "take away link") breaks();
    };
    const body = await erases();
    expect(body).toMatch(/could not erase everything[^]*1 of: .*bridge/);
    expect(world.logged).toEqual(expect.arrayContaining(["erasure.partial"]));
    expect(world.links.gone).toEqual([]);
    // It names nobody any more, and is taken away all the same.
    expect((await links()).map(([, by]) => by)).not.toContain(ANN);
    world.fail = () => undefined;
    world.clock.advance(HOUR_MS);
    await world.erasures.runDue();
    expect(world.links.gone).toEqual(["own"]);
    expect(world.apart.at(-1)?.body).not.toContain("could not");
    expect((await world.stored.get(erasureDocument, ANN))?.request).toBeUndefined();
  });

  it("is logged out there with everything, not with one thing, and again until it is done", async () => {
    world.links.logins.push("777");
    await erases("shared");
    expect(world.links.loggedOut).toEqual([]);
    world.fail = (what) => {
      if (what === "log out") breaks();
    };
    expect(await erases()).toMatch(/could not erase everything[^]*1 of: .*log-in/);
    world.fail = () => undefined;
    world.clock.advance(HOUR_MS);
    await world.erasures.runDue();
    expect(world.links.loggedOut).toEqual(["777"]);
    expect((await world.stored.get(erasureDocument, ANN))?.request).toBeUndefined();
  });

  it("ends the same wherever Usher is killed", async () => {
    let steps = 0;
    world.fail = () => (steps += 1);
    await erases();
    const all = steps;
    expect(all).toBeGreaterThan(5);
    for (let at = 1; at <= all; at += 1) {
      world = new ErasureWorld();
      world.erasures.begin = () => undefined;
      world.links.shared.add("shared");
      await world.stored.update(roomDocument, ROOM, (one) => ({
        ...{ ...one, bridges: [link("own"), link("shared")] },
      }));
      const word = /confirm ([a-z]+)/.exec(await asks("all"))?.[1] ?? "";
      await world.ask(ANN, "confirm", { word });
      let left = at;
      let dead = false;
      world.fail = () => {
        left -= 1;
        dead ||= left === 0;
        if (dead) throw new Error("dead");
      };
      await world.erasures.runDue();
      world.fail = () => undefined;
      await world.restart();
      world.clock.advance(HOUR_MS);
      await world.erasures.runDue();
      expect(await links(), `killed at ${String(at)}`).toEqual([["shared", undefined]]);
      expect(world.links.gone, `killed at ${String(at)}`).toContain("own");
      expect(world.apart.map(({ room }) => room)).toContain(DIRECT);
    }
  });
});
