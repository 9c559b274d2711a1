import type { RoomId } from "../../../kernel/ids.ts";
import type { Reply } from "../dialogue/dialogues.ts";

/** Whether people on the far side may still answer a request. */
export interface Awaiting {
  readonly isOpen: boolean;
  /** What came of it; undefined as long as it is open, and where it was closed. */
  readonly reply: Reply | undefined;
  /** Settles when it is open no more. */
  readonly ended: Promise<unknown>;
  /** The room has been seen to be linked since. */
  readonly isMade: boolean;
  /** Nobody has been asked, or it is known otherwise what came of it. */
  close(how?: "made"): void;
}

/** The requests of rooms, as far as this process knows of them: only what the bridge's bot says in a room tells how one ends. */
export class Consents {
  readonly #known = new Map<RoomId, Awaiting>();

  of(room: RoomId): Awaiting | undefined {
    return this.#known.get(room);
  }

  /** The room has nothing more to do with it. */
  forget(room: RoomId): void {
    this.#known.get(room)?.close();
    this.#known.delete(room);
  }

  /** From now on what `hear` gives is how the room's request ends; once `over` settles, it hears no more. */
  listen(room: RoomId, hear: (over: Promise<unknown>) => Promise<Reply>): Awaiting {
    this.forget(room);
    const closed = Promise.withResolvers<unknown>();
    const now = { isOpen: true, isMade: false, reply: undefined as Reply | undefined };
    const end = (reply: Reply | undefined): void => {
      if (!now.isOpen) return;
      now.isOpen = false;
      now.reply = reply;
    };
    const one: Awaiting = {
      get isOpen() {
        return now.isOpen;
      },
      get reply() {
        return now.reply;
      },
      get isMade() {
        return now.isMade;
      },
      // Where Usher is being stopped it is not known how it ends.
      ended: hear(closed.promise).then(end, () => {
        end(undefined);
      }),
      close: (how) => {
        now.isMade = how === "made";
        end(undefined);
        closed.resolve(undefined);
      },
    };
    this.#known.set(room, one);
    return one;
  }
}
