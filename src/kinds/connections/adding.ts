import type { Answer, Deed, Plan, Request } from "../../chat/command.ts";
import { seesPast } from "../../integrations/seesPast.ts";
import { UsherError, type View } from "../../kernel/errors.ts";
import type { RoomId, UserId } from "../../kernel/ids.ts";
import type { RoomEncryption, RoomState } from "../../matrix/port.ts";
import { addedAnswer } from "./answers.ts";
import type { Connections, KnownConnection } from "./connections.ts";
import type { Target } from "./target.ts";
import { offeredEntry, type ConnectionEntry } from "./entries.ts";
import { connectionNeeds } from "./needs.ts";
import { connectionId } from "./records.ts";
import type { HookshotSettings } from "./settings.ts";
import type { Sort } from "./sorts.ts";
import { hostView } from "./views.ts";

/** What the commands that add something work with. */
export interface AddDeps {
  readonly matrix: RoomEncryption & Pick<RoomState, "state">;
  readonly connections: Connections;
  /** What can be added. */
  readonly entries: readonly ConnectionEntry[];
  readonly settings: HookshotSettings | undefined;
}

/** What adding something of this sort takes. */
export async function adding(
  { connections, entries }: AddDeps,
  room: RoomId,
  sort: Sort,
): Promise<Deed> {
  offeredEntry(entries, sort.id);
  const needs = await connectionNeeds(connections, room, { bot: connections.bot, sort });
  return { deed: "add-connection", needs };
}

/** Rejects where hookshot should not come, or would itself refuse the person: it takes Usher's word, and asks nobody else. */
async function refuseEarly(
  { matrix, connections, entries, settings }: AddDeps,
  room: RoomId,
  { person, sort }: { readonly person: UserId; readonly sort: Sort },
): Promise<void> {
  offeredEntry(entries, sort.id);
  const { bot } = connections;
  const [encryption, membership] = await Promise.all([
    matrix.encryption(room),
    connections.membership(room, bot),
  ]);
  if (encryption !== "none" && settings?.encrypts !== true)
    throw new UsherError("hookshot-encrypted");
  if (membership === "ban") throw new UsherError("hookshot-bot-banned", { bot });
  await connections.level.refuseBelow(room, person, sort);
}

/** What is to be confirmed. `words`: the command, whole. `more`: what the preview of this sort is filled with beside. */
export async function planned(
  deps: AddDeps,
  {
    sort,
    target,
    words,
    more = {},
  }: {
    readonly sort: Sort;
    readonly target: Target;
    readonly words: string;
    readonly more?: View;
  },
  { room, person }: Pick<Request, "room" | "person">,
): Promise<Plan> {
  const { connections, matrix, entries } = deps;
  await refuseEarly(deps, room, { person, sort });
  const { key, name, entry } = target;
  const { bot } = connections;
  const [known, visibility, encryption, { given }] = await Promise.all([
    connections.find(room, connectionId(entry, room, key)),
    matrix.state(room, "m.room.history_visibility", ""),
    matrix.encryption(room),
    connections.level.wanted(room, bot, sort),
  ]);
  if (known !== undefined && (known.live || known.halfDone)) return { nothing: existing(known) };
  await connections.hookshot.refuseOff(sort);
  return {
    preview: {
      template: `connection/${entry}-preview` as const,
      view: {
        ...{ name, key, bot, level: given ?? undefined, ...more },
        ...hostView(offeredEntry(entries, sort.id)),
        seesPast: seesPast(encryption, visibility),
      },
    },
    exactly: words,
  };
}

/** Sets it up, and says what came of it. What somebody else has set up meanwhile is left alone: of two of one name only one works. */
export async function added(
  deps: AddDeps,
  { sort, target }: { readonly sort: Sort; readonly target: Target },
  { room, person, event }: Pick<Request, "room" | "person" | "event">,
): Promise<Answer> {
  const { connections } = deps;
  await refuseEarly(deps, room, { person, sort });
  const id = connectionId(target.entry, room, target.key);
  const known = await connections.find(room, id);
  if (known?.live === true && !known.halfDone && known.record?.cause !== event)
    return existing(known);
  const outcome = await connections.add(room, target, { person, cause: event });
  return addedAnswer(outcome, { ...target, id, person, bot: connections.bot });
}

function existing({ id, name, record, idle, halfDone }: KnownConnection): Answer {
  const template = halfDone ? "connection/half-done" : "connection/exists";
  return { template, view: { id, name, addedBy: record?.addedBy, idle: idle !== undefined } };
}
