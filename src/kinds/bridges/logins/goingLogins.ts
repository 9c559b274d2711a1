import { z } from "zod";
import type { Clock } from "../../../kernel/clock.ts";
import { HOUR_MS } from "../../../kernel/days.ts";
import { eventId, roomId, userId } from "../../../kernel/idSchemas.ts";
import { actor, held, ownWords } from "../../../privacy/fields.ts";
import { defineDocument, type Documents } from "../../../store/documents.ts";
import { LOGIN_GOING } from "../dataMap.ts";

const going = z.strictObject({
  room: roomId,
  person: actor(userId),
  /** The command's event. */
  event: eventId,
  /** The bridge's id in the catalogue. */
  bridge: ownWords(z.string()),
  /** Ms since the epoch. */
  at: z.number(),
});

/** A log-in that goes on; nothing of what is typed. */
export type GoingLogin = z.infer<typeof going>;

/** One document, id `self`. */
const goingLoginsDocument = defineDocument({
  kind: "bridge-logins",
  version: 1,
  shape: { going: held(LOGIN_GOING, z.array(going)) },
  empty: () => ({ going: [] }),
  migrations: {},
});

/** After so long nobody types what a log-in asked for before Usher was stopped; ms. */
export const CUT_OFF_MS = HOUR_MS;

/** The log-ins that go on, so that after a crash it is known in which chats a password may be typed next. */
export class GoingLogins {
  readonly #documents: Documents;
  readonly #clock: Clock;

  constructor({ documents, clock }: { readonly documents: Documents; readonly clock: Clock }) {
    [this.#documents, this.#clock] = [documents, clock];
  }

  /** One in each chat: the last. */
  async note(login: Omit<GoingLogin, "at">): Promise<void> {
    const one = { ...login, at: this.#clock.now() };
    await this.#documents.update(goingLoginsDocument, "self", ({ going: all }) => ({
      going: [...all.filter(({ room }) => room !== one.room), one],
    }));
  }

  async forget({ room, event }: Pick<GoingLogin, "room" | "event">): Promise<void> {
    await this.#keep((one) => one.room !== room || one.event !== event);
  }

  /** Those that were going on when Usher was stopped, and may still be typed for. */
  async cutOff(): Promise<readonly GoingLogin[]> {
    if ((await this.#documents.get(goingLoginsDocument, "self")) === undefined) return [];
    const since = this.#clock.now() - CUT_OFF_MS;
    return this.#keep(({ at }) => at > since);
  }

  async #keep(isKept: (one: GoingLogin) => boolean): Promise<readonly GoingLogin[]> {
    const { going: left } = await this.#documents.update(
      goingLoginsDocument,
      "self",
      (document) => {
        const kept = document.going.filter(isKept);
        return kept.length === document.going.length ? document : { going: kept };
      },
    );
    return left;
  }
}
