import { theSynapse } from "./e2eSetup.ts";
import { membership, messageFrom } from "./expect.ts";
import type { SeenEvent } from "./observed.ts";
import { EncryptedPerson } from "./encryptedPerson.ts";
import { connectPerson, type Person, type RoomOptions } from "./person.ts";
import { startUsher, type UsherOptions, type UsherProcess } from "./usherProcess.ts";

/** How the people of a test talk to Usher. */
export interface Talk {
  readonly encrypted: boolean;
}

/** The ways that every conversation must go alike. */
export const TALKS: readonly (readonly [string, Talk])[] = [
  ["in clear", { encrypted: false }],
  ["encrypted", { encrypted: true }],
];

let named = 0;

/** A running Usher with an account of its own, and people to talk to it. */
export class World {
  readonly talk: Talk;
  readonly usher: UsherProcess;
  readonly #people: Person[] = [];

  private constructor(talk: Talk, usher: UsherProcess) {
    this.talk = talk;
    this.usher = usher;
  }

  static async begin(talk: Talk, options: Partial<UsherOptions> = {}): Promise<World> {
    const synapse = theSynapse();
    named += 1;
    const account = await synapse.register(`usher-${String(process.pid)}-${String(named)}-${String(Date.now() % 1e6)}`, {
      displayName: "Usher",
    });
    return new World(talk, await startUsher({ homeserver: synapse.url, account, ...options }));
  }

  async person(name: string): Promise<Person> {
    const person = await connectPerson(theSynapse(), name, { encrypted: this.talk.encrypted });
    // As strict as clients become with MSC4153: what is not signed is neither read nor given keys.
    if (person instanceof EncryptedPerson) person.isolate(true);
    this.#people.push(person);
    return person;
  }

  /** A room of this person's with Usher in it, after the greeting. Of version 11 and earlier Usher has power 50 unless said otherwise. */
  async room(
    owner: Person,
    { usherPower = 50, invite = [], powerLevels, version = "12", ...options }: RoomOptions & { readonly usherPower?: number } = {},
  ): Promise<string> {
    const users = version === "12" ? { [this.usher.userId]: usherPower } : { [owner.userId]: 100, [this.usher.userId]: usherPower };
    const levels = { ...powerLevels, users: { ...users, ...(powerLevels?.["users"] as object | undefined) } };
    const room = await owner.createRoom({
      encrypted: this.talk.encrypted,
      version,
      ...options,
      invite: [...invite, this.usher.userId],
      powerLevels: levels,
    });
    await this.greeted(owner, room);
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

  /** Everything Usher said that a client would put a shield beside. */
  async #shielded(): Promise<readonly string[]> {
    const found: string[] = [];
    for (const person of this.#people) {
      if (!(person instanceof EncryptedPerson)) continue;
      for (const event of person.messagesFrom(this.usher.userId)) {
        const shield = await person.shieldOf(event.eventId);
        if (shield?.colour !== "none")
          found.push(`${person.userId} sees ${shield?.colour ?? "no encryption"} beside ${JSON.stringify(event.content["body"])}`);
      }
    }
    return found;
  }

  async end(): Promise<void> {
    const shielded = await this.#shielded();
    await Promise.all(this.#people.map((person) => person.stop()));
    if (this.usher.running) await this.usher.stop();
    if (shielded.length > 0) throw new Error(`Usher's messages carry shields:\n${shielded.join("\n")}`);
  }
}
