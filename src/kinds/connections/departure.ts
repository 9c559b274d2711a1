import { isIn, membershipIn } from "../../integrations/membership.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { RoomId } from "../../kernel/ids.ts";
import type { Inviting, RoomState } from "../../matrix/port.ts";
import type { ConnectionBook } from "./book.ts";
import type { BotLevel } from "./botLevel.ts";
import type { Hookshot } from "./hookshot/hookshot.ts";
import type { ConnectionRecord } from "./records.ts";

interface DepartureDeps {
  readonly matrix: Inviting & Pick<RoomState, "state">;
  readonly book: ConnectionBook;
  readonly level: BotLevel;
  readonly hookshot: () => Pick<Hookshot, "live">;
}

/**
 * What becomes of hookshot's bot once a connection has gone. It stays where it does anything else in the room, whoever has set that up. Both parts compare before they
 * act, and may be done again after a crash.
 */
export class Departure {
  readonly #deps: DepartureDeps;

  constructor(deps: DepartureDeps) {
    this.#deps = deps;
  }

  /** Puts the bot out, unless it is still of use or was here before. Rejects with `hookshot-bot-stayed`. */
  async putOut(room: RoomId, record: ConnectionRecord): Promise<void> {
    const { matrix } = this.#deps;
    if (record.wasHere === true || (await this.isOfUse(room, record))) return;
    const { bot } = record;
    if (isIn(await membershipIn(matrix, room, bot))) await matrix.kick(room, bot);
    if (isIn(await membershipIn(matrix, room, bot)))
      throw new UsherError("hookshot-bot-stayed", { bot });
  }

  /** Has its power be as it was before, or leaves that to what else needs it. */
  async putBack(room: RoomId, record: ConnectionRecord): Promise<void> {
    const { book, level } = this.#deps;
    const others = (await book.records(room)).filter(({ id }) => id !== record.id);
    const [heir] = others.toSorted((one, other) => one.addedAt - other.addedAt);
    if (heir !== undefined) {
      await book.remember(room, inherited(heir, record));
    } else if (!(await this.isOfUse(room, record))) {
      await level.takeBack(room, record.bot, record.power);
    }
  }

  /** Whether it does anything else in the room. */
  async isOfUse(room: RoomId, { id, entry, key }: ConnectionRecord): Promise<boolean> {
    const { book, hookshot } = this.#deps;
    if ((await book.records(room)).some((one) => one.id !== id)) return true;
    return (await hookshot().live(room)).some((one) => one.key !== key || one.sort.id !== entry);
  }
}

/** The record of a connection that was there beside one that goes. What was before the older of the two was there first. */
function inherited(heir: ConnectionRecord, gone: ConnectionRecord): ConnectionRecord {
  const [own, passed] = [heir.power, gone.power];
  const power = {
    before: passed.given === null ? own.before : passed.before,
    given: own.given ?? passed.given,
  };
  if (gone.addedAt > heir.addedAt) return { ...heir, power };
  const { wasHere: _, ...rest } = heir;
  return { ...rest, power, ...(gone.wasHere === true ? { wasHere: true } : {}) };
}
