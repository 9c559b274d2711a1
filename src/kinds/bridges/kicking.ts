import { UsherError } from "../../kernel/errors.ts";
import type { RoomId } from "../../kernel/ids.ts";
import type { PowerLevels } from "../../matrix/port.ts";
import { levelNeeded, levelOf } from "../../matrix/power.ts";
import type { BridgeEntry } from "./config.ts";

/** Rejects with `bridge-would-kick` where the bot could put people out: bridges of mautrix do that to whoever is not logged in there. */
export async function refuseKicker(
  matrix: PowerLevels,
  room: RoomId,
  { name, bot }: Pick<BridgeEntry, "name" | "bot">,
): Promise<void> {
  const power = await matrix.power(room);
  const [level, kick] = [levelOf(power, bot), levelNeeded(power, { kind: "kick" }, bot)];
  if (level < kick) return;
  const own = Number.isFinite(level) ? level : undefined;
  throw new UsherError("bridge-would-kick", { name, bot, level: own, kick });
}
