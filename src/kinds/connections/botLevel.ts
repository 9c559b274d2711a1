import { UsherError } from "../../kernel/errors.ts";
import type { RoomId, UserId } from "../../kernel/ids.ts";
import type { OwnAccount, PowerLevels, RoomPower, RoomState } from "../../matrix/port.ts";
import { givenLevel, levelNeeded, levelOf, POWER_LEVELS, withLevel } from "../../matrix/power.ts";
import type { ConnectionRecord } from "./records.ts";
import type { Sort } from "./sorts.ts";

type Given = ConnectionRecord["power"];

/**
 * What hookshot asks of whoever sets something up and of its own bot: what the room asks for state events in general, and for this type of them. Where that
 * is nothing it asks for 50 all the same. Source: matrix-hookshot 7.4, `assertUserPermissionsInRoom`.
 */
function levelAsked(power: RoomPower, { type }: Pick<Sort, "type">): number {
  const general = power.levels?.["state_default"];
  return Math.max(
    typeof general === "number" && general !== 0 ? general : 50,
    levelNeeded(power, { kind: "state", type }, "@" as UserId),
  );
}

/** The power of hookshot's bot in rooms, given and taken back in what the homeserver has now. */
export class BotLevel {
  readonly #matrix: OwnAccount & RoomState & PowerLevels;

  constructor(matrix: OwnAccount & RoomState & PowerLevels) {
    this.#matrix = matrix;
  }

  /** What giving the bot what it needs would change: nothing where it has it. */
  async wanted(room: RoomId, bot: UserId, sort: Sort): Promise<Given> {
    const power = await this.#fresh(room);
    // The accounts that write in its stead it invites itself.
    const invites = sort.ghosts === true ? levelNeeded(power, { kind: "invite" }, bot) : 0;
    const asked = Math.max(levelAsked(power, sort), invites);
    const before = givenLevel(power, bot) ?? null;
    return { before, given: levelOf(power, bot) >= asked ? null : asked };
  }

  /** Rejects with `hookshot-asker-power` where hookshot itself would let the person, or Usher, do nothing here. `person` undefined: Usher alone is asked about. */
  async refuseBelow(room: RoomId, person: UserId | undefined, sort: Sort): Promise<void> {
    const power = await this.#fresh(room);
    const needed = levelAsked(power, sort);
    const people = person === undefined ? [] : [person];
    for (const user of [...people, this.#matrix.me]) {
      const has = levelOf(power, user);
      if (has < needed)
        throw new UsherError("hookshot-asker-power", { own: user === person, needed, has });
    }
  }

  async give(room: RoomId, bot: UserId, { given }: Given): Promise<void> {
    if (given === null) return;
    const power = await this.#fresh(room);
    if (levelOf(power, bot) < given) await this.#write(room, withLevel(power, bot, given));
  }

  /** Nothing where somebody has changed it since. */
  async takeBack(room: RoomId, bot: UserId, { before, given }: Given): Promise<void> {
    if (given === null) return;
    const power = await this.#fresh(room);
    if (givenLevel(power, bot) === given)
      await this.#write(room, withLevel(power, bot, before ?? undefined));
  }

  /** The people among these whom hookshot would let manage what is here. */
  async whoMay(room: RoomId, people: readonly UserId[], sort: Sort): Promise<ReadonlySet<UserId>> {
    const power = await this.#matrix.power(room);
    const needed = levelAsked(power, sort);
    return new Set(people.filter((user) => levelOf(power, user) >= needed));
  }

  async #fresh(room: RoomId): Promise<RoomPower> {
    await this.#matrix.state(room, POWER_LEVELS, "", "fresh");
    return this.#matrix.power(room);
  }

  async #write(room: RoomId, levels: RoomPower["levels"]): Promise<void> {
    if (levels !== undefined) await this.#matrix.setState(room, POWER_LEVELS, "", levels);
  }
}
