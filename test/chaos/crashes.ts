import { setTimeout as wait } from "node:timers/promises";
import { systemClock } from "../../src/kernel/clock.ts";
import { WIDGET_TYPE } from "../../src/kinds/widgets/state.ts";
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
import { judge, type Said } from "./judge.ts";
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
 * So many answers may be owed in one room: of what waits there Usher keeps 500 events and gives up the rest, and on a slow machine it is killed faster
 * than it can answer.
 */
const MOST_OWED = 100;

/** What a person does in one room, and what must come of it. */
class RoomScript {
  readonly room: string;
  readonly person: Person;
  readonly said: Said[] = [];
  readonly #next: () => number;
  readonly #live: string[] = [];
  readonly #unanswered = new Set<string>();
  #pages = 0;
  #looked = 0;

  constructor(person: Person, room: string, next: () => number) {
    this.person = person;
    this.room = room;
    this.#next = next;
  }

  /** How many answers the person has not seen yet. */
  get owed(): number {
    const { seen } = this.person;
    for (const event of seen.slice(this.#looked)) this.#unanswered.delete(repliesTo(event) ?? "");
    this.#looked = seen.length;
    return this.#unanswered.size;
  }

  /** Says one thing to Usher: a command, or one that needs a yes together with that yes. */
  async act(): Promise<void> {
    const which = this.#next();
    if (which < 0.15) await this.ask();
    else if (which < 0.55 || !(await this.#remove(which < 0.8))) await this.#add(which < 0.4);
  }

  async #add(preview: boolean): Promise<void> {
    this.#pages += 1;
    const url = `https://board.example.org/${String(this.#pages)}`;
    const asked = await this.#say(
      `!usher add widget ${url}${preview ? "" : " --yes"}`,
      preview ? /I will add the widget/ : /Added [^:]+:/,
    );
    this.#live.push(url);
    const done = preview ? await this.#say("yes", /Added [^:]+:/) : asked;
    Object.assign(done, { adds: url });
  }

  /** Removes something that is there for everybody to see; false where there is nothing yet. */
  async #remove(preview: boolean): Promise<boolean> {
    const there = this.#live.flatMap((url) =>
      this.person.seen.filter((event) => isWidget(event, this.room, url)),
    );
    const chosen = there[Math.floor(this.#next() * there.length)];
    if (chosen === undefined) return false;
    const { stateKey: id = "" } = chosen;
    this.#live.splice(this.#live.indexOf(String(chosen.content["url"])), 1);
    // A removal that a crash cut off after its effect finds nothing left to remove.
    const removed = /Removed |have now finished it:[^]*gone already/;
    const asked = await this.#say(
      `!usher remove ${id}${preview ? "" : " --yes"}`,
      preview ? /I will remove the widget/ : removed,
    );
    const done = preview ? await this.#say("yes", removed) : asked;
    Object.assign(done, { removes: chosen.content["url"] });
    return true;
  }

  async #say(line: string, answer: RegExp): Promise<Said> {
    const said: Said = { line, answer, event: await this.person.say(this.room, line) };
    this.said.push(said);
    this.#unanswered.add(said.event);
    return said;
  }

  /** Asks something that is answered whatever the room is like. */
  async ask(): Promise<void> {
    await this.#say("!usher list", /widgets/i);
  }

  /** The last word, after everything else: what it is answered after is answered too. */
  async close(): Promise<void> {
    await this.#say("!usher status", /Usher|running|power/i);
  }
}

function isWidget({ roomId, type, content }: SeenEvent, room: string, url: string): boolean {
  return roomId === room && type === WIDGET_TYPE && content["url"] === url;
}

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
      const free = scripts.filter(({ owed }) => owed < MOST_OWED);
      await Promise.all(
        free.map((script) => several(1 + Math.floor(next() * 3), () => script.act())),
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
    const faults: (readonly string[])[] = [];
    for (const person of people)
      faults.push(
        await unanswered(
          person,
          usher,
          scripts.filter((script) => script.person === person),
        ),
      );
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
  limits: { commandsPerMinute: 100_000 },
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

/** Waits for all answers, as long as Usher goes on speaking; what stays without one, in words. */
async function unanswered(
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
