import type { RoomId, UserId } from "../../../src/kernel/ids.ts";
import type { Content } from "../../../src/matrix/port.ts";
import type { Hands, ScriptedBridge } from "../bridges/scriptedBridge.ts";
import { bodyOf } from "../expect.ts";
import type { SeenEvent } from "../observed.ts";
import { connectPerson, type Person } from "../person.ts";
import type { Synapse } from "../synapse.ts";
import { Powers } from "./powers.ts";

/** A bridge in memory that plays its part in real rooms: with an account for its bot and one for somebody of the far side. */
export class ScriptedPeer<B extends ScriptedBridge> {
  readonly bot: Person;
  readonly ghost: Person;
  readonly bridge: B;
  /** Who may give orders; others hear nothing. */
  readonly admins = new Set<string>();
  readonly #prefix: string;
  readonly #arrived: string[] = [];
  readonly #members = new Map<string, unknown>();
  readonly #failures: unknown[] = [];
  /** What has been heard: whoever comes back into a room is told anew of what was there before. */
  readonly #known = new Set<string>();
  readonly #unlisten: () => void;
  /** One thing after another, in the order in which it was begun. */
  #turn: Promise<void> = Promise.resolve();

  private constructor(
    [bot, ghost]: readonly [Person, Person],
    prefix: string,
    make: (hands: Hands, bot: UserId) => B,
  ) {
    this.bot = bot;
    this.ghost = ghost;
    this.#prefix = prefix;
    this.bridge = make(this.#hands(), bot.userId as UserId);
    this.#unlisten = bot.listen((event) => {
      // What comes with an invitation has no id of its own.
      if (event.type === "m.room.message" && this.#known.has(event.eventId)) return;
      this.#known.add(event.eventId);
      this.#then(() => this.#hear(event));
    });
  }

  static async begin<B extends ScriptedBridge>(
    synapse: Synapse,
    { name, prefix }: { readonly name: string; readonly prefix: string },
    make: (hands: Hands, bot: UserId) => B,
  ): Promise<ScriptedPeer<B>> {
    const bot = await connectPerson(synapse, name);
    return new ScriptedPeer([bot, await connectPerson(synapse, `${name}-tina`)], prefix, make);
  }

  /** Resolves when this has arrived on the far side. */
  async hears(text: string): Promise<void> {
    await this.bot.waitFor((event) => bodyOf(event).includes(text), { what: text });
    await this.#turn;
    if (!this.#arrived.includes(text)) throw new Error(`"${text}" was not bridged`);
  }

  /** Resolves when it does nothing more by itself. */
  async settled(): Promise<void> {
    // What was begun meanwhile, too.
    for (let turn = this.#turn; ; turn = this.#turn) {
      await turn;
      if (turn === this.#turn) return;
    }
  }

  /** Stops; rejects if anything it tried has failed. */
  async stop(): Promise<void> {
    this.#unlisten();
    await this.settled();
    await Promise.all([this.bot.stop(), this.ghost.stop()]);
    if (this.#failures.length > 0) throw new AggregateError(this.#failures, "the bridge failed");
  }

  #then(work: () => Promise<unknown>): void {
    this.#turn = this.#turn.then(work).then(
      () => undefined,
      (error: unknown) => void this.#failures.push(error),
    );
  }

  #hands(): Hands {
    return {
      membership: (room) => this.#members.get(room),
      join: (room) => {
        this.#members.set(room, "join");
        this.#then(() => this.bot.join(room));
      },
      leave: (room) => {
        this.#members.set(room, "leave");
        this.#then(() => Promise.all([this.ghost.leave(room), this.bot.leave(room)]));
      },
      invite: () => undefined,
      say: (room, line) => {
        this.#then(() => this.bot.say(room, line, { msgtype: "m.notice" }));
      },
      write: (room, type, key, content) => {
        this.#then(() => this.#write(room, type, key, content));
      },
    };
  }

  async #write(room: RoomId, type: string, key: string, content: Content): Promise<void> {
    if (this.#members.get(room) !== "join") return;
    const levels = (await this.bot.state(room, "m.room.power_levels")) ?? {};
    const powers = new Powers(levels, this.bot.userId);
    if (powers.own >= powers.needed(type)) await this.bot.setState(room, type, { ...content }, key);
  }

  async #hear({ type, stateKey, content, roomId, sender }: SeenEvent): Promise<void> {
    const room = roomId as RoomId;
    if (type === "m.room.member" && stateKey === this.bot.userId && sender !== this.bot.userId) {
      if (content["membership"] === "invite") this.bridge.invited(room);
      if (content["membership"] === "leave") {
        this.#members.set(room, "leave");
        this.bridge.kicked(room);
      }
      return;
    }
    if (type !== "m.room.message" || [this.bot.userId, this.ghost.userId].includes(sender)) return;
    const body = String(content["body"]);
    if (!body.startsWith(this.#prefix)) {
      if (this.bridge.linked(room)) this.#arrived.push(body);
      return;
    }
    if (!this.admins.has(sender)) return;
    const lines = this.bridge.hear(room, body);
    // After what it does before it answers.
    this.#then(async () => {
      if (this.bridge.linked(room) && this.#members.get(room) === "join")
        await this.#ghostComes(room);
      if (lines.length > 0) await this.bot.say(room, lines.join("\n\n"), { msgtype: "m.notice" });
    });
  }

  async #ghostComes(room: string): Promise<void> {
    const member = await this.bot.state(room, "m.room.member", this.ghost.userId);
    if (member?.["membership"] === "join") return;
    await this.bot.invite(room, this.ghost.userId);
    await this.ghost.join(room);
  }
}
