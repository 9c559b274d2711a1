import { z } from "zod";
import { asUserId, serverOf, type UserId } from "../../../kernel/ids.ts";
import type { StateEvent } from "../../../matrix/port.ts";

/** The types of the state with which bridges say what a room is linked to (MSC2346, by both of its names). */
const MARKS = ["m.bridge", "uk.half-shot.bridge"];

const named = z.object({ id: z.string(), displayname: z.string().optional().catch(undefined) });

/** The sorts that are not built with bridgev2 and still mark their rooms, by how their keys begin. */
const OLDER: readonly (readonly [key: string, id: string, connector: string])[] = [
  ["net.maunium.telegram://telegram/", "telegram", "mautrix-telegram"],
  ["fi.mau.discord://discord/", "discord", "mautrix-discord"],
];

const mark = z.object({
  bridgebot: z.string(),
  protocol: named,
  network: named.optional().catch(undefined),
  channel: named.optional().catch(undefined),
  "com.beeper.room_type": z.string().optional().catch(undefined),
  "com.beeper.room_type.v2": z.string().optional().catch(undefined),
});

/** A bridge by what its bot says in a room. */
export interface Marked {
  readonly bot: UserId;
  /** In words that an entry of the catalogue can have. */
  readonly id: string;
  readonly name: string;
  /** Of which sort it is, where its mark says that it is none of bridgev2's. */
  readonly connector?: string | undefined;
}

/** What a bridge's bot says that a room is linked to. */
export interface MarkedLink {
  readonly bot: UserId;
  readonly to: string;
}

/**
 * The bridges of mautrix that have marked this room, where their bot is of this server: what the catalogue could offer.
 */
export function markedBridges(state: readonly StateEvent[], server: string): readonly Marked[] {
  return marks(state).flatMap(({ bot, stateKey, said: { protocol } }) => {
    if (serverOf(bot) !== server) return [];
    const [, older, connector] = OLDER.find(([key]) => stateKey.startsWith(key)) ?? [];
    if (older !== undefined)
      return [{ bot, id: older, name: oneLine(protocol.displayname) ?? older, connector }];
    // So bridgev2 writes its keys. Other bridges are told by the names of their bots alone.
    if (!stateKey.includes("/") || stateKey.includes(":")) return [];
    const id = entryId(protocol.id.slice(protocol.id.lastIndexOf("/") + 1));
    return id === undefined ? [] : [{ bot, id, name: oneLine(protocol.displayname) ?? id }];
  });
}

/** What else a room is linked to: each bridge once, without those that Usher has linked it by (`known`). */
export function linksOfOthers(
  state: readonly StateEvent[],
  known: ReadonlySet<UserId>,
): readonly MarkedLink[] {
  const links = new Map<UserId, MarkedLink>();
  for (const { bot, said } of marks(state)) {
    if (known.has(bot) || links.has(bot)) continue;
    const { channel, network, protocol } = said;
    const parts = [channel, network ?? protocol].flatMap((part) => {
      const name = part && (oneLine(part.displayname) ?? oneLine(part.id));
      return name === undefined ? [] : [name];
    });
    links.set(bot, { bot, to: parts.join(" on ") || bot });
  }
  return [...links.values()].slice(0, MOST_LINKS);
}

/** More of them than anybody has; a member with the power can have many accounts write such marks. */
const MOST_LINKS = 5;

interface Mark {
  readonly bot: UserId;
  readonly stateKey: string;
  readonly said: z.infer<typeof mark>;
}

/**
 * The marks that tell the truth: written by the bot that they name, which is in the room. Whoever has the power writes a mark that names anybody; a mark may be left over; and what people
 * use to sort their chats is marked as well, without being linked.
 */
function marks(state: readonly StateEvent[]): readonly Mark[] {
  const joined = new Set(
    state.flatMap(({ type, stateKey, content }) =>
      type === "m.room.member" && content["membership"] === "join" ? [stateKey] : [],
    ),
  );
  return state.flatMap(({ type, stateKey, sender, content }) => {
    const read = MARKS.includes(type) ? mark.safeParse(content) : undefined;
    if (read?.data === undefined) return [];
    const { bridgebot, ...said } = read.data;
    // What an account may be called today. Older ones may hold almost anything.
    const bot = /^@[a-z0-9._=/+-]+:/.test(bridgebot) ? asUserId(bridgebot) : undefined;
    if (bot === undefined || bot !== sender || !joined.has(bot)) return [];
    const kind = said["com.beeper.room_type.v2"] ?? said["com.beeper.room_type"];
    return kind === "personal_filtering_space" ? [] : [{ bot, stateKey, said: read.data }];
  });
}

function entryId(said: string): string | undefined {
  const id = said.toLowerCase().replaceAll(/[^a-z0-9-]/g, "");
  return /^[a-z][a-z0-9-]{1,31}$/.test(id) ? id : undefined;
}

/** Without what cannot be seen or turns the line; undefined where nothing is left. */
function oneLine(said = ""): string | undefined {
  const line = said
    .slice(0, 200)
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "")
    .trim()
    .slice(0, 60);
  return line === "" ? undefined : line;
}
