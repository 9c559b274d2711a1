import type { Clock } from "../../kernel/clock.ts";
import { minuteOf } from "../../kernel/days.ts";
import type { EventId, RoomId, UserId } from "../../kernel/ids.ts";
import { errorFields, pseudonym } from "../../kernel/log.ts";
import { erasureDocument, type ErasureRequest } from "../../store/erasures.ts";
import type { Documents } from "../../store/documents.ts";
import { tellErased, type TellErasedDeps } from "./tellErased.ts";

interface GraceWarningsDeps extends TellErasedDeps {
  readonly documents: Pick<Documents, "get">;
  readonly clock: Pick<Clock, "now">;
}

/** Whoever adds something while their erasure waits for its time may think that it stays: they are told once for each erasure, and alone. */
export class GraceWarnings {
  readonly #deps: GraceWarningsDeps;
  /** The erasures of which it was told; after a restart the same message is sent, which the homeserver knows. */
  readonly #told = new Set<EventId>();

  constructor(deps: GraceWarningsDeps) {
    this.#deps = deps;
  }

  /** Something of this kind was added in this room for them. Never rejects. */
  async added(
    person: UserId,
    { room, kind }: { readonly room: RoomId; readonly kind: string },
  ): Promise<void> {
    const { documents, clock, log } = this.#deps;
    try {
      const request = (await documents.get(erasureDocument, person))?.request;
      if (request?.event === undefined || this.#told.has(request.event)) return;
      const { due = 0, only = {} } = request;
      if (request.state !== "cooling" || due <= clock.now() || !reaches(only, room, kind)) return;
      this.#told.add(request.event);
      const answer = { template: "privacy/added-in-grace", view: { until: minuteOf(due) } };
      await tellErased(this.#deps, request, answer, "added in grace");
    } catch (error) {
      log.warn({
        class: "bot",
        what: "erasure.untold",
        who: pseudonym(person),
        ...errorFields(error),
      });
    }
  }
}

/** Whether an erasure of this alone takes what is added now: one thing that is meant by its id was there before. */
function reaches(only: NonNullable<ErasureRequest["only"]>, room: RoomId, kind: string): boolean {
  return (
    only.item === undefined &&
    (only.room === undefined || only.room === room) &&
    (only.kind === undefined || only.kind === kind)
  );
}
