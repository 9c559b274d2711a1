import type { Answer } from "../../../chat/command.ts";
import type { Clock } from "../../../kernel/clock.ts";
import type { EventId, RoomId } from "../../../kernel/ids.ts";
import { detached } from "../../../kernel/tasks.ts";
import type { Batch } from "../../../matrix/intake.ts";
import type { RoomEvent } from "../../../matrix/port.ts";
import { CUT_OFF_MS, type GoingLogin, type GoingLogins } from "./goingLogins.ts";
import { isSaidBy, lineIn, without } from "./said.ts";
import { WalkRoom, type WalkRoomDeps } from "./walkRoom.ts";

interface CutOffDeps extends WalkRoomDeps {
  readonly clock: Clock;
  readonly calledAs: string;
  readonly going: GoingLogins;
  /** Told of what nobody waits for and could not be done. */
  readonly failed: (error: unknown) => void;
}

/**
 * The log-ins that went on when Usher was stopped. Their people are told; what they say next there may be a password, so it is taken away and read by nobody, once,
 * but for what calls Usher and for the next log-in.
 */
export class CutOffLogins {
  readonly #deps: CutOffDeps;
  readonly #cut = new Map<RoomId, GoingLogin>();
  /** The commands that began them: a command that is read once more after a crash begins none. */
  readonly #begun = new Map<EventId, GoingLogin>();

  constructor(deps: CutOffDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    for (const one of await this.#deps.going.cutOff()) {
      this.#cut.set(one.room, one);
      this.#begun.set(one.event, one);
    }
  }

  /** Said once, however often Usher is started. */
  async ready(): Promise<void> {
    await Promise.all([...this.#cut.values()].map((one) => this.#tell(one)));
  }

  /** What there is to say where this command is read once more; undefined where it is a new one. */
  answered(command: EventId): Answer | undefined {
    const one = this.#begun.get(command);
    return one && cutOff(one, { said: false, taken: false });
  }

  /** Another log-in has begun there. */
  drop(room: RoomId): void {
    this.#cut.delete(room);
  }

  sift(batch: Batch): Batch {
    if (this.#cut.size === 0) return batch;
    return without(batch, ({ roomId, events }) => {
      const one = this.#cut.get(roomId);
      const typed = one && events.find((event) => this.#isTyped(event, one));
      if (one === undefined || typed === undefined) return [];
      this.#cut.delete(roomId);
      detached(() => void this.#swallow(one, typed));
      return [typed];
    });
  }

  #isTyped(event: RoomEvent, { person, at }: GoingLogin): boolean {
    const { clock, calledAs } = this.#deps;
    if (clock.now() - at > CUT_OFF_MS || !isSaidBy(event, person)) return false;
    const line = lineIn(event);
    return !line.startsWith(`${calledAs} `) && !/^login\s/iu.test(line);
  }

  /** Never rejects. */
  async #tell(one: GoingLogin): Promise<void> {
    try {
      const room = new WalkRoom(this.#deps, one);
      await room.say(cutOff(one, { said: false, taken: false }), "login cut off");
    } catch (error) {
      this.#deps.failed(error);
    }
  }

  /** Never rejects. */
  async #swallow(one: GoingLogin, { eventId }: RoomEvent): Promise<void> {
    try {
      const room = new WalkRoom(this.#deps, { ...one, event: eventId });
      const taken = await room.takeAway(eventId);
      await room.say(cutOff(one, { said: true, taken }), "login cut off");
      await this.#deps.going.forget(one);
    } catch (error) {
      this.#deps.failed(error);
    }
  }
}

/** `said`: something was said meanwhile, and is or is not taken away. */
function cutOff(
  { bridge: id, person }: GoingLogin,
  what: { readonly said: boolean; readonly taken: boolean },
): Answer {
  return { template: "login/cut-off", view: { id, ...what }, onlyFor: person };
}
