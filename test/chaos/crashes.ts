import { setTimeout as wait } from "node:timers/promises";
import { systemClock } from "../../src/kernel/clock.ts";
import { openDocuments } from "../../src/store/lowdbDocuments.ts";
import { roomDocument, type RoomDocument } from "../../src/store/room.ts";
import { messageFrom, repliesTo } from "../harness/expect.ts";
import type { SeenEvent } from "../harness/observed.ts";
import { connectPerson, type Person } from "../harness/person.ts";
import { random } from "../harness/random.ts";
import type { Talk } from "../harness/world.ts";
import type { Synapse } from "../harness/synapse.ts";
import { UsherProcess } from "../harness/usherProcess.ts";
import { encryptionFaults, keysOf } from "./encryption.ts";
import { judge } from "./judge.ts";
import { RoomScript } from "./roomScript.ts";
import { readBy, timeline, type TimelineEvent } from "./timeline.ts";

interface CrashOptions {
  /** How people talk to Usher: a person for each way, and the rooms shared out among them. */
  readonly talks: readonly Talk[];
  readonly kills: number;
  readonly seed: number;
  /** Of each person. */
  readonly rooms: number;
  readonly progress?: (sentence: string) => void;
}

interface CrashReport {
  readonly commands: number;
  /** What was lost, done twice, or left over; in words. */
  readonly faults: readonly string[];
  /** For each start that was measured: how long after it the first answer was seen by a person who waited for one; ms. */
  readonly firstAnswers: readonly number[];
}

/** How many of the starts are measured. Nothing is killed until then, so the others are needed too. */
const MEASURED = 0.5;

/**
 * How long Usher may be silent while it owes answers and nothing is killed any more; ms. It is killed faster than it can work, so at the end it
 * owes minutes of work: how long all of that takes says nothing, that it stands still does.
 */
const SILENCE_MS = 60_000;

/**
 * So many answers may be owed in one room before Usher is left alone until it has given them all. It goes back to where it had last caught up, and
 * keeps 500 events of a room since then: a slow machine, which is killed sooner than it answers, would get to that promised end.
 */
const MOST_OWED = 50;

/**
 * Kills Usher again and again (SIGKILL) at moments that the seed chooses, while it is given commands in several rooms of a real homeserver,
 * and then compares what was asked with what the rooms, Usher's answers and its documents hold.
 */
export async function crashAgainAndAgain(
  synapse: Synapse,
  { talks, kills, seed, rooms, progress = () => undefined }: CrashOptions,
): Promise<CrashReport> {
  const next = random(seed);
  const account = await synapse.register(
    `usher-crash-${String(process.pid)}-${String(Date.now() % 1e6)}`,
    { displayName: "Usher" },
  );
  const usher = await UsherProcess.prepare({
    homeserver: synapse.url,
    account,
    config: crashConfig,
  });
  const people = await Promise.all(talks.map((talk) => connectPerson(synapse, "crash", talk)));
  const firstAnswers: number[] = [];
  try {
    await usher.start();
    const [witness] = people;
    if (witness === undefined) throw new Error("somebody has to talk to Usher");
    const keys = await keysOf(witness, usher.userId);
    const scripts = (
      await Promise.all(people.map((person) => scriptsOf(person, usher, rooms, next)))
    ).flat();
    // Several starts in a row that answer nobody are taken for a loop, and the next one then begins with less: that is tested elsewhere.
    let silent = false;
    for (let killed = 1; killed <= kills; killed += 1) {
      // What never comes is told of in the end.
      if (scripts.some(({ owed }) => owed > MOST_OWED)) await unanswered(people, usher, scripts);
      await Promise.all(
        scripts.map((script) => several(1 + Math.floor(next() * 3), () => script.act())),
      );
      await wait(next() * 500);
      await usher.kill();
      if (next() < 0.25) {
        // Also while it comes back and takes up what was left.
        usher.spawn();
        await wait(300 + next() * 1_500);
        await usher.kill();
      }
      const measured: boolean = next() < MEASURED || silent;
      silent = !measured;
      if (measured) {
        const asked = scripts[Math.floor(next() * scripts.length)] ?? scripts[0];
        await asked?.ask();
        firstAnswers.push(await firstAnswer(asked?.person ?? witness, usher));
      } else await usher.start();
      progress(`killed ${String(killed)} of ${String(kills)}`);
    }
    await Promise.all(scripts.map((script) => script.close()));
    const faults: (readonly string[])[] = [await unanswered(people, usher, scripts)];
    const exit = await usher.stop({ keep: true });
    if (exit.code !== 0) faults.push([`Usher ended with ${JSON.stringify(exit)}`]);
    const { documents, quarantined } = await storedIn(usher.dataDir);
    const sent: TimelineEvent[] = [];
    for (const { room, said, person } of scripts) {
      const events = await timeline(person.api, room);
      faults.push(
        judge({
          usher: usher.userId,
          room,
          said,
          events: await readBy(person, events),
          document: documents.get(room),
        }),
      );
      sent.push(...events);
    }
    for (const person of people) faults.push(await encryptionFaults(person, usher.userId, sent));
    if ((await keysOf(witness, usher.userId)) !== keys)
      faults.push(["Usher has other keys than at first"]);
    const broken =
      /"what":"(?:document\.quarantined|event\.failed|command\.failed|room\.failed|sync\.batch-failed)[^\n]*|unhandled[^\n]*/gi;
    faults.push(quarantined, usher.stderr.match(broken) ?? []);
    return {
      commands: scripts.reduce((sum, { said }) => sum + said.length, 0),
      faults: faults.flat(),
      firstAnswers,
    };
  } finally {
    await Promise.all(people.map((person) => person.stop()));
    if (usher.running) await usher.kill();
  }
}

/** A person's fifty commands a minute are no loop here. */
const crashConfig = {
  access: { inviters: { perSenderPerHour: 100_000, perHour: 100_000 } },
  // On a slow machine it is killed for longer than people are made to wait elsewhere.
  limits: { commandsPerMinute: 100_000, staleCommandMinutes: 600 },
};

/** So many rooms of this person's, of both versions in turn. */
function scriptsOf(
  person: Person,
  usher: UsherProcess,
  rooms: number,
  next: () => number,
): Promise<RoomScript[]> {
  const versions = Array.from({ length: rooms }, (_, index) => (index % 2 === 0 ? "11" : "12"));
  return Promise.all(
    versions.map(
      async (version) => new RoomScript(person, await roomWith(person, usher, version), next),
    ),
  );
}

async function roomWith(person: Person, usher: UsherProcess, version: string): Promise<string> {
  const users = { [usher.userId]: 50, ...(version === "12" ? {} : { [person.userId]: 100 }) };
  const room = await person.createRoom({ version, invite: [usher.userId], powerLevels: { users } });
  // A third, silent member: in a room of two a command would need no name, and this is about rooms of several.
  await person.invite(
    room,
    `@absent-${String(process.pid)}:${usher.userId.split(":").slice(1).join(":")}`,
  );
  await person.waitFor(messageFrom(usher.userId, room), { what: "the greeting" });
  return room;
}

async function several(times: number, act: () => Promise<void>): Promise<void> {
  for (let done = 0; done < times; done += 1) await act();
}

/** Starts Usher, which is owing answers; how long after that the first was seen, ms. One that never comes is told of in the end. */
async function firstAnswer(person: Person, usher: UsherProcess): Promise<number> {
  const [began, from] = [performance.now(), Date.now()];
  await usher.start();
  const isNew = ({ type, sender, ts }: SeenEvent): boolean =>
    type === "m.room.message" && sender === usher.userId && ts >= from;
  await person.waitFor(isNew, { stillMs: SILENCE_MS }).catch(() => undefined);
  return performance.now() - began;
}

/** Waits for all answers to these people, as long as Usher goes on speaking; what stays without one, in words. */
async function unanswered(
  people: readonly Person[],
  usher: UsherProcess,
  scripts: readonly RoomScript[],
): Promise<string[]> {
  const left: string[] = [];
  for (const person of people)
    left.push(
      ...(await unansweredOf(
        person,
        usher,
        scripts.filter((script) => script.person === person),
      )),
    );
  return left;
}

async function unansweredOf(
  person: Person,
  usher: UsherProcess,
  scripts: readonly RoomScript[],
): Promise<string[]> {
  const owed = new Map(scripts.flatMap(({ said }) => said.map(({ event, line }) => [event, line])));
  let from = 0;
  for (;;) {
    const until = person.mark();
    for (const event of person.seen.slice(from, until))
      if (event.sender === usher.userId) owed.delete(repliesTo(event) ?? "");
    if (owed.size === 0) return [];
    from = until;
    try {
      await person.waitFor(({ sender }) => sender === usher.userId, { from, stillMs: SILENCE_MS });
    } catch {
      return [...owed].map(([event, line]) => `no answer to ${JSON.stringify(line)} (${event})`);
    }
  }
}

async function storedIn(
  dir: string,
): Promise<{ documents: Map<string, RoomDocument>; quarantined: string[] }> {
  const quarantined: string[] = [];
  const store = await openDocuments({
    dir,
    clock: systemClock,
    onQuarantine: ({ kind, reason }) =>
      quarantined.push(`a ${kind} document was quarantined: ${reason}`),
  });
  const documents = new Map<string, RoomDocument>();
  for await (const { id, document } of store.scan(roomDocument)) documents.set(id, document);
  await store.close();
  return { documents, quarantined };
}
