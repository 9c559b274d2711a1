import { quote } from "../../chat/tokenize.ts";
import type { Answer } from "../../chat/command.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { ItemChange, ItemCommands } from "../../integrations/itemCommands.ts";
import type { Named } from "../../integrations/match.ts";
import { UsherError, type View } from "../../kernel/errors.ts";
import type { RoomId } from "../../kernel/ids.ts";
import { nameOf, type Connections, type KnownConnection } from "./connections.ts";
import type { ConnectionEntry } from "./entries.ts";
import { addWords, handWords, isByHand } from "./handWords.ts";
import { removalNeeds } from "./needs.ts";
import { setting } from "./setting.ts";
import { sortOf, type Sort } from "./sorts.ts";
import { faultView, hostView, rowView } from "./views.ts";

interface ItemDeps {
  readonly connections: Connections;
  readonly clock: Pick<Clock, "now">;
  readonly entries: readonly ConnectionEntry[];
}

/** What others have written into the room's state may be without end; Usher's own come first. */
const MOST_LISTED = 100;

/** Connections, for the commands that go by id. */
export function connectionItems(deps: ItemDeps): ItemCommands {
  const { connections, entries, clock } = deps;
  const sortName = ({ entry }: KnownConnection): string =>
    entries.find(({ id }) => id === entry)?.name ?? entry;
  return {
    list: async (room) => {
      const all = await connections.list(room);
      if (all.length === 0) return undefined;
      const listed = all.slice(0, MOST_LISTED);
      const rows = listed.map((one) => rowView(one, sortName(one), clock.now()));
      const more = all.length - listed.length;
      return { template: "list/connections", view: { connections: rows, more } };
    },
    things: async (room) => (await connections.list(room)).map(called),
    show: async (room, id) => {
      const found = await one(connections, room, id);
      const entry = entries.find((known) => known.id === found.entry);
      const view = {
        ...rowView(found, sortName(found), clock.now()),
        ...secretView(connections, found),
        ...handView(connections, found),
        ...{ ...(await readView(connections, room, found)), here: entry !== undefined },
        ...(entry && hostView(entry)),
        fault: entry && faultView(await connections.health()),
      };
      return { template: "connection/shown", view };
    },
    set: setting({ connections, clock }),
    remove: removing(connections),
  };
}

/** What people may call it: by its sort and its name too. */
export function called({ id, name, key, entry }: KnownConnection): Named {
  return { id, name, also: [key, nameOf(key), `${entry} ${name}`] };
}

/** Where what is written goes, and what somebody must still type themselves. */
function handView(connections: Connections, found: KnownConnection): View {
  const { halfDone, live, record, state, entry } = found;
  const sort = sortOf(entry);
  if (!halfDone || live || record === undefined || sort?.logIn === undefined)
    return { url: state?.url, bot: undefined, hand: undefined };
  return { url: undefined, bot: connections.bot, hand: handWords(sort, record) };
}

/** Whether it has a secret, and who has it. */
function secretView(connections: Connections, { entry, live, state }: KnownConnection): View {
  const isSecret = live && sortOf(entry)?.secret !== undefined;
  const open = isSecret && state?.open === true;
  return {
    open,
    again: isSecret && !open && connections.tellsAgain,
    once: isSecret && !open && !connections.tellsAgain,
  };
}

/** How the feed was read last, in a word. */
async function readView(
  connections: Connections,
  room: RoomId,
  found: KnownConnection,
): Promise<View> {
  const sort = sortOf(found.entry);
  const results = sort && found.live ? await connections.lastResults(room, found, sort) : undefined;
  const [last] = results ?? [];
  return { isRead: last?.ok === true, unread: last?.ok === false ? last.error : undefined };
}

function removing(connections: Connections): ItemChange<undefined> {
  return {
    usual: [{ kind: "kick" }],
    needs: async (id, _, { room }) => {
      const found = await connections.find(room, id);
      const sort = sortOf(found?.entry ?? "");
      if (found === undefined || sort === undefined)
        return { deed: "remove-connection", needs: [] };
      const needs = await removalNeeds(connections, room, sort, found.record);
      return { deed: "remove-connection", needs };
    },
    plan: async (id, _, { room, person }) => {
      const found = await one(connections, room, id);
      await connections.level.refuseBelow(room, person, sortOf(found.entry) as Sort);
      const goes = found.record !== undefined && (await isLast(connections, room, found));
      const { name, record } = found;
      const leaves = goes ? connections.bot : undefined;
      return {
        preview: {
          template: "connection/remove-preview",
          view: { name, addedBy: record?.addedBy, bot: leaves, ends: endsView(found) },
        },
        exactly: `remove ${quote(id)}`,
      };
    },
    perform: async (id, _, { room, person, event }) => {
      const found = await connections.find(room, id);
      const sort = sortOf(found?.entry ?? "");
      if (sort !== undefined) await connections.level.refuseBelow(room, person, sort);
      // Found again after a crash, when all was done but the answer.
      const how = await connections.remove(room, id, { person, cause: event });
      if (found === undefined || how === "gone")
        return { template: "connection/already-gone", view: { name: found?.name ?? id } };
      const { name, state, record } = found;
      const again = isByHand(found) ? addWords({ ...found, ...state, ...record }) : undefined;
      return { template: "connection/removed", view: { name, ends: endsView(found), again } };
    },
  };
}

/** What is over with it. */
function endsView({ entry }: KnownConnection): Answer {
  return { template: `connection-ends/${entry}`, view: {} };
}

/** Whether the bot leaves with it. */
async function isLast(
  { departure }: Connections,
  room: RoomId,
  { record }: KnownConnection,
): Promise<boolean> {
  return (
    record !== undefined && record.wasHere !== true && !(await departure.isOfUse(room, record))
  );
}

async function one(connections: Connections, room: RoomId, id: string): Promise<KnownConnection> {
  const found = await connections.find(room, id);
  if (found === undefined) throw new UsherError("connection-gone", { id });
  return found;
}
