import { quote } from "../../chat/tokenize.ts";
import type { KnownBot } from "./order.ts";
import { levelNeeds } from "./levels.ts";
import { isHere } from "./presence.ts";
import { UsherError } from "../../kernel/errors.ts";
import { asUserId, type RoomId } from "../../kernel/ids.ts";
import { nearest } from "../../kernel/nearest.ts";
import { levelOf, POWER_LEVELS } from "../../matrix/power.ts";
import type { ItemChange, ItemCommands } from "../../integrations/itemCommands.ts";
import type { BotDeps } from "./addBot.ts";
import { managedView } from "./maubot/view.ts";
import { listView, namedView, nameOf, shownView } from "./views.ts";

type Parts = Pick<BotDeps, "matrix" | "bots" | "maubot">;

/** Bots, for the commands that go by id. A bot is named by its id or its account; accounts are what is confirmed, for they stay what they are. */
export function botItems(parts: Parts): ItemCommands {
  const one = async (room: RoomId, id: string): Promise<KnownBot> => {
    const bot = await parts.bots.find(room, id);
    if (bot === undefined) throw new UsherError("bot-absent", { id });
    return bot;
  };

  return {
    list: async (room) => {
      const { matrix, bots } = parts;
      const [all, power, tombstone] = await Promise.all([
        bots.list(room),
        matrix.power(room),
        matrix.state(room, "m.room.tombstone", ""),
      ]);
      if (all.length === 0) return undefined;
      const replaced = tombstone?.["replacement_room"] !== undefined;
      return { template: "list/bots", view: { ...listView(all, power), replaced } };
    },
    things: async (room) =>
      (await parts.bots.list(room)).map((bot) => ({
        id: bot.id,
        name: nameOf(bot),
        also: [bot.user, ...(bot.entry === undefined ? [] : [bot.entry.id])],
      })),
    claims: asUserId,
    show: async (room, id) => {
      const { matrix, maubot } = parts;
      const [bot, power] = await Promise.all([one(room, id), matrix.power(room), maubot?.look()]);
      const managed = managedView(bot.user, maubot);
      return { template: "bot/shown", view: { ...shownView(bot, power), managed } };
    },
    set: setting(parts, one),
    remove: removing(parts, one),
  };
}

type One = (room: RoomId, id: string) => Promise<KnownBot>;

function setting(parts: Parts, one: One): ItemChange<ReadonlyMap<string, string>> {
  const preview = async (
    room: RoomId,
    id: string,
    change: ReadonlyMap<string, string>,
  ): Promise<{ bot: KnownBot; level: number; has: number }> => {
    const level = levelIn(change);
    const bot = await one(room, id);
    const has = levelOf(await parts.matrix.power(room), bot.user);
    if (has === Infinity) throw new UsherError("bot-creator", { user: bot.user });
    return { bot, level, has };
  };
  return {
    usual: [{ kind: "state", type: POWER_LEVELS }],
    needs: async (id, change, { room }) => {
      const { bot, level } = await preview(room, id, change);
      return {
        deed: "set-bot",
        needs: levelNeeds(await parts.matrix.power(room), bot.user, level, "exactly"),
      };
    },
    plan: async (id, change, { room }) => {
      const { bot, level, has } = await preview(room, id, change);
      const view = { ...namedView(bot), level };
      if (has === level) return { nothing: { template: "bot/level-same", view } };
      return {
        preview: { template: "bot/level-preview", view: { ...view, has } },
        exactly: `set ${quote(bot.user)} level=${String(level)}`,
      };
    },
    perform: async (id, change, { room, person, event }) => {
      const { bot, level } = await preview(room, id, change);
      await parts.bots.setLevel(room, { user: bot.user, level, person, cause: event });
      return { template: "bot/level-set", view: { ...namedView(bot), level } };
    },
  };
}

/** Power is all that can be changed of a bot. */
function levelIn(change: ReadonlyMap<string, string>): number {
  const other = [...change.keys()].find((key) => key !== "level");
  const said = change.get("level") ?? "";
  if (other !== undefined)
    throw new UsherError("bot-setting-unknown", {
      setting: other,
      nearest: nearest(other, ["level"]),
    });
  const level = /^\d{1,3}$/.test(said) ? Number(said) : NaN;
  if (!(level <= 100)) throw new UsherError("bot-level-invalid", { setting: "level" });
  return level;
}

function removing(parts: Parts, one: One): ItemChange<undefined> {
  return {
    usual: [{ kind: "kick" }],
    needs: async (id, _, { room }) => {
      const bot = await parts.bots.find(room, id);
      if (bot === undefined || !isHere(bot.presence))
        return { deed: "remove-bot", needs: [{ kind: "kick" }] };
      if (levelOf(await parts.matrix.power(room), bot.user) === Infinity)
        throw new UsherError("bot-creator", { user: bot.user });
      return { deed: "remove-bot", needs: [{ kind: "kick", user: bot.user }] };
    },
    plan: async (id, _, { room }) => {
      const bot = await one(room, id);
      const exactly = `remove ${quote(bot.user)}`;
      if (!isHere(bot.presence)) return { unseen: true, exactly };
      const joined = bot.presence.is === "joined";
      const itself = joined && (await parts.bots.leavesByItself(bot.user));
      const words = joined && !itself ? bot.entry?.leaveWords : undefined;
      return {
        preview: {
          template: "bot/remove-preview",
          view: { ...namedView(bot), addedBy: bot.record?.addedBy, words, itself },
        },
        exactly,
      };
    },
    perform: async (id, _, { room, person, event }) => {
      const bot = await parts.bots.find(room, id);
      // Found again after a crash, when all was done but the answer.
      if (bot === undefined) return { template: "bot/already-gone", view: { name: id } };
      const how = await parts.bots.remove(room, { user: bot.user, person, cause: event });
      if (how === "gone") return { template: "bot/already-gone", view: { name: nameOf(bot) } };
      return { template: "bot/removed", view: { ...namedView(bot), kicked: how === "kicked" } };
    },
  };
}
