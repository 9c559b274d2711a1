import type { RoomId, UserId } from "../../kernel/ids.ts";
import type { PowerLevels, RoomPower, RoomState } from "../../matrix/port.ts";
import {
  givenLevel,
  levelOf,
  POWER_LEVELS,
  statedLevel,
  withLevel,
  withNeeded,
  type Need,
  type Stated,
} from "../../matrix/power.ts";
import type { BotPowers } from "./connector.ts";
import type { BridgeRecord } from "./records.ts";

/** What was there before, and what was given: as a record keeps it. */
export interface Given {
  readonly power: BridgeRecord["power"];
  readonly lowered: NonNullable<BridgeRecord["lowered"]>;
}

type Lowered = Given["lowered"][number];

/** Gives the bots of bridges the power they need and takes it back, always in what the homeserver has now. */
export class BridgeBotLevels {
  readonly #matrix: RoomState & PowerLevels;

  constructor(matrix: RoomState & PowerLevels) {
    this.#matrix = matrix;
  }

  /** What giving the bot so much would change: nothing where it has it. */
  async wanted(room: RoomId, bot: UserId, powers: (power: RoomPower) => BotPowers): Promise<Given> {
    const power = await this.fresh(room);
    const { level, events, invite } = powers(power);
    const before = givenLevel(power, bot) ?? null;
    const lowered = [
      ...Object.entries(events),
      ...(invite === undefined ? [] : [[INVITE, invite] as const]),
    ].map(([of, given]) => ({ of, before: statedLevel(power.levels, needOf(of)) ?? null, given }));
    return {
      power: { before, given: levelOf(power, bot) >= level ? null : level },
      lowered,
    };
  }

  async give(room: RoomId, bot: UserId, { power: { given }, lowered }: Given): Promise<void> {
    let power = await this.fresh(room);
    const first = power;
    for (const { of, given: to } of lowered)
      power = changed(power, withNeeded(power, needOf(of), to));
    if (given !== null && levelOf(power, bot) < given)
      power = changed(power, withLevel(power, bot, given));
    await this.#write(room, first, power);
  }

  /** Nothing of what somebody has changed since. */
  async takeBack(room: RoomId, bot: UserId, given: Given): Promise<void> {
    let power = await this.fresh(room);
    const first = power;
    for (const one of given.lowered.filter(({ of, given: to }) => stated(power, of) === to))
      power = changed(power, withNeeded(power, needOf(one.of), one.before ?? undefined));
    const { before, given: level } = given.power;
    if (level !== null && givenLevel(power, bot) === level)
      power = changed(power, withLevel(power, bot, before ?? undefined));
    await this.#write(room, first, power);
  }

  async fresh(room: RoomId): Promise<RoomPower> {
    await this.#matrix.state(room, POWER_LEVELS, "", "fresh");
    return this.#matrix.power(room);
  }

  async #write(room: RoomId, { levels: before }: RoomPower, { levels }: RoomPower): Promise<void> {
    if (levels !== undefined && levels !== before)
      await this.#matrix.setState(room, POWER_LEVELS, "", levels);
  }
}

/** What it takes to lower these: what the room asks for them now, and the right to change that. */
export function loweringNeeds(lowered: readonly Lowered[]): readonly Need[] {
  if (lowered.length === 0) return [];
  return [{ kind: "state", type: POWER_LEVELS }, ...lowered.map(({ of }) => needOf(of))];
}

const INVITE = "invite";

function needOf(of: string): Stated {
  return of === INVITE ? { kind: "invite" } : { kind: "state", type: of };
}

function stated({ levels }: RoomPower, of: string): number | undefined {
  return statedLevel(levels, needOf(of));
}

function changed(power: RoomPower, levels: RoomPower["levels"]): RoomPower {
  return levels === undefined ? power : { ...power, levels };
}
