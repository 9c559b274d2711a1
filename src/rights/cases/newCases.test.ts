import { beforeEach, describe, expect, it } from "vitest";
import { ErasureWorld } from "../../../test/harness/erasureWorld.ts";
import { HOUR_MS } from "../../kernel/days.ts";
import type { EventId, UserId } from "../../kernel/ids.ts";

let world: ErasureWorld;
beforeEach(() => {
  world = new ErasureWorld();
});

let people = 0;
/** Each of them another person. */
async function come(count: number): Promise<void> {
  for (let one = 0; one < count; one += 1) {
    people += 1;
    const person = `@p${String(people)}:example.org` as UserId;
    const event = `$c${String(people)}` as EventId;
    await world.cases.open({ person, kind: "human", text: "Hello", event });
  }
  await world.cases.work();
}
const bodies = (): string[] => world.toOperators.map(({ body }) => body);

describe("R66 many new cases", () => {
  it("are told one by one up to twenty an hour, and the others in one line an hour", async () => {
    await come(50);
    expect(bodies().filter((body) => body.startsWith("Somebody wrote"))).toHaveLength(20);
    expect(bodies().slice(20)).toEqual([expect.stringMatching(/^30 cases more came within/)]);
    await come(5);
    expect(bodies()).toHaveLength(21);
    world.clock.advance(HOUR_MS);
    await world.cases.work();
    expect(
      bodies()
        .slice(21)
        .every((body) => body.startsWith("Somebody wrote")),
    ).toBe(true);
    expect(bodies()).toHaveLength(26);
  });

  it("are all listed, and none is told twice", async () => {
    await come(45);
    for (let hour = 0; hour < 24; hour += 1) {
      world.clock.advance(HOUR_MS);
      await world.cases.work();
    }
    expect(bodies()).toHaveLength(21);
    const ids = new Set<string>();
    for (const from of [1, 21, 41]) {
      const said = await world.ask("@olga:example.org" as UserId, "admin cases", { from });
      expect(said).toContain("45 cases are open");
      for (const id of said.match(/[0-9a-f]{16}/g) ?? []) ids.add(id);
    }
    expect(ids.size).toBe(45);
  });

  it("are told later where operators cannot be told now", async () => {
    world.fail = (what) => {
      if (what === "tell operators") throw new Error("down");
    };
    await come(1);
    world.fail = () => undefined;
    await world.cases.work();
    expect(bodies()).toHaveLength(1);
  });
});
