import { isIn, membershipIn } from "../../integrations/membership.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { RoomId, UserId } from "../../kernel/ids.ts";
import type { Inviting, OwnAccount, RoomState } from "../../matrix/port.ts";
import { levelNeeded, levelOf, reaches } from "../../matrix/power.ts";
import type { Alterations } from "./alterations.ts";
import type { BridgeBook } from "./book.ts";
import type { BridgeBotLevels, Given, Other } from "./botLevels.ts";
import type { Connector } from "./connector.ts";
import type { BridgeRecord } from "./records.ts";

type Passed = Readonly<Given["lowered"]>;

interface DepartureDeps {
  readonly matrix: OwnAccount & Inviting & Pick<RoomState, "state">;
  readonly book: BridgeBook;
  readonly levels: BridgeBotLevels;
  readonly alterations: Alterations;
  /** Undefined where the catalogue has it no more. */
  readonly knownConnector: (entry: string) => Connector | undefined;
}

/**
 * What becomes of a room once a link has gone at its bridge. What other links there need stays, and is theirs to put back. Both parts compare before they act, and may be
 * done again after a crash.
 */
export class Departure {
  readonly #deps: DepartureDeps;

  constructor(deps: DepartureDeps) {
    this.#deps = deps;
  }

  /** Puts the bot out, unless it serves another link of the room. Rejects with `bridge-kick-power` and `bridge-stayed`. */
  async putOut(room: RoomId, { id, bot }: BridgeRecord): Promise<void> {
    const { matrix, book } = this.#deps;
    if ((await book.records(room)).some((one) => one.bot === bot && one.id !== id)) return;
    if (!isIn(await membershipIn(matrix, room, bot))) return;
    await this.#kick(room, bot);
    if (isIn(await membershipIn(matrix, room, bot))) throw new UsherError("bridge-stayed", { bot });
  }

  /** Has the room be as it was before the link. The bot is out, unless it was there before or serves another. */
  async putBack(room: RoomId, record: BridgeRecord): Promise<void> {
    const { book, levels, alterations } = this.#deps;
    const { id, bot } = record;
    const others = (await book.records(room)).filter((one) => one.id !== id);
    const heir = others.find((one) => one.bot === bot);
    if (heir === undefined) {
      await alterations.putBack(room, bot, record.had ?? []);
      const keep = async (other: string, lowered: Passed): Promise<void> => {
        const found = await book.record(room, other);
        if (found !== undefined) await book.remember(room, withLowered(found, lowered));
      };
      await levels.takeBack(room, bot, givenIn(record), { others: this.#asked(others), keep });
    } else {
      await book.remember(room, inherited(heir, record));
    }
  }

  /** Has what a bridge changed of a room not stand in the one that replaces it. */
  async clean({ bot, had = [] }: BridgeRecord, from: RoomId, to: RoomId): Promise<void> {
    await this.#deps.alterations.putBackCopies(from, to, bot, had);
  }

  /** What a bridge had changed of a room was copied into the room that replaces it: there, what was before is to be put back as well. */
  async inherit(
    { had: before = [] }: BridgeRecord,
    from: RoomId,
    { id, room }: { readonly id: string; readonly room: RoomId },
  ): Promise<void> {
    const { book, alterations } = this.#deps;
    const record = await book.record(room, id);
    if (record?.had === undefined) return;
    const had = await Promise.all(
      record.had.map(async (one) => {
        const first = before.find(({ type }) => type === one.type);
        return first !== undefined && (await alterations.stands(from, first)) ? first : one;
      }),
    );
    await book.remember(room, { ...record, had });
  }

  /** By the power levels of now: the homeserver's refusal does not say what it takes. */
  async #kick(room: RoomId, bot: UserId): Promise<void> {
    const { matrix, levels } = this.#deps;
    const power = await levels.fresh(room);
    const needed = levelNeeded(power, { kind: "kick", user: bot }, matrix.me);
    const has = levelOf(power, matrix.me);
    if (!reaches(has, needed))
      throw new UsherError("bridge-kick-power", {
        ...{ bot, has, needed: Number.isFinite(needed) ? needed : undefined },
      });
    await matrix.kick(room, bot);
  }

  #asked(records: readonly BridgeRecord[]): readonly Other[] {
    return records.map(({ id, bot, entry, lowered = [] }) => {
      const connector = this.#deps.knownConnector(entry);
      return { id, bot, lowered, powers: connector && ((power) => connector.powers(power)) };
    });
  }
}

/** What was changed in the room's power levels for a link. */
export function givenIn({ power: given, lowered = [] }: BridgeRecord): Given {
  return { power: given, lowered };
}

/** The record with these among what it is to put back. */
function withLowered(record: BridgeRecord, passed: Passed): BridgeRecord {
  if (passed.length === 0) return record;
  const own = (record.lowered ?? []).filter(({ of }) => !passed.some((one) => one.of === of));
  return { ...record, lowered: [...own, ...passed] };
}

/** The record of a link whose bot came with another one that goes. What was there before the older of the two was there first. */
function inherited(heir: BridgeRecord, gone: BridgeRecord): BridgeRecord {
  const power = heir.power.given === null ? gone.power : heir.power;
  const first = gone.addedAt <= heir.addedAt ? gone : heir;
  const { had, wasHere } = first;
  return {
    ...withLowered(heir, gone.lowered ?? []),
    power,
    ...(had === undefined ? {} : { had }),
    ...(wasHere === undefined ? {} : { wasHere }),
  };
}
