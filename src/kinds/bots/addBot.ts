import { integer, offering, type ArgumentKind } from "../../chat/arguments.ts";
import {
  defineCommand,
  optional,
  required,
  type Answer,
  type Command,
  type Plan,
  type Preview,
} from "../../chat/command.ts";
import { quote } from "../../chat/tokenize.ts";
import { offeredIds } from "../../integrations/catalogue.ts";
import { seesPast } from "../../integrations/seesPast.ts";
import { addingNeeds, addingOf } from "./adding.ts";
import type { BotEntry } from "./config.ts";
import type { BotAdoption } from "./adoption.ts";
import type { Bots } from "./bots.ts";
import { levelNeeds } from "./levels.ts";
import type { Maubot } from "./maubot/maubot.ts";
import { resultAnswer, type BotResult } from "./result.ts";
import { UsherError, type View } from "../../kernel/errors.ts";
import { asUserId, type RoomId, type UserId } from "../../kernel/ids.ts";
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
  readonly maubot: Pick<Maubot, "look" | "ready" | "runs" | "bot" | "fault"> | undefined;
  /** What can be added by name. */
  readonly entries: readonly BotEntry[];
  /** For the answer that a bot has not come; s. */
  readonly joinSeconds: number;
}

/** What was asked for: `level` is the power that it is to have at least. */
interface WantedBot {
  readonly user: UserId;
  readonly entry: BotEntry | undefined;
  readonly level: number;
}

/** `add bot <name or Matrix ID>`: invites a bot, waits for it, and gives it the power it needs. */
export function addBot(parts: BotDeps): Command {
  return defineCommand({
    words: "add bot",
    aliases: ["bot add", "addbot"],
    suits: (word) =>
      asUserId(word) !== undefined ||
      parts.entries.some(({ id, name }) => [id, name.toLowerCase()].includes(word.toLowerCase())),
    parameters: { bot: required(offering(botName(), () => offeredIds(parts.entries))) },
    options: { level: optional(integer("level", 0, 100)) },
    example: "add bot @poll:example.org",
    changes: true,
    needs: () => [{ kind: "invite" }],
    needsHere: async (input, { room }) => {
      const { matrix, bots, maubot } = parts;
      await maubot?.look();
      const wanted = wantedBot(parts, input);
      const [members, power, record] = await Promise.all([
        matrix.members(room),
        matrix.power(room),
        bots.record(room, wanted.user),
      ]);
      return addingNeeds(wanted, members, power, record);
    },
    plan: async (input, { room }) => planned(parts, wantedBot(parts, input), room),
    perform: async (input, { room, person, event }) => {
      const wanted = wantedBot(parts, input);
      const { user, level } = wanted;
      const order = { user, level, person, cause: event };
      if (await parts.adoption.fits(room, user, event)) {
        const { level: given } = await parts.adoption.adopt(room, order, nameOf(wanted));
        return adoptedAnswer(wanted, given);
      }
      const result = await parts.bots.add(room, order).catch((error: unknown) => {
        throw refusal(error, user);
      });
      return resultAnswer(result, { ...wanted, seconds: parts.joinSeconds });
    },
  });
}

/** The bot that is meant and the power it is to have. Rejects as `resolve` does, and with `bot-self`. */
function wantedBot(
  parts: BotDeps,
  { bot, level }: { readonly bot: string; readonly level: number | undefined },
): WantedBot {
  const { user, entry } = resolve(bot, parts);
  if (user === parts.matrix.me) throw new UsherError("bot-self", {});
  return { user, entry, level: level ?? entry?.level ?? 0 };
}

/** What is to be confirmed, by how the bot stands to the room. Rejects with `bot-banned`. */
async function planned(
  { matrix, bots, maubot }: BotDeps,
  wanted: WantedBot,
  room: RoomId,
): Promise<Plan> {
  const { user, entry, level } = wanted;
  const [presence, record, power] = await Promise.all([
    bots.presence(room, user),
    bots.record(room, user),
    matrix.power(room),
  ]);
  const previewed = (preview: Preview): Plan => ({
    preview,
    cautions: whatItDoes(entry),
    exactly: `add bot ${quote(user)} level=${String(level)}`,
  });
  const about = {
    ...aboutBot(user, entry),
    // "0" would not be said: nobody is told of a power that everybody has.
    level: levelNeeds(power, user, level).length > 0 ? level : undefined,
  };
  const adding = addingOf(presence, record);
  switch (adding.is) {
    case "here":
    case "awaited": {
      const template = adding.is === "here" ? "bot/exists" : "bot/still-invited";
      return { nothing: { template, view: { ...namedView(wanted), addedBy: adding.addedBy } } };
    }
    case "banned":
      throw new UsherError("bot-banned", { user, by: adding.by });
    case "adopt":
      return previewed({ template: "bot/adopt-preview", view: { ...namedView(wanted), ...about } });
    case "invite": {
      await maubot?.ready(user);
      const invited = await invitedView(matrix, wanted, room);
      return previewed({ template: "bot/preview", view: { ...about, ...invited } });
    }
  }
}

/** What an invitation comes to: who it reaches, what is said to it, and what it will read. */
async function invitedView(
  matrix: BotDeps["matrix"],
  { user, entry }: WantedBot,
  room: RoomId,
): Promise<View> {
  const [visibility, encryption, account] = await Promise.all([
    matrix.state(room, "m.room.history_visibility", ""),
    matrix.encryption(room),
    matrix.account(user),
  ]);
  return {
    ...namedView({ user, entry }, account.is === "known" ? account.name : undefined),
    noAccount: account.is === "unknown",
    noAnswer: account.is === "unreachable",
    words: entry?.firstWords,
    seesPast: seesPast(encryption, visibility),
  };
}

function adoptedAnswer(wanted: WantedBot, given: (BotResult & { is: "joined" })["level"]): Answer {
  return {
    template: "bot/adopted",
    view: {
      ...namedView(wanted),
      level: wanted.level,
      given: given === "given",
      withheld: given === "withheld",
    },
  };
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
  throw new UsherError("bot-unknown", { said, nearest: nearest(said, offeredIds(entries)) });
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
