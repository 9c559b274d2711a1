import type { RoomId, UserId } from "../../kernel/ids.ts";
import type { PowerLevels, RoomPower, RoomState } from "../../matrix/port.ts";
import { givenLevel, levelOf, POWER_LEVELS, withLevel } from "../../matrix/power.ts";
import type { BridgeRecord } from "./records.ts";

/** What was there before, and what was given: as a record keeps it. */
type Given = BridgeRecord["power"];

/** Gives the bots of bridges the power they need and takes it back, always in what the homeserver has now. */
export class BridgeBotLevels {
  readonly #matrix: RoomState & PowerLevels;

  constructor(matrix: RoomState & PowerLevels) {
    this.#matrix = matrix;
  }

  /** What giving the bot so much would change: nothing where it has it. */
  async wanted(room: RoomId, bot: UserId, level: (power: RoomPower) => number): Promise<Given> {
    const power = await this.fresh(room);
    const needed = level(power);
    const before = givenLevel(power, bot) ?? null;
    return { before, given: levelOf(power, bot) >= needed ? null : needed };
  }

  async give(room: RoomId, bot: UserId, { given }: Given): Promise<void> {
    if (given === null || levelOf(await this.fresh(room), bot) >= given) return;
    await this.#write(room, bot, given);
  }

  /** Nothing where somebody has changed it since. */
  async takeBack(room: RoomId, bot: UserId, { before, given }: Given): Promise<void> {
    if (given === null || givenLevel(await this.fresh(room), bot) !== given) return;
    await this.#write(room, bot, before ?? undefined);
  }

  async fresh(room: RoomId): Promise<RoomPower> {
    await this.#matrix.state(room, POWER_LEVELS, "", "fresh");
    return this.#matrix.power(room);
  }

  async #write(room: RoomId, bot: UserId, level: number | undefined): Promise<void> {
    const next = withLevel(await this.#matrix.power(room), bot, level);
    if (next !== undefined) await this.#matrix.setState(room, POWER_LEVELS, "", next);
  }
}
