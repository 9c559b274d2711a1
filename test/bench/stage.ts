import { execFileSync } from "node:child_process";
import { ClientApi, path } from "../harness/clientApi.ts";
import { connectPerson, type Person } from "../harness/person.ts";
import type { Account, Synapse } from "../harness/synapse.ts";

/** One homeserver with a person, the two bots' accounts, and rooms of exactly these three. */
export interface Stage {
  readonly synapse: Synapse;
  readonly person: Person;
  readonly usher: Account;
  readonly echo: Account;
  readonly rooms: readonly string[];
}

export async function setStage(synapse: Synapse, rooms: number): Promise<Stage> {
  const person = await connectPerson(synapse, "person");
  const [usher, echo] = await Promise.all([
    synapse.register("bench-usher", { displayName: "Usher" }),
    synapse.register("bench-echo", { displayName: "Echo" }),
  ]);
  const stage = { synapse, person, usher, echo, rooms: [] };
  return { ...stage, rooms: await makeRooms(stage, rooms) };
}

/** So many more rooms of the three. */
export async function makeRooms(
  { synapse, person, usher, echo }: Stage,
  count: number,
): Promise<readonly string[]> {
  const bots = [usher, echo].map((account) => new ClientApi(synapse.url, account));
  const made: string[] = [];
  while (made.length < count) {
    const room = await person.createRoom({ invite: [usher.userId, echo.userId] });
    for (const bot of bots) await bot.call("POST", path`/join/${room}`, {});
    made.push(room);
  }
  return made;
}

/** The resident memory of a process, MB. */
export function residentMb(pid: number | undefined): number {
  return Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" })) / 1024;
}

export async function stopWith(stage: Stage): Promise<void> {
  await stage.person.stop();
  await stage.synapse.stop();
}
