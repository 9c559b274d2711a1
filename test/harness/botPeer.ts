import type { SeenEvent } from "./observed.ts";
import type { Person } from "./person.ts";
import { personIn, type Talk } from "./world.ts";

/** How a bot takes an invitation: it comes, it declines, or it does nothing. */
export type Manners = "comes" | "declines" | "stays away";

/** A small real bot: an account that answers `!echo <words>` in the rooms it is in, and leaves on `!echo leave`. It heeds no notices, as bots should. */
export class BotPeer {
  readonly person: Person;
  readonly #failures: unknown[] = [];
  readonly #unlisten: () => void;
  manners: Manners;

  private constructor(person: Person, manners: Manners) {
    this.person = person;
    this.manners = manners;
    this.#unlisten = person.listen((event) => {
      this.#hear(event).catch((error: unknown) => this.#failures.push(error));
    });
  }

  static async begin(talk: Talk, name: string, manners: Manners): Promise<BotPeer> {
    return new BotPeer(await personIn(talk, name), manners);
  }

  get userId(): string {
    return this.person.userId;
  }

  /** Stops hearing; rejects if anything it tried has failed. */
  async stop(): Promise<void> {
    this.#unlisten();
    await this.person.stop();
    if (this.#failures.length > 0)
      throw new AggregateError(this.#failures, `the bot ${this.userId} failed`);
  }

  async #hear({ type, stateKey, content, roomId, sender }: SeenEvent): Promise<void> {
    if (
      type === "m.room.member" &&
      stateKey === this.userId &&
      content["membership"] === "invite"
    ) {
      if (this.manners === "comes") await this.person.join(roomId);
      if (this.manners === "declines") await this.person.leave(roomId);
    }
    if (type !== "m.room.message" || sender === this.userId || content["msgtype"] !== "m.text")
      return;
    const [, words] = /^!echo (.+)$/.exec(String(content["body"])) ?? [];
    if (words === "leave") await this.person.leave(roomId);
    else if (words !== undefined)
      await this.person.say(roomId, `echo: ${words}`, { msgtype: "m.notice" });
  }
}
