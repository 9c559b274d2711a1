import { integer, type ArgumentKind } from "../../chat/arguments.ts";
import { defineCommand, optional, required, type Command } from "../../chat/command.ts";
import { quote } from "../../chat/tokenize.ts";
import type { BotEntry } from "./config.ts";
import type { BotAdoption } from "./adoption.ts";
import type { Bots } from "./bots.ts";
import { levelNeeds } from "./levels.ts";
import { resultAnswer } from "./result.ts";
import { UsherError } from "../../kernel/errors.ts";
import { asUserId, type UserId } from "../../kernel/ids.ts";
import { nearest } from "../../kernel/nearest.ts";
import { isAborted, reasonOf } from "../../matrix/errors.ts";
import type {
  OwnAccount,
  PowerLevels,
  Profiles,
  RoomEncryption,
  RoomMembers,
  RoomState,
} from "../../matrix/port.ts";
import { aboutBot, namedView, whatItDoes, nameOf } from "./views.ts";

/** What the commands about bots work with. */
export interface BotDeps {
  readonly matrix: OwnAccount &
    Pick<RoomState, "state"> &
    PowerLevels &
    RoomEncryption &
    RoomMembers &
    Pick<Profiles, "account">;
  readonly bots: Bots;
  readonly adoption: BotAdoption;
  /** What can be added by name. */
  readonly entries: readonly BotEntry[];
  /** For the answer that a bot has not come; s. */
  readonly joinSeconds: number;
}

/** `add bot <name or Matrix ID>`: invites a bot, waits for it, and gives it the power it needs. */
export function addBot(parts: BotDeps): Command {
  const orderOf = (
    said: string,
    level: number | undefined,
  ): { user: UserId; entry: BotEntry | undefined; level: number } => {
    const { user, entry } = resolve(said, parts);
    if (user === parts.matrix.me) throw new UsherError("bot-self", {});
    return { user, entry, level: level ?? entry?.level ?? 0 };
  };

  return defineCommand({
    words: "add bot",
    aliases: ["bot add", "addbot"],
    suits: (word) =>
      asUserId(word) !== undefined ||
      parts.entries.some(({ id, name }) => [id, name.toLowerCase()].includes(word.toLowerCase())),
    parameters: { bot: required(botName()) },
    options: { level: optional(integer("level", 0, 100)) },
    example: "add bot @poll:example.org",
    changes: true,
    needs: () => [{ kind: "invite" }],
    needsHere: async (input, { room }) => {
      const { matrix } = parts;
      const { user, level } = orderOf(input.bot, input.level);
      const [{ joined, invited }, power] = await Promise.all([
        matrix.members(room),
        matrix.power(room),
      ]);
      if (joined.has(user) && (await parts.bots.record(room, user)) !== undefined)
        return { deed: "add-bot", needs: [] };
      const invitation = invited.has(user) ? [] : [{ kind: "invite" } as const];
      const raise = levelNeeds(power, user, level);
      return {
        deed: raise.length > 0 ? "add-bot-with-power" : "add-bot",
        needs: [...invitation, ...raise],
      };
    },
    plan: async (input, { room }) => {
      const { matrix, bots } = parts;
      const { user, entry, level } = orderOf(input.bot, input.level);
      const [presence, record, power] = await Promise.all([
        bots.presence(room, user),
        bots.record(room, user),
        matrix.power(room),
      ]);
      const raised = levelNeeds(power, user, level).length > 0;
      const exactly = `add bot ${quote(user)} level=${String(level)}`;
      const named = namedView({ user, entry });
      if (presence.is === "joined" && record !== undefined)
        return { nothing: { template: "bot/exists", view: { ...named, addedBy: record.addedBy } } };
      if (presence.is === "joined") {
        const view = { ...named, ...aboutBot(user, entry), level: raised ? level : undefined };
        return {
          preview: { template: "bot/adopt-preview", view },
          cautions: whatItDoes(entry),
          exactly,
        };
      }
      if (presence.is === "invited" && record !== undefined) {
        return {
          nothing: { template: "bot/still-invited", view: { ...named, addedBy: record.addedBy } },
        };
      }
      if (presence.is === "banned") throw new UsherError("bot-banned", { user, by: presence.by });
      const [visibility, encryption, account] = await Promise.all([
        matrix.state(room, "m.room.history_visibility", ""),
        matrix.encryption(room),
        matrix.account(user),
      ]);
      const closed =
        visibility?.["history_visibility"] === "joined" ||
        visibility?.["history_visibility"] === "invited";
      return {
        preview: {
          template: "bot/preview",
          view: {
            ...namedView({ user, entry }, account.is === "known" ? account.name : undefined),
            ...aboutBot(user, entry),
            // "0" would not be said: nobody is told of a power that everybody has.
            level: raised ? level : undefined,
            noAccount: account.is === "unknown",
            noAnswer: account.is === "unreachable",
            words: entry?.firstWords,
            seesPast: encryption === "none" && !closed,
          },
        },
        cautions: whatItDoes(entry),
        exactly,
      };
    },
    perform: async (input, { room, person, event }) => {
      const { user, entry, level } = orderOf(input.bot, input.level);
      const order = { user, level, person, cause: event };
      if (await parts.adoption.fits(room, user, event)) {
        const named = namedView({ user, entry });
        const { level: given } = await parts.adoption.adopt(room, order, nameOf({ user, entry }));
        return {
          template: "bot/adopted",
          view: { ...named, level, given: given === "given", withheld: given === "withheld" },
        };
      }
      const result = await parts.bots.add(room, order).catch((error: unknown) => {
        throw refusal(error, user);
      });
      return resultAnswer(result, { user, entry, level, seconds: parts.joinSeconds });
    },
  });
}

/** A refusal of the invitation with the homeserver's reason for it, which only whoever asked can make sense of. */
export function refusal(error: unknown, user: UserId): unknown {
  if (!(error instanceof UsherError) || error.code !== "room-unreachable") return error;
  const { action, passing } = error.view;
  if (action !== "invite" || isAborted(error)) return error;
  return new UsherError(
    "bot-invite-refused",
    { user, passing, reason: reasonOf(error) },
    { cause: error },
  );
}

/** The account that is meant: by its Matrix ID, or by its id or name in the catalogue. `bot-unknown`, `bot-disabled`. */
function resolve(
  said: string,
  { entries }: Pick<BotDeps, "entries">,
): { readonly user: UserId; readonly entry: BotEntry | undefined } {
  const wanted = said.toLowerCase();
  const account = asUserId(said);
  const entry = entries.find(({ id, name, user }) =>
    account === undefined ? id === wanted || name.toLowerCase() === wanted : user === account,
  );
  if (entry?.enabled === false) throw new UsherError("bot-disabled", { name: entry.name });
  const user = entry?.user ?? account;
  if (user !== undefined) return { user, entry };
  const offered = entries.filter(({ enabled }) => enabled);
  throw new UsherError("bot-unknown", {
    said,
    nearest: nearest(
      said,
      offered.map(({ id }) => id),
    ),
  });
}

/** A bot by its name in the catalogue, or by Matrix ID, pill or link. */
function botName(): ArgumentKind<string> {
  return {
    label: "bot",
    read: ({ text }) => {
      if (text.trim() === "") return { problem: "text-empty" };
      if (!text.startsWith("@"))
        return text.length > 60
          ? { problem: "text-too-long", view: { max: 60 } }
          : { value: text.trim() };
      const account = asUserId(text) ?? asUserId(text.replace(/[:,]$/, ""));
      return account === undefined ? { problem: "user-invalid" } : { value: account };
    },
  };
}
