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

/** Another link of the room, which may need what was lowered for this one. */
export interface Other {
  readonly id: string;
  readonly bot: UserId;
  readonly lowered: readonly Lowered[];
  /** What its bot needs; undefined where nobody knows. */
  readonly powers: ((power: RoomPower) => BotPowers) | undefined;
}

/** Who else needs something of what is taken back. `keep`: what is to be put back with that other link from now on. */
interface Heirs {
  readonly others: readonly Other[];
  readonly keep: (id: string, lowered: readonly Lowered[]) => Promise<void>;
}

const NOBODY_ELSE: Heirs = { others: [], keep: () => Promise.resolve() };

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
    if (given === null && lowered.length === 0) return;
    let power = await this.fresh(room);
    const first = power;
    for (const { of, given: to } of lowered)
      power = changed(power, withNeeded(power, needOf(of), to));
    if (given !== null && levelOf(power, bot) < given)
      power = changed(power, withLevel(power, bot, given));
    await this.#write(room, first, power);
  }

  /** Nothing of what somebody has changed since, nor of what others need. */
  async takeBack(
    room: RoomId,
    bot: UserId,
    given: Given,
    { others, keep }: Heirs = NOBODY_ELSE,
  ): Promise<void> {
    if (given.power.given === null && given.lowered.length === 0) return;
    let power = await this.fresh(room);
    const first = power;
    const kept = new Map<string, readonly Lowered[]>();
    for (const one of given.lowered) {
      const heir = heirOf(one, power, others);
      if (heir === undefined) power = restored(power, one);
      else kept.set(heir.id, [...(kept.get(heir.id) ?? []), heir.lowered]);
    }
    const { before, given: level } = given.power;
    if (level !== null && givenLevel(power, bot) === level)
      power = changed(power, withLevel(power, bot, before ?? undefined));
    for (const [id, lowered] of kept) await keep(id, lowered);
    await this.#write(room, first, power);
  }

  async fresh(room: RoomId): Promise<RoomPower> {
    // Both wait for the same request.
    const levels = this.#matrix.state(room, POWER_LEVELS, "", "fresh");
    const [power] = await Promise.all([this.#matrix.power(room), levels]);
    return power;
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

/** Who is to put this back in place of the link for which it was lowered: whoever found it so and lowered it more, or could not be without it. */
function heirOf(
  { of, before, given }: Lowered,
  power: RoomPower,
  others: readonly Other[],
): { readonly id: string; readonly lowered: Lowered } | undefined {
  for (const { id, lowered } of others) {
    const own = lowered.find((one) => one.of === of && one.before === given);
    if (own !== undefined) return { id, lowered: { ...own, before } };
  }
  const without = restored(power, { of, before, given });
  const heir = others.find((other) => lacking(other, without) > lacking(other, power));
  return heir && { id: heir.id, lowered: { of, before, given } };
}

/** The power levels with what was there before, where that is still lowered. */
function restored(power: RoomPower, { of, before, given }: Lowered): RoomPower {
  return stated(power, of) === given
    ? changed(power, withNeeded(power, needOf(of), before ?? undefined))
    : power;
}

/** How much its bot would have to be given. */
function lacking({ bot, powers }: Other, power: RoomPower): number {
  if (powers === undefined) return 0;
  const { level, events, invite } = powers(power);
  const isBelow = level > levelOf(power, bot);
  return Object.keys(events).length + Number(invite !== undefined) + Number(isBelow);
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
