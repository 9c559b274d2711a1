import { theSynapse } from "./e2eSetup.ts";
import { membership, messageFrom } from "./expect.ts";
import type { SeenEvent } from "./observed.ts";
import { connectPerson, type Person, type RoomOptions } from "./person.ts";
import { objections } from "./strictness.ts";
import type { Account } from "./synapse.ts";
import { startUsher, type UsherOptions, type UsherProcess } from "./usherProcess.ts";

/** How the people of a test talk to Usher. */
export interface Talk {
  readonly encrypted: boolean;
}

export const UNENCRYPTED: Talk = { encrypted: false };
export const ENCRYPTED: Talk = { encrypted: true };

/** The ways that every conversation must go alike. */
export const TALKS: readonly (readonly [string, Talk])[] = [
  ["unencrypted", UNENCRYPTED],
  ["encrypted", ENCRYPTED],
];

/**
 * The room version in which what takes long is tried: encryption is the same in all of them, so one for each way to talk tries both. Version 12
 * unencrypted is what all that names no version is tried in.
 */
export function versionsOf({ encrypted }: Talk): readonly string[] {
  return encrypted ? ["12"] : ["11"];
}

/** Somebody who talks this way. */
export function personIn(talk: Talk, name: string): Promise<Person> {
  return connectPerson(theSynapse(), name, talk);
}

interface WorldOptions extends Partial<UsherOptions> {
  /** Who was there before Usher; they end with the world. */
  readonly people?: readonly Person[];
}

/** On a machine with much else to do, five minutes go by between what somebody says and what Usher hears at its start. */
const PATIENT = { staleCommandMinutes: 60 };

let named = 0;

/** An account for an Usher. */
export function usherAccount(): Promise<Account> {
  named += 1;
  return theSynapse().register(
    `usher-${String(process.pid)}-${String(named)}-${String(Date.now() % 1e6)}`,
    { displayName: "Usher" },
  );
}

/** A running Usher with an account of its own, and people to talk to it. */
export class World {
  readonly talk: Talk;
  readonly usher: UsherProcess;
  readonly #people: Person[];

  private constructor(talk: Talk, usher: UsherProcess, people: readonly Person[]) {
    this.talk = talk;
    this.usher = usher;
    this.#people = [...people];
  }

  static async begin(talk: Talk, options: WorldOptions = {}): Promise<World> {
    const { people = [], config, ...others } = options;
    const account = options.account ?? (await usherAccount());
    const usher = await startUsher({
      ...{ homeserver: theSynapse().url, reuse: true },
      ...others,
      ...{ account, config: { limits: PATIENT, ...config } },
    });
    return new World(talk, usher, people);
  }

  /** A world with these people in it, each under their name. */
  static async of<Name extends string>(
    talk: Talk,
    names: readonly Name[],
    options?: WorldOptions,
  ): Promise<{ readonly world: World } & Readonly<Record<Name, Person>>> {
    const world = await World.begin(talk, options);
    const people: Partial<Record<Name, Person>> = {};
    for (const name of names) people[name] = await world.person(name);
    return { ...(people as Record<Name, Person>), world };
  }

  /** A world with Olga in it, an operator, and the operators' room, where Usher is. */
  static async withOffice(
    talk: Talk,
    { config, ...options }: WorldOptions = {},
  ): Promise<{ readonly world: World; readonly olga: Person; readonly office: string }> {
    const olga = await personIn(talk, "olga");
    const office = await olga.createRoom({ name: "Office" });
    const world = await World.begin(talk, {
      people: [olga],
      operators: [olga.userId],
      config: { operatorsRoom: office, ...config },
      ...options,
    });
    await olga.invite(office, world.usher.userId);
    await world.greeted(olga, office);
    return { world, olga, office };
  }

  async person(name: string): Promise<Person> {
    const person = await personIn(this.talk, name);
    this.#people.push(person);
    return person;
  }

  /** A room of this person's with Usher in it, after the greeting. Of version 11 and earlier Usher has power 50 unless said otherwise. */
  async room(
    owner: Person,
    {
      usherPower = 50,
      invite = [],
      powerLevels,
      version = "12",
      ...options
    }: RoomOptions & { readonly usherPower?: number } = {},
  ): Promise<string> {
    const users =
      version === "12"
        ? { [this.usher.userId]: usherPower }
        : { [owner.userId]: 100, [this.usher.userId]: usherPower };
    const levels = {
      ...powerLevels,
      users: { ...users, ...(powerLevels?.["users"] as object | undefined) },
    };
    const room = await owner.createRoom({
      version,
      ...options,
      invite: [...invite, this.usher.userId],
      powerLevels: levels,
    });
    await this.greeted(owner, room);
    return room;
  }

  /** This person's direct chat with Usher, after the greeting. */
  async direct(person: Person): Promise<string> {
    const room = await person.createRoom({ direct: true, invite: [this.usher.userId] });
    await this.greeted(person, room);
    return room;
  }

  greeted(person: Person, room: string, from = 0): Promise<SeenEvent> {
    return person.waitFor(messageFrom(this.usher.userId, room), { from, what: "Usher's greeting" });
  }

  /** Brings another person into the room. */
  async bring(owner: Person, room: string, other: Person): Promise<void> {
    await owner.invite(room, other.userId);
    await other.waitFor(membership(room, other.userId, "invite"));
    await other.join(room);
    await owner.waitFor(membership(room, other.userId, "join"));
  }

  /** Ends everybody; rejects if the client of one of them had an objection to what Usher sent. */
  async end(): Promise<void> {
    const against = await objections(this.#people, this.usher.userId);
    await Promise.all(this.#people.map((person) => person.stop()));
    const exit = this.usher.running ? await this.usher.stop() : undefined;
    if (against.length > 0)
      throw new Error(`Usher's messages are not as they should be:\n${against.join("\n")}`);
    if (exit !== undefined && exit.code !== 0)
      throw new Error(
        `Usher did not stop in order: ${JSON.stringify(exit)}\n${this.usher.written()}`,
      );
  }
}
