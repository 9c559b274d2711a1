import { expect, it } from "vitest";
import { crashAgainAndAgain } from "../chaos/crashes.ts";
import { theSynapse } from "../harness/e2eSetup.ts";
import { ENCRYPTED, UNENCRYPTED } from "../harness/world.ts";

it("loses nothing and does nothing twice when it is killed twenty times in the middle of its work, unencrypted and encrypted at once", async () => {
  const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
  const { commands, faults } = await crashAgainAndAgain(theSynapse(), {
    talks: [UNENCRYPTED, ENCRYPTED],
    kills: 20,
    seed,
    rooms: 2,
  });
  expect(faults, `seed ${String(seed)}: run again with SEED=${String(seed)}`).toEqual([]);
  expect(commands).toBeGreaterThan(80);
});
