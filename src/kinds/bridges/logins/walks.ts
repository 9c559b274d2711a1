import type { Answer, Request } from "../../../chat/command.ts";
import { errorFields, type Log } from "../../../kernel/log.ts";
import type { RoomId, UserId } from "../../../kernel/ids.ts";
import { detached, KeyedQueue } from "../../../kernel/tasks.ts";
import type { Batch } from "../../../matrix/intake.ts";
import type { RoomEvent } from "../../../matrix/port.ts";
import type { Documents } from "../../../store/documents.ts";
import { CutOffLogins } from "./cutOffLogins.ts";
import { GoingLogins } from "./goingLogins.ts";
import { isSaidBy, lineIn, without } from "./said.ts";
import { Walk, type Typed, type WalkDeps, type Walker } from "./walk.ts";

interface WalksDeps extends Omit<WalkDeps, "behind"> {
  readonly documents: Documents;
  readonly log: Log;
  readonly calledAs: string;
  /** Whether anything may be done for this person (R37, R39). */
  readonly mayActFor: (person: UserId, room: RoomId) => boolean;
}

/** A log-in that goes on. */
interface Going {
  readonly walk: Walk;
  readonly person: UserId;
  /** It was asked for from a device that its owner has signed: then all that is typed must come from such a one. */
  readonly signed: boolean;
}

/**
 * The log-ins that go on, one in a chat. What their people type is taken out of what has just been heard, so that nothing else of Usher reads it: no command is looked for in it,
 * and it is noted nowhere. When Usher stops they are over: after the next start their people are told.
 */
export class Walks {
  readonly #deps: WalksDeps;
  readonly #going = new Map<RoomId, Going>();
  readonly #turns: KeyedQueue;
  readonly #noted: GoingLogins;
  readonly #cutOff: CutOffLogins;
  #isStopping = false;

  constructor(deps: WalksDeps) {
    this.#deps = deps;
    this.#noted = new GoingLogins(deps);
    this.#cutOff = new CutOffLogins({ ...deps, going: this.#noted, failed: this.#failed });
    this.#turns = new KeyedQueue(this.#failed);
  }

  /** Begins one, in place of one that goes on. Rejects as the bridge does. */
  async begin(
    { room, person, event, signedDevice = false }: Request,
    { bridge, ways }: Pick<Walker, "bridge" | "ways">,
    way: string | undefined,
  ): Promise<Answer> {
    const before = this.#cutOff.answered(event);
    if (before !== undefined) return before;
    await this.#going.get(room)?.walk.end("login/cancelled");
    this.#cutOff.drop(room);
    await this.#noted.note({ room, person, event, bridge: bridge.id });
    const over = (): void => {
      if (this.#going.get(room)?.walk !== walk) return;
      this.#going.delete(room);
      if (!this.#isStopping) behind(() => this.#noted.forget({ room, event }));
    };
    const behind = (work: () => Promise<void>): void => {
      detached(() => void work().catch(this.#failed));
    };
    const walk = new Walk({ ...this.#deps, behind }, { room, person, event, bridge, ways, over });
    this.#going.set(room, { walk, person, signed: signedDevice });
    return walk.begin(way);
  }

  /** What is left for others of what was heard: what is typed for a log-in is for the bridge. */
  sift(batch: Batch): Batch {
    const left = this.#cutOff.sift(batch);
    if (this.#going.size === 0) return left;
    return without(left, ({ roomId, events }) => {
      const going = this.#going.get(roomId);
      if (going === undefined) return [];
      const typed = events.filter((event) => this.#isTyped(event, going));
      for (const event of typed) this.#take(event, going);
      return typed;
    });
  }

  start(): Promise<void> {
    return this.#cutOff.start();
  }

  ready(): Promise<void> {
    return this.#cutOff.ready();
  }

  stop(): void {
    this.#isStopping = true;
    for (const { walk } of this.#going.values()) walk.drop();
  }

  readonly #failed = (error: unknown): void => {
    this.#deps.log.error({ class: "bridge", what: "login.failed", ...errorFields(error) });
  };

  /** All that this person says, but for commands that call Usher by its name. */
  #isTyped(event: RoomEvent, { person }: Going): boolean {
    return isSaidBy(event, person) && !this.#isCommand(lineIn(event));
  }

  #isCommand(line: string): boolean {
    const { calledAs } = this.#deps;
    return line.startsWith(`${calledAs} `) && !CANCEL.test(line.slice(calledAs.length + 1));
  }

  #take(event: RoomEvent, { walk, person, signed }: Going): void {
    const { calledAs, mayActFor } = this.#deps;
    const { roomId: room, eventId, content, signedDevice = false } = event;
    const line = lineIn(event);
    const isCancel = line.startsWith(`${calledAs} `);
    const isText = content["msgtype"] === "m.text" && !isEdit(content) && line !== "";
    const odd = signed && !signedDevice ? "unsigned" : isText ? undefined : "as-text";
    const typed: Typed = { event: eventId, line: isCancel ? "cancel" : line, odd };
    detached(
      () =>
        void this.#turns.run(room, async () => {
          if (mayActFor(person, room)) await walk.take(typed);
          else walk.drop();
        }),
    );
  }
}

const CANCEL = /^cancel$/iu;

function isEdit(content: RoomEvent["content"]): boolean {
  const relation = content["m.relates_to"];
  return (
    typeof relation === "object" &&
    relation !== null &&
    "rel_type" in relation &&
    relation.rel_type === "m.replace"
  );
}
