import Mustache from "mustache";
import { asUserId, type RoomId, type UserId } from "../kernel/ids.ts";
import type { RoomState } from "../matrix/port.ts";

/** Of an answer that names more people, those beyond are shown by their ids: each name is a question to the homeserver. */
const MOST = 20;
/** UTF-16 units. */
const MAX_NAME = 60;

/** A pill of ours: whatever else leads to matrix.to, as the address of a widget may, shows its address. */
const PILL = /<a href="https:\/\/matrix\.to\/#\/([^"]*)">(?!https?:)([^<]*)<\/a>/g;

/** The link that apps show as a person: a "pill" (specification, appendices, "matrix.to navigation"). `shown` is HTML. */
export function pill(user: UserId, shown: string): string {
  return `<a href="https://matrix.to/#/${encodeURIComponent(user).replace("%40", "@").replaceAll("%3A", ":")}">${shown}</a>`;
}

/** The same HTML with a person's id in place of every pill. */
export function withIds(html: string): string {
  return html.replaceAll(PILL, (whole, target: string) => {
    const user = userIn(target);
    return user === undefined ? whole : Mustache.escape(user);
  });
}

/** The same HTML without pills in what is to be typed: `<code>` holds text alone. */
export function withoutPillsInCode(html: string): string {
  return html.replaceAll(/<code>.*?<\/code>/gs, withIds);
}

/**
 * The same HTML with the names of people on their pills, as far as the room has them: an id stands for somebody, but nobody is called by it.
 * Never rejects: an id will do.
 */
export async function withNames(
  html: string,
  room: RoomId,
  matrix: Pick<RoomState, "state">,
): Promise<string> {
  const people = [
    ...new Set([...html.matchAll(PILL)].flatMap(([, target = ""]) => userIn(target) ?? [])),
  ].slice(0, MOST);
  const named = await Promise.all(
    people.map(async (user) => {
      const member = await matrix.state(room, "m.room.member", user).catch(() => undefined);
      return [user, shownName(member?.["displayname"])] as const;
    }),
  );
  const names = new Map(named);
  return html.replaceAll(PILL, (whole, target: string) => {
    const user = userIn(target);
    const name = user === undefined ? undefined : names.get(user);
    return user === undefined || name === undefined ? whole : pill(user, Mustache.escape(name));
  });
}

function userIn(target: string): UserId | undefined {
  try {
    return asUserId(decodeURIComponent(target));
  } catch {
    return undefined;
  }
}

/** A name as it may stand on a pill; undefined where it is none, or could be read as somebody's id. */
function shownName(name: unknown): string | undefined {
  if (typeof name !== "string") return undefined;
  const shown = name
    .toWellFormed()
    .replaceAll(/\p{C}+/gu, " ")
    .trim()
    .slice(0, MAX_NAME);
  return shown === "" || shown.startsWith("@") ? undefined : shown.toWellFormed();
}
