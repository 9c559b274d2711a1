import type { Clock } from "../../kernel/clock.ts";
import type { EventId, RoomId, UserId } from "../../kernel/ids.ts";
import type { OwnAccount, PowerLevels, RoomState } from "../../matrix/port.ts";
import type { Documents } from "../../store/documents.ts";
import { roomDocument } from "../../store/room.ts";
import { changeOf, withChanges } from "../../integrations/changes.ts";
import { membershipIn } from "../../integrations/membership.ts";
import { setUpsOf } from "../../integrations/setUpRecords.ts";
import type { BotOrder } from "./order.ts";
import { BotLevels } from "./levels.ts";
import { botId } from "./presence.ts";
import { botsOf, withBot, type BotRecord } from "./records.ts";
import type { BotResult } from "./result.ts";

interface BotAdoptionDeps {
  readonly matrix: OwnAccount & RoomState & PowerLevels;
  readonly documents: Documents;
  readonly clock: Clock;
}

/** Takes on bots that are in a room already, where somebody else brought them in: they are remembered, and get the power they are to have. */
export class BotAdoption {
  readonly #deps: BotAdoptionDeps;
  readonly #levels: BotLevels;

  constructor(deps: BotAdoptionDeps) {
    this.#deps = deps;
    this.#levels = new BotLevels(deps.matrix);
  }

  /** Whether a command would take on a bot, rather than invite one. True again for the same command after a crash. */
  async fits(room: RoomId, user: UserId, cause: EventId): Promise<boolean> {
    const { matrix, documents } = this.#deps;
    const [membership, document] = await Promise.all([
      membershipIn(matrix, room, user),
      documents.get(roomDocument, room),
    ]);
    if (membership !== "join") return false;
    const record = botsOf(document).find((one) => one.user === user);
    if (record === undefined) return true;
    return (
      record.cause === cause &&
      !setUpsOf(document).some((one) => one.cause === cause) &&
      changeOf(document, cause)?.deed !== "add-bot"
    );
  }

  /** Does it. No first words are said: whoever brought the bot in has set it up. `name` is what it is called when its power is undone. */
  async adopt(
    room: RoomId,
    { user, level, person, cause }: BotOrder,
    name: string,
  ): Promise<BotResult & { readonly is: "joined" }> {
    const { documents, clock } = this.#deps;
    const at = clock.now();
    const wanted: BotRecord = { id: botId(user), user, addedBy: person, addedAt: at, cause, level };
    const document = await documents.update(roomDocument, room, (now) =>
      botsOf(now).some((one) => one.user === user) ? now : withBot(now, wanted),
    );
    const record = botsOf(document).find((one) => one.user === user) ?? wanted;
    const before = await this.#levels.given(room, user);
    const given = await this.#levels.give(room, record);
    if (given === "given") {
      const levels = { before, after: await this.#levels.given(room, user) };
      const change = {
        cause,
        person,
        at,
        deed: "set-bot" as const,
        id: record.id,
        name,
        user,
        level: levels,
      };
      await documents.update(roomDocument, room, (now) => withChanges(now, [change], at));
    }
    return { is: "joined", level: given };
  }
}
