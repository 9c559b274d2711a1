import { membershipOf } from "../../../integrations/eventWaiter.ts";
import { membershipIn } from "../../../integrations/membership.ts";
import { UsherError } from "../../../kernel/errors.ts";
import type { RoomId, UserId } from "../../../kernel/ids.ts";
import type { ConnectorDeps, Link } from "../connector.ts";
import type { Reply } from "./dialogues.ts";
import type { Values, Wording } from "./wording.ts";

/** How long a bot may take to come into a linked room; ms. */
const COMES_MS = 30_000;

interface Bot {
  readonly bot: UserId;
  /** What its commands begin with. */
  readonly prefix: string;
}

/** What is said to the bot of a bridge that takes commands in the linked room itself, and what can be said to it elsewhere: in a room with it alone. */
export class BotTalk<A extends string> {
  readonly #bot: Bot;
  readonly #asks: Wording<A>["asks"];
  readonly #deps: ConnectorDeps;

  constructor({ bot, prefix }: Bot, { asks }: Wording<A>, deps: ConnectorDeps) {
    this.#bot = { bot, prefix };
    this.#asks = asks;
    this.#deps = deps;
  }

  /** Has something of the bot to itself: several questions that belong together. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.#deps.dialogues.inTurn(this.#bot.bot, work);
  }

  /** In the room with the bot alone. */
  async alone(ask: A, values: Values, cause: string): Promise<Reply> {
    const { dialogues, rooms } = this.#deps;
    const { bot, prefix } = this.#bot;
    const room = await rooms.with(bot);
    return dialogues.ask({
      ...{ bot, room, ask: this.#asks[ask], cause },
      values: { ...values, prefix },
    });
  }

  /** In the linked room, where everybody reads it; the bot must be there. `over`: once that settles, no words are waited for any more. */
  inRoom(
    ask: A,
    { room, cause }: Pick<Link, "room" | "cause">,
    values: Values = {},
    over?: Promise<unknown>,
  ): Promise<Reply> {
    const { bot, prefix } = this.#bot;
    return this.#deps.dialogues.ask({
      ...{ bot, room, ask: this.#asks[ask], cause, notices: true },
      values: { ...values, prefix },
      ...(over === undefined ? {} : { over }),
    });
  }

  /** What it says in the linked room from now on, to what was asked there before; as long as it has for this ask, or until `over` settles. */
  overhears(
    ask: A,
    { room, cause }: Pick<Link, "room" | "cause">,
    values: Values,
    over: Promise<unknown>,
  ): Promise<Reply> {
    const { bot, prefix } = this.#bot;
    return this.#deps.dialogues.overhear({
      ...{ bot, room, ask: this.#asks[ask], cause, notices: true, over },
      values: { ...values, prefix },
    });
  }

  async isHere(room: RoomId): Promise<boolean> {
    return (await membershipIn(this.#deps.matrix, room, this.#bot.bot)) === "join";
  }

  /** Until it is in the room: one that is only invited hears nothing there. Rejects with `bridge-absent`. */
  async comes(room: RoomId): Promise<void> {
    const { bot } = this.#bot;
    if (!(await this.#until(room, true, COMES_MS))) throw new UsherError("bridge-absent", { bot });
  }

  /** Settles when it is not in the room any more, or has taken longer than it has for this ask. */
  gone(room: RoomId, ask: A): Promise<unknown> {
    return this.#until(room, false, this.#asks[ask].seconds * 1000);
  }

  #until(room: RoomId, wanted: boolean, ms: number): Promise<boolean> {
    return this.#deps.waiter.until({
      ...{ room, concerns: membershipOf(this.#bot.bot), ms },
      look: () => this.isHere(room),
      fits: (isHere) => isHere === wanted,
    });
  }
}
