import { isIn } from "../../integrations/membership.ts";
import type { RoomId, UserId } from "../../kernel/ids.ts";
import type { Need } from "../../matrix/power.ts";
import { loweringNeeds, type BridgeBotLevels } from "./botLevels.ts";
import type { Connector } from "./connector.ts";
import type { BridgeRecord } from "./records.ts";

/** What is looked at. */
interface Rooms {
  readonly levels: Pick<BridgeBotLevels, "wanted">;
  connectorOf(entry: string): Connector;
  /** By the homeserver. */
  membership(room: RoomId, user: UserId): Promise<unknown>;
  /** Undefined where the catalogue has it no more. */
  entryOf(entry: string): object | undefined;
}

/** What the bridge itself would ask of a person. */
function rulesOf({ rule }: Connector): readonly Need[] {
  return rule.map((need) => ({ ...need, only: "person" }));
}

/** What linking takes of whoever asks and of Usher, and what the bridge itself would ask of the person alone. */
export async function linkingNeeds(
  bridges: Omit<Rooms, "entryOf">,
  room: RoomId,
  { entry, bot }: { readonly entry: string; readonly bot: UserId },
): Promise<readonly Need[]> {
  const connector = bridges.connectorOf(entry);
  const [{ power, lowered }, membership] = await Promise.all([
    bridges.levels.wanted(room, bot, (now) => connector.powers(now)),
    bridges.membership(room, bot),
  ]);
  return [
    ...(isIn(membership) ? [] : [{ kind: "invite" } as const]),
    // Else nobody could take the bot out again, also where it fails.
    {
      kind: "kick",
      user: bot,
      ...(power.given === null ? {} : { level: power.given }),
      only: "usher",
    },
    ...(power.given === null ? [] : [{ kind: "level", user: bot, level: power.given } as const]),
    ...loweringNeeds(lowered),
    ...rulesOf(connector),
  ];
}

/** What unlinking takes. */
export async function unlinkingNeeds(
  bridges: Omit<Rooms, "levels">,
  room: RoomId,
  record: Pick<BridgeRecord, "entry" | "bot"> | undefined,
): Promise<readonly Need[]> {
  const rule =
    record === undefined || bridges.entryOf(record.entry) === undefined
      ? []
      : rulesOf(bridges.connectorOf(record.entry));
  const isHere = record !== undefined && (await bridges.membership(room, record.bot)) === "join";
  // Where the bot is out, Usher has nobody to take out.
  const kick: Need = isHere ? { kind: "kick", user: record.bot } : { kind: "kick", only: "person" };
  return [kick, ...rule];
}
