import { z } from "zod";
import type { Clock } from "../../kernel/clock.ts";
import { roomId, userId } from "../../kernel/idSchemas.ts";
import type { RoomId } from "../../kernel/ids.ts";
import { held, notAbout, ownWords } from "../../privacy/fields.ts";
import { defineDocument, type Documents } from "../../store/documents.ts";
import { LOST_LINKS } from "./dataMap.ts";
import type { BridgeRecord } from "./records.ts";

const lost = z.strictObject({
  room: roomId,
  id: ownWords(z.string()),
  name: ownWords(z.string()),
  /** The bridge's id in the catalogue, and its bot. */
  entry: ownWords(z.string()),
  bot: notAbout(userId),
  network: ownWords(z.string()).optional(),
  channel: ownWords(z.string()),
  /** Ms since the epoch. */
  at: z.number(),
});

/** A link of a room that Usher is in no more. */
export type LostLink = z.infer<typeof lost>;

/** One document, id `self`. */
const lostLinksDocument = defineDocument({
  kind: "bridge-lost-links",
  version: 1,
  shape: { lost: held(LOST_LINKS, z.array(lost)) },
  empty: () => ({ lost: [] }),
  migrations: {},
});

/** So many are remembered, the newest: whoever brings Usher into rooms can put it out of them again and again. */
const MOST = 10_000;

/** The links that go on in rooms in which Usher is no more. */
export class LostLinks {
  readonly #documents: Documents;
  readonly #clock: Clock;

  constructor({ documents, clock }: { readonly documents: Documents; readonly clock: Clock }) {
    [this.#documents, this.#clock] = [documents, clock];
  }

  async all(): Promise<readonly LostLink[]> {
    return (await this.#documents.get(lostLinksDocument, "self"))?.lost ?? [];
  }

  /** Each once. */
  async note(room: RoomId, records: readonly BridgeRecord[]): Promise<void> {
    if (records.length === 0) return;
    const at = this.#clock.now();
    const found = records.map(({ id, name, entry, bot, network, channel }) => ({
      ...{ room, id, name, entry, bot, channel, at },
      ...(network === undefined ? {} : { network }),
    }));
    const ids = new Set(found.map(({ id }) => id));
    await this.#documents.update(lostLinksDocument, "self", ({ lost: before }) => ({
      lost: [...before.filter((one) => one.room !== room || !ids.has(one.id)), ...found].slice(
        -MOST,
      ),
    }));
  }

  async forget(room: RoomId, id: string): Promise<void> {
    await this.#documents.update(lostLinksDocument, "self", (document) => {
      const left = document.lost.filter((one) => one.room !== room || one.id !== id);
      return left.length === document.lost.length ? document : { lost: left };
    });
  }
}
