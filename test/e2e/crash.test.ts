import { expect, it } from "vitest";
import { crashAgainAndAgain } from "../chaos/crashes.ts";
import { theSynapse } from "../harness/e2eSetup.ts";
import { TALKS } from "../harness/world.ts";

it.each(TALKS)(
  "loses nothing and does nothing twice when it is killed twenty times in the middle of its work, %s",
  async (_, talk) => {
    const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
    const { commands, faults } = await crashAgainAndAgain(theSynapse(), {
      ...talk,
      kills: 20,
      seed,
      rooms: 4,
    });
    expect(faults, `seed ${String(seed)}: run again with SEED=${String(seed)}`).toEqual([]);
    expect(commands).toBeGreaterThan(80);
  },
);
