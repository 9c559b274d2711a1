import type { TestAnswer } from "../httpServer.ts";
import { refusal, type Content } from "./hookshotThings.ts";

/** What it does on its homeserver, as its bot. */
export interface HookshotHands {
  readonly bot: string;
  state(room: string, type: string, key?: string): Promise<Content | undefined>;
  /** The creators of a room whose version gives them all power. */
  creators(room: string): Promise<readonly string[]>;
  setState(room: string, type: string, content: Content, key: string): Promise<unknown>;
  /** Rejects where it is not invited. */
  join(room: string): Promise<void>;
  leave(room: string): Promise<void>;
  say(room: string, body: string): Promise<unknown>;
  /** Makes a room with this user alone, who is only invited yet. */
  chat(user: string): Promise<string>;
  react(room: string, event: string, key: string): Promise<unknown>;
  /** Whom an OpenID token is of. */
  userOf(token: string): Promise<string | undefined>;
}

/** Why its API does nothing for this one there. */
export async function faultOf(
  hands: HookshotHands,
  room: string,
  { user, writes }: { readonly user: string; readonly writes: boolean },
): Promise<TestAnswer | undefined> {
  const membership = async (of: string) =>
    (await hands.state(room, "m.room.member", of))?.["membership"];
  try {
    if ((await membership(hands.bot)) !== "join") await hands.join(room);
  } catch {
    return refusal(403, "HS_NOT_IN_ROOM", "Bot was not invited to the room.");
  }
  if ((await membership(user)) !== "join")
    return refusal(403, "HS_NOT_IN_ROOM", "User is not joined to the room.");
  if (!writes) return undefined;
  const levels = (await hands.state(room, "m.room.power_levels")) ?? {};
  const creators = await hands.creators(room);
  const users = (levels["users"] ?? {}) as Readonly<Record<string, number>>;
  const has = (of: string): number =>
    creators.includes(of) ? Infinity : (users[of] ?? Number(levels["users_default"] ?? 0));
  const needed = Number(levels["state_default"] ?? 50) || 50;
  for (const [of, code, who] of [
    [hands.bot, "HS_FORBIDDEN_BOT", "Bot"],
    [user, "HS_FORBIDDEN_USER", "User"],
  ] as const)
    if (has(of) < needed)
      return refusal(
        403,
        code,
        `${who} has a PL of ${String(has(of))} but needs at least ${String(needed)}.`,
      );
  return undefined;
}
