import type { Content } from "../../src/matrix/port.ts";
import { whenStill } from "../harness/patience.ts";

/** How many answered events are remembered, to know a second answer. */
const REMEMBERED = 20_000;

/** What Usher owes answers to, and what it gave. */
export class Answers {
  /** How many were asked for and given so far. */
  expected = 0;
  given = 0;
  readonly #owed = new Map<string, string>();
  readonly #answered = new Set<string>();
  readonly #faults: string[] = [];
  readonly #end = Promise.withResolvers<void>();
  #wake = Promise.withResolvers<void>();

  /** Resolves when nothing more will be said to Usher. */
  get allSent(): Promise<void> {
    return this.#end.promise;
  }

  end(): void {
    this.#end.resolve();
  }

  owe(event: string, what: string): void {
    this.expected += 1;
    this.#owed.set(event, what);
  }

  /** A message that Usher sent. */
  note(content: Content): void {
    const relation = (content["m.relates_to"] ?? {}) as {
      rel_type?: string;
      "m.in_reply_to"?: { event_id?: string };
    };
    if (relation.rel_type === "m.replace") return;
    // Whoever edits a message is told that this changes nothing; the events that generated edits point at are nobody's.
    if (String(content["body"]).startsWith("I act on a message as it was first sent")) return;
    const event = relation["m.in_reply_to"]?.event_id ?? "nothing";
    if (this.#owed.delete(event)) this.#remember(event);
    else
      this.#faults.push(
        `${this.#answered.has(event) ? "a second answer" : "an answer"} to ${event}: ${String(content["body"]).slice(0, 200)}`,
      );
    this.#wake.resolve();
    this.#wake = Promise.withResolvers<void>();
  }

  /** Resolves when fewer than so many answers are owed, or everything stands still. */
  async below(most: number): Promise<void> {
    while (this.#owed.size >= most) if (!(await this.#more())) return;
  }

  /** Resolves when no answer is owed, or nothing has happened for so long, ms. */
  async settled(silence: number): Promise<void> {
    while (this.#owed.size > 0) if (!(await this.#more(silence))) return;
  }

  faults(): string[] {
    return [
      ...this.#faults,
      ...[...this.#owed].map(([event, what]) => `no answer to ${event}, ${what}`),
    ];
  }

  #remember(event: string): void {
    this.given += 1;
    this.#answered.add(event);
    for (const oldest of this.#answered) {
      if (this.#answered.size <= REMEMBERED) break;
      this.#answered.delete(oldest);
    }
  }

  /** Whether another answer came before everything stood still. */
  async #more(stillMs?: number): Promise<boolean> {
    const still = Promise.withResolvers<boolean>();
    const endWatch = whenStill(() => {
      still.resolve(false);
    }, stillMs);
    return Promise.race([this.#wake.promise.then(() => true), still.promise]).finally(endWatch);
  }
}
