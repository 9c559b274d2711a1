import { RecentMap } from "../kernel/recent.ts";
import type { Clock } from "../kernel/clock.ts";
import type { RoomId } from "../kernel/ids.ts";
import { pseudonym, type Log } from "../kernel/log.ts";
import type { Members, RoomMembers } from "../matrix/port.ts";

/** How long talk that is hardly for Usher waits for the homeserver to say who is in its room, and how long not at all after that; ms. */
const PATIENCE_MS = 10_000;
const SPARED_MS = 60_000;
const REMEMBERED_ROOMS = 1_000;

interface CompanyDeps {
  readonly matrix: RoomMembers;
  readonly clock: Clock;
  readonly log: Log;
}

/** Who is in a room, where the homeserver says it soon: what nobody said to Usher by name must not wait for more. */
export class Company {
  readonly #deps: CompanyDeps;
  /** Until when a room's people are not asked for. */
  readonly #spared = new RecentMap<RoomId, number>(REMEMBERED_ROOMS);

  constructor(deps: CompanyDeps) {
    this.#deps = deps;
  }

  /** Undefined where it cannot be known soon. Never rejects. */
  async soon(room: RoomId): Promise<Members | undefined> {
    const { clock } = this.#deps;
    if ((this.#spared.get(room) ?? 0) > clock.now()) return undefined;
    const late = Promise.withResolvers<undefined>();
    const cancel = clock.after(PATIENCE_MS, () => {
      late.resolve(undefined);
    });
    const asked = this.#deps.matrix.members(room).catch(() => undefined);
    const members = await Promise.race([asked, late.promise]);
    cancel();
    if (members === undefined) this.#spare(room);
    return members;
  }

  #spare(room: RoomId): void {
    const { clock, log } = this.#deps;
    log.warn({ class: "bot", what: "room.company-unknown", where: pseudonym(room) });
    this.#spared.set(room, clock.now() + SPARED_MS);
  }
}
