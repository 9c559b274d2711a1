import { membershipIn } from "../../integrations/membership.ts";
import type { RoomId, UserId } from "../../kernel/ids.ts";
import type { OwnAccount, PowerLevels, RoomPower, RoomState } from "../../matrix/port.ts";
import {
  allowed,
  givenLevel,
  levelOf,
  POWER_LEVELS,
  withLevel,
  type Need,
} from "../../matrix/power.ts";
import type { BotRecord } from "./records.ts";

/** What giving this level takes; nothing where the user has it already. `exactly`: it is to have neither less nor more. */
export function levelNeeds(
  power: RoomPower,
  user: UserId,
  level: number,
  exactly?: "exactly",
): readonly Need[] {
  const has = levelOf(power, user);
  return (exactly === undefined ? has >= level : has === level)
    ? []
    : [{ kind: "level", user, level }];
}

/** Gives bots power in rooms and takes it back, always in what the homeserver has now. */
export class BotLevels {
  readonly #matrix: OwnAccount & RoomState & PowerLevels;

  constructor(matrix: OwnAccount & RoomState & PowerLevels) {
    this.#matrix = matrix;
  }

  /** What the room's power levels say of this very user; null where they say nothing. */
  async given(room: RoomId, user: UserId): Promise<number | null> {
    return givenLevel(await this.#fresh(room), user) ?? null;
  }

  /** Gives the bot what its record says, where whoever asked for it, and Usher, may. */
  async give(
    room: RoomId,
    { user, level, addedBy }: BotRecord,
  ): Promise<"had" | "given" | "withheld"> {
    const power = await this.#fresh(room);
    const needs = levelNeeds(power, user, level);
    if (needs.length === 0) return "had";
    // Asked again: the bot may have come long after the command.
    if (
      addedBy === undefined ||
      (await this.#isOut(room, addedBy)) ||
      !needs.every((need) => allowed(power, addedBy, need) && allowed(power, this.#matrix.me, need))
    )
      return "withheld";
    await this.write(room, user, level);
    return "given";
  }

  /** Takes back what Usher gave by this record, where nobody has changed it since and the person and Usher may. */
  async takeBack(room: RoomId, { user, level }: BotRecord, person: UserId): Promise<void> {
    if (level === 0) return;
    const power = await this.#fresh(room);
    const need: Need = { kind: "level", user, level };
    const ours = levelOf(power, user) === level;
    if (ours && allowed(power, person, need) && allowed(power, this.#matrix.me, need))
      await this.write(room, user, undefined);
  }

  /** Changes the one entry, or takes it out, and writes nothing where nothing changes. Power must have been checked. */
  async write(room: RoomId, user: UserId, level: number | undefined): Promise<void> {
    const next = withLevel(await this.#fresh(room), user, level);
    if (next !== undefined) await this.#matrix.setState(room, POWER_LEVELS, "", next);
  }

  /** Whether the person has left or was put out: their level stays in the power levels then, and is theirs no more. */
  async #isOut(room: RoomId, person: UserId): Promise<boolean> {
    const membership = await membershipIn(this.#matrix, room, person);
    return membership === "leave" || membership === "ban";
  }

  async #fresh(room: RoomId): Promise<RoomPower> {
    await this.#matrix.state(room, POWER_LEVELS, "", "fresh");
    return this.#matrix.power(room);
  }
}
