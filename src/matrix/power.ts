import { asUserId, type UserId } from "../kernel/ids.ts";
import { declareState } from "../privacy/declared.ts";
import { MEMBERS_STATE } from "../privacy/records/members.ts";
import type { Content, RoomPower } from "./port.ts";

/** One thing somebody must be allowed to do in a room. */
export type Need = Action & {
  /** `person`: it is the rule of a program that obeys Usher in all, and Usher need not be. `usher`: Usher does it by itself, later. */
  readonly only?: "person" | "usher";
};

type Action =
  /** `key` where it may be somebody's: one that begins with "@". */
  | { readonly kind: "state"; readonly type: string; readonly key?: string }
  | { readonly kind: "message"; readonly type: string }
  | { readonly kind: "invite" | "ban" | "redact" }
  /** Kicking anybody at all, or this very person, who may stand as high as `level` by then. */
  | { readonly kind: "kick"; readonly user?: UserId; readonly level?: number }
  /** Giving somebody else this level, in `m.room.power_levels`. */
  | { readonly kind: "level"; readonly user: UserId; readonly level: number };

/** What a room's power levels may name a level for by itself. */
export type Stated = Extract<Need, { readonly kind: "state" }> | { readonly kind: "invite" };

/** The type of the state event that says who has which level. */
export const POWER_LEVELS = declareState("m.room.power_levels", MEMBERS_STATE);

/**
 * The level of a person; `Infinity` for the creators of a room of version 12 or later (MSC4289).
 * Source: Matrix specification, `m.room.power_levels`, and the authorization rules of each room version.
 */
export function levelOf(power: RoomPower, user: UserId): number {
  const { creators, levels, version } = power;
  if (creators.has(user) && creatorsOutrankAll(version)) return Infinity;
  if (levels === undefined) return creators.has(user) ? 100 : 0;
  const usersDefault = readLevel(version, own(levels, "users_default"), 0) ?? 0;
  // What is no level gives nobody power.
  return (
    readLevel(version, own(own(levels, "users"), user), usersDefault) ?? Math.min(0, usersDefault)
  );
}

/** The level of whoever the room does not name. */
export function defaultLevel(power: RoomPower): number {
  return levelOf(power, "@" as UserId);
}

/** What the room's power levels say of this very user; undefined where they say nothing that is a level. */
export function givenLevel({ version, levels }: RoomPower, user: UserId): number | undefined {
  const given = own(own(levels, "users"), user);
  return given === undefined ? undefined : readLevel(version, given, 0);
}

/**
 * The level that a need asks of a user in a room; `Infinity` for what they may not do with any. What is no level asks for 100: no room's
 * homeserver should have let it pass. Source: Matrix specification, authorization rules, `m.room.member` and `m.room.power_levels`: who is kicked,
 * or whose level is changed, must stand below; nobody gives more than they have.
 */
export function levelNeeded(power: RoomPower, need: Need, by: UserId): number {
  const { levels, version } = power;
  const named = (name: string, absent: number): number =>
    readLevel(version, own(levels, name), absent) ?? 100;
  switch (need.kind) {
    case "state":
    case "message": {
      const general =
        need.kind === "state"
          ? named("state_default", levels === undefined ? 0 : 50)
          : named("events_default", 0);
      const level = readLevel(version, own(own(levels, "events"), need.type), general) ?? 100;
      const owner = keyOwner(power, need);
      if (owner === undefined || owner === by) return level;
      return ownersCanBeOutranked(version)
        ? Math.max(level, levelOf(power, owner as UserId) + 1)
        : Infinity;
    }
    case "level": {
      const changed =
        own(own(levels, "users"), need.user) !== undefined ||
        levelOf(power, need.user) === Infinity;
      const standing = changed ? levelOf(power, need.user) + 1 : -Infinity;
      return Math.max(
        levelNeeded(power, { kind: "state", type: POWER_LEVELS }, by),
        need.level,
        standing,
      );
    }
    case "invite":
      return named("invite", 0);
    case "kick":
      return Math.max(
        named("kick", 50),
        need.user === undefined ? -Infinity : levelOf(power, need.user) + 1,
        (need.level ?? -Infinity) + 1,
      );
    case "ban":
    case "redact":
      return named(need.kind, 50);
  }
}

/**
 * Whose the state is that a need is about: a key that begins with "@" is one user's, and nobody else may write there (specification,
 * authorization rules of all room versions, 12 included). Undefined for what is nobody's own. In rooms of MSC3757 something may follow the
 * user's id after a "_", and whoever stands above the owner may write there too.
 */
export function keyOwner({ version }: Pick<RoomPower, "version">, need: Need): string | undefined {
  if (need.kind !== "state" || need.key?.startsWith("@") !== true) return undefined;
  return ownersCanBeOutranked(version)
    ? (/^@[^:]*:[^_]*/.exec(need.key)?.[0] ?? need.key)
    : need.key;
}

/** Whether a level reaches what is needed. What needs power without limit, not even those who have it may do: they do not outrank each other. */
export function reaches(level: number, needed: number): boolean {
  return needed < Infinity && level >= needed;
}

/** Whether the person's level reaches what the need asks for. */
export function allowed(power: RoomPower, user: UserId, need: Need): boolean {
  return reaches(levelOf(power, user), levelNeeded(power, need, user));
}

/**
 * The content of `m.room.power_levels` in which the user has this level, and all else stays; undefined where nothing would change, and for the
 * creators of a room of version 12 or later, who must not be named. `level` undefined takes the user's own entry out. A room without such an
 * event gets one that keeps its creator's power.
 */
export function withLevel(
  power: RoomPower,
  user: UserId,
  level: number | undefined,
): Content | undefined {
  const { creators, version } = power;
  if (creators.has(user) && creatorsOutrankAll(version)) return undefined;
  const before = own(power.levels, "users");
  const users = typeof before === "object" && before !== null ? (before as Content) : {};
  const levels = inWholeNumbers(version, power.levels ?? {});
  const others = inWholeNumbers(version, users);
  if (level === undefined) {
    if (!Object.hasOwn(users, user)) return undefined;
    return {
      ...levels,
      users: Object.fromEntries(Object.entries(others).filter(([other]) => other !== user)),
    };
  }
  if (givenLevel(power, user) === level) return undefined;
  const kept =
    power.levels === undefined && !creatorsOutrankAll(version)
      ? Object.fromEntries([...creators].map((one) => [one, 100]))
      : {};
  return { ...levels, users: { ...kept, ...others, [user]: level } };
}

/**
 * The content of `m.room.power_levels` in which so much is asked for a state event of this type, or for inviting, and all else stays. Undefined where nothing would
 * change, and where the room has no such event. `level` undefined takes what is said of it out.
 */
export function withNeeded(
  { levels, version }: RoomPower,
  need: Stated,
  level: number | undefined,
): Content | undefined {
  if (levels === undefined || statedLevel(levels, need) === level) return undefined;
  const whole = inWholeNumbers(version, levels);
  const changed = (holder: Content, name: string): Content =>
    level === undefined
      ? Object.fromEntries(Object.entries(holder).filter(([other]) => other !== name))
      : { ...holder, [name]: level };
  if (need.kind === "invite") return changed(whole, "invite");
  const events = own(whole, "events");
  const known = typeof events === "object" && events !== null ? (events as Content) : {};
  return { ...whole, events: changed(known, need.type) };
}

/** What the room itself says of what a need asks; undefined where it says nothing of it, or what is no whole number. */
export function statedLevel(levels: Content | undefined, need: Stated): number | undefined {
  const stated =
    need.kind === "invite" ? own(levels, "invite") : own(own(levels, "events"), need.type);
  return Number.isSafeInteger(stated) ? (stated as number) : undefined;
}

/** What holds levels, and levels by name in it, as homeservers take it today: none lets a level be written as text any more, in old rooms either. */
function inWholeNumbers(version: string, holder: Content): Content {
  return Object.fromEntries(
    Object.entries(holder).map(([name, value]) => {
      if (typeof value === "string") return [name, readLevel(version, value, 0) ?? value];
      return [
        name,
        typeof value === "object" && value !== null && !Array.isArray(value)
          ? inWholeNumbers(version, value as Content)
          : value,
      ];
    }),
  );
}

/**
 * Power from a room's create event and power levels. The creator is the create event's sender; until version 10 its content names
 * one, which counts. From version 12 on, `additional_creators` are creators too.
 */
export function roomPower(
  create: { readonly sender: UserId; readonly content: Content },
  levels: Content | undefined,
): RoomPower {
  const { content, sender } = create;
  const version = typeof content["room_version"] === "string" ? content["room_version"] : "1";
  if (creatorsOutrankAll(version)) {
    const additional = Array.isArray(content["additional_creators"])
      ? (content["additional_creators"] as unknown[])
      : [];
    return { version, creators: new Set([sender, ...additional.flatMap(userIn)]), levels };
  }
  const named = numbered(version) <= 10 ? userIn(content["creator"]) : [];
  return { version, creators: new Set(named.length > 0 ? named : [sender]), levels };
}

function userIn(value: unknown): readonly UserId[] {
  const user = typeof value === "string" ? asUserId(value) : undefined;
  return user === undefined ? [] : [user];
}

/** The number of a stable room version; NaN for any other, so that every comparison with it is false. */
function numbered(version: string): number {
  return /^[1-9]\d{0,3}$/.test(version) ? Number(version) : NaN;
}

function creatorsOutrankAll(version: string): boolean {
  return numbered(version) >= 12 || version === "org.matrix.hydra.11";
}

function ownersCanBeOutranked(version: string): boolean {
  return /^org\.matrix\.msc3757\.\d+$/.test(version);
}

/** The object's own member: `events` may well be asked for a type that is called "constructor". */
function own(object: unknown, name: string): unknown {
  return typeof object === "object" && object !== null && Object.hasOwn(object, name)
    ? (object as Content)[name]
    : undefined;
}

/** A level, `absent` where there is none, undefined for what is no level. Until version 9 an integer may be written as a string. */
function readLevel(version: string, value: unknown, absent: number): number | undefined {
  if (value === undefined) return absent;
  const number =
    typeof value === "string" && numbered(version) <= 9 && /^\s*[+-]?\d{1,16}\s*$/.test(value)
      ? Number(value)
      : value;
  return Number.isSafeInteger(number) ? (number as number) : undefined;
}
