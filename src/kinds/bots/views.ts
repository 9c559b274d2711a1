import { dayOf } from "../../kernel/days.ts";
import type { Answer } from "../../chat/command.ts";
import type { BotEntry } from "./config.ts";
import type { KnownBot } from "./order.ts";
import { botId, isHere, shownLevel, type Presence } from "./presence.ts";
import type { BotRecord } from "./records.ts";
import type { View } from "../../kernel/errors.ts";
import { serverOf, type UserId } from "../../kernel/ids.ts";
import type { RoomPower } from "../../matrix/port.ts";

/** What a bot is called in sentences: by the catalogue, else by its account. What it calls itself could be anybody's name. */
export function nameOf({ user, entry }: Pick<KnownBot, "user" | "entry">): string {
  return entry?.name ?? user;
}

/**
 * How a bot stands in sentences, for the template `bot-name`. `calls`: what it calls itself, said beside its account where the catalogue has no name
 * for it.
 */
export function namedView(bot: Pick<KnownBot, "user" | "entry">, calls?: string): View {
  const name = bot.entry?.name ?? calls?.trim() ?? "";
  return {
    name: name === "" ? bot.user : name,
    user: bot.user,
    id: botId(bot.user),
    named: name !== "" && name !== bot.user,
  };
}

/** What is known of a bot and of who runs it, for the template `bot-about`: price, host, policy, outside services (R13, R17, R57, R62). */
export function aboutBot(user: UserId, entry: BotEntry | undefined): View {
  const host = entry?.host;
  return {
    description: entry?.description.replace(/\.$/, ""),
    operator: host?.by === "operator",
    who: host?.by === "third-party" ? host.who : undefined,
    policy: host === undefined || host.by === "address" ? undefined : host.policy,
    itsServer: host?.by === "address",
    unknown: entry === undefined,
    server: serverOf(user),
    service: entry?.service,
    price: entry === undefined ? undefined : `price/${entry.price}`,
  };
}

/** Told in a preview where there is room; `info` tells it too. */
export function whatItDoes(entry: BotEntry | undefined): readonly Answer[] {
  return entry === undefined
    ? []
    : [{ template: "bot/does", view: { description: entry.description.replace(/\.$/, "") } }];
}

const PRESENCES = {
  joined: "bot-presence/joined",
  invited: "bot-presence/invited",
  left: "bot-presence/left",
  kicked: "bot-presence/kicked",
  banned: "bot-presence/banned",
  absent: "bot-presence/absent",
} as const satisfies Record<Presence["is"], string>;

/** Whether it is here, as a template that says so with what fills it. */
function presenceView(presence: Presence): View {
  const since = "at" in presence ? { by: presence.by, on: dayOf(presence.at) } : {};
  return { template: PRESENCES[presence.is], view: since };
}

/** The bots of a room: those that Usher added, with who asked for each, and those that others brought in. */
export function listView(bots: readonly KnownBot[], power: RoomPower): View {
  return {
    mine: bots.flatMap((bot) =>
      bot.record === undefined ? [] : [{ ...rowView(bot, power), ...addedView(bot.record) }],
    ),
    others: bots.filter(({ record }) => record === undefined).map((bot) => rowView(bot, power)),
  };
}

/** All there is to say of one. */
export function shownView(bot: KnownBot, power: RoomPower): View {
  return {
    ...rowView(bot, power),
    ...aboutBot(bot.user, bot.entry),
    added: bot.record && addedView(bot.record),
  };
}

function rowView(bot: KnownBot, power: RoomPower): View {
  return {
    ...namedView(bot),
    presence: presenceView(bot.presence),
    // One that is gone has none, whatever the room's power levels say.
    level: isHere(bot.presence) ? shownLevel(power, bot.user) : undefined,
  };
}

function addedView({ addedBy, addedAt }: BotRecord): View {
  return { addedBy, addedOn: dayOf(addedAt) };
}
