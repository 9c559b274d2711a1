import { WIDGET_TYPE } from "../../src/kinds/widgets/state.ts";
import { repliesTo } from "../harness/expect.ts";
import type { SeenEvent } from "../harness/observed.ts";
import type { Person } from "../harness/person.ts";
import type { Said } from "./judge.ts";

/** What a person does in one room, and what must come of it. */
export class RoomScript {
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
