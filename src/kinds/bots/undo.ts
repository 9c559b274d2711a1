import type { PowerLevels } from "../../matrix/port.ts";
import { defaultLevel, givenLevel } from "../../matrix/power.ts";
import type { BotChange } from "./records.ts";
import type { UndoHandler } from "../../integrations/undoHandler.ts";
import type { Bots } from "./bots.ts";
import { levelNeeds } from "./levels.ts";
import { isHere } from "./presence.ts";

/** Takes out again what was brought, brings back what was taken out, and gives bots the power they had. */
export function botUndoHandler(bots: Bots, matrix: PowerLevels): UndoHandler<BotChange> {
  return {
    deeds: { "add-bot": "undo/take-out", "remove-bot": "undo/bring-back", "set-bot": "undo/power" },
    usual: [{ kind: "kick" }],
    thing: ({ user }) => user,
    stands: async (room, { deed, user, level }) => {
      const [presence, power, record, halfDone] = await Promise.all([
        bots.presence(room, user),
        matrix.power(room),
        bots.record(room, user),
        bots.isHalfDone(room, user),
      ]);
      const has = givenLevel(power, user) ?? null;
      const here = isHere(presence);
      switch (deed) {
        case "add-bot": {
          if (!here) return "before";
          // The power of one that has not come is still to be given.
          const expected = [level.after, record?.level, ...(halfDone ? [null] : [])];
          return record !== undefined && expected.includes(has) ? "after" : "otherwise";
        }
        case "remove-bot":
          return here ? "before" : presence.is === "banned" ? "otherwise" : "after";
        case "set-bot":
          // The power of one that is gone shows nowhere.
          return !here || has === level.before
            ? "before"
            : has === level.after
              ? "after"
              : "otherwise";
      }
    },
    needs: async (room, { deed, user, level: { before } }) => {
      const power = await matrix.power(room);
      switch (deed) {
        case "add-bot":
          return [{ kind: "kick", user }];
        case "remove-bot":
          return [{ kind: "invite" }, ...(before === null ? [] : levelNeeds(power, user, before))];
        case "set-bot":
          return levelNeeds(power, user, before ?? defaultLevel(power), "exactly");
      }
    },
    undo: async (room, { deed, user, level: { before } }, { person, cause }) => {
      switch (deed) {
        case "add-bot":
          await bots.takeOut(room, { user, person, cause });
          return {};
        case "remove-bot":
          return { came: (await bots.bring(room, { user, level: before ?? 0, person, cause })).is };
        case "set-bot":
          await bots.restoreLevel(room, user, before ?? undefined);
          return {};
      }
    },
  };
}
