import { membership, messageFrom, bodyOf } from "../test/harness/expect.ts";
import { Observed, type SeenEvent } from "../test/harness/observed.ts";
import { connectPerson, type Person } from "../test/harness/person.ts";
import type { Synapse } from "../test/harness/synapse.ts";
import { asksForConfirmation } from "./owed.ts";

/** A guard against hanging: the demo is for people, whose machines may be slow. */
const GREETING_MS = 180_000;

/** Whether it is a message with a picture or a file. */
export function isFile({ type, content: { msgtype } }: SeenEvent): boolean {
  return type === "m.room.message" && (msgtype === "m.image" || msgtype === "m.file");
}

/** A room of the demo, seen from those who are in it. */
export interface Scene {
  readonly id: string;
  readonly name: string;
  readonly creator: Person;
  /** A chat of its creator and Usher alone. */
  readonly direct: boolean;
}

interface Cast {
  readonly synapse: Synapse;
  readonly usherId: string;
  readonly encrypted: boolean;
}

/** The people and rooms of the demo, who is speaking where, and one feed of all that any of them sees. */
export class Stage {
  /** Each event once, in the order in which it was first seen, from rooms that are furnished. */
  readonly feed = new Observed();
  readonly #cast: Cast;
  readonly #people = new Map<string, Person>();
  readonly #scenes: Scene[] = [];
  readonly #known = new Set<string>();
  readonly #open = new Set<string>();
  #person: Person | undefined;
  #scene: Scene | undefined;

  constructor(cast: Cast) {
    this.#cast = cast;
  }

  /** Who speaks. */
  get person(): Person {
    if (this.#person === undefined) throw new Error("nobody is on the stage yet");
    return this.#person;
  }

  /** Where. */
  get scene(): Scene {
    if (this.#scene === undefined) throw new Error("no room is furnished yet");
    return this.#scene;
  }

  /** The account's name, "Usher", or the id of a stranger. */
  nameOf(userId: string): string {
    if (userId === this.#cast.usherId) return "Usher";
    return [...this.#people].find(([, person]) => person.userId === userId)?.[0] ?? userId;
  }

  sceneOf(roomId: string): Scene | undefined {
    return this.#scenes.find(({ id }) => id === roomId);
  }

  /** The id behind a name; undefined if nobody has it. */
  idOf(name: string): string | undefined {
    return name === "usher" ? this.#cast.usherId : this.#people.get(name)?.userId;
  }

  /** Makes a person with a client, unless there is one of that name. */
  async call(name: string): Promise<Person> {
    const existing = this.#people.get(name);
    if (existing !== undefined) return existing;
    const person = await connectPerson(this.#cast.synapse, name, {
      exact: this.#cast.synapse.fresh,
      encrypted: this.#cast.encrypted,
    });
    this.#people.set(name, person);
    person.listen((event) => {
      this.#observe(event);
    });
    return person;
  }

  /** From now on this person speaks; in the present room if they may be in it, otherwise in the first one. */
  async speakAs(person: Person): Promise<void> {
    this.#person = person;
    const [first] = this.#scenes;
    if (this.#scene === undefined || first === undefined) return;
    await this.#enter(this.#scene.direct && this.#scene.creator !== person ? first : this.#scene);
  }

  /** Goes to the room of this name, making it first if there is none. Usher is invited, and has greeted when this resolves. */
  async goToRoom(name: string, guests: readonly Person[] = []): Promise<void> {
    const existing = this.#scenes.find(
      (scene) => !scene.direct && scene.name.toLowerCase() === name.toLowerCase(),
    );
    if (existing !== undefined) return this.#enter(existing);
    const creator = this.person;
    // Version 11: there the creator's power is the number 100, which can be changed; since version 12 it is without limit.
    const id = await creator.createRoom({
      version: "11",
      name,
      encrypted: this.#cast.encrypted,
      powerLevels: { users: { [creator.userId]: 100, [this.#cast.usherId]: 50 } },
      invite: guests.map((guest) => guest.userId),
    });
    for (const guest of guests) await guest.join(id);
    await this.#furnish({ id, name, creator, direct: false });
  }

  /** Goes to the speaker's direct chat with Usher, making it first if there is none. */
  async goToDirect(): Promise<void> {
    const creator = this.person;
    const existing = this.#scenes.find((scene) => scene.direct && scene.creator === creator);
    if (existing !== undefined) return this.#enter(existing);
    const id = await creator.createRoom({
      direct: true,
      preset: "trusted_private_chat",
      encrypted: this.#cast.encrypted,
    });
    await this.#furnish({ id, name: "a direct chat with Usher", creator, direct: true });
  }

  /** Usher's last message here that is not an edit of another. */
  lastOfUsher(): SeenEvent | undefined {
    const isUsher = messageFrom(this.#cast.usherId, this.scene.id);
    return this.feed.seen.findLast(
      (event) => isUsher(event) && event.content["m.new_content"] === undefined,
    );
  }

  /** The last picture or file that somebody has sent here. */
  lastFile(): SeenEvent | undefined {
    return this.feed.seen.findLast((event) => event.roomId === this.scene.id && isFile(event));
  }

  /** Whether Usher's last word here asks for a yes or no. */
  get asked(): boolean {
    const last = this.feed.seen.findLast(messageFrom(this.#cast.usherId, this.scene.id));
    return last !== undefined && asksForConfirmation(bodyOf(last));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#people.values()].map((person) => person.stop()));
  }

  async #furnish(scene: Scene): Promise<void> {
    const { creator, id } = scene;
    // What making a room brings with it is no part of the conversation: what comes after this is.
    const state = await creator.allState(id);
    await Promise.all(
      state.map(({ event_id }) => creator.waitFor((event) => event.eventId === event_id)),
    );
    this.#open.add(id);
    this.#scenes.push(scene);
    this.#scene = scene;
    const { usherId } = this.#cast;
    const from = this.feed.seen.length;
    await creator.invite(id, usherId);
    await this.feed.waitFor(membership(id, usherId, "join"), {
      from,
      stillMs: GREETING_MS,
      what: "Usher to join",
    });
    await this.feed.waitFor(messageFrom(usherId, id), {
      from,
      stillMs: GREETING_MS,
      what: "Usher's greeting",
    });
  }

  async #enter(scene: Scene): Promise<void> {
    this.#scene = scene;
    const { person } = this;
    const member = await scene.creator.state(scene.id, "m.room.member", person.userId);
    if (member?.["membership"] === "join") return;
    const from = this.feed.seen.length;
    if (member?.["membership"] !== "invite") await scene.creator.invite(scene.id, person.userId);
    await person.join(scene.id);
    await this.feed.waitFor(membership(scene.id, person.userId, "join"), { from });
  }

  #observe(event: SeenEvent): void {
    if (event.eventId === "" && event.type !== "m.typing") return;
    if (event.eventId !== "") {
      if (this.#known.has(event.eventId)) return;
      this.#known.add(event.eventId);
    }
    if (this.#open.has(event.roomId)) this.feed.add(event);
  }
}
