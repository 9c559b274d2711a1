import { UsherError } from "../kernel/errors.ts";
import type { UserId } from "../kernel/ids.ts";
import { allowed, keyOwner, levelNeeded, levelOf, reaches, type Need } from "../matrix/power.ts";
import type { RoomPower } from "../matrix/port.ts";
import type { Command, Deed, Request } from "./command.ts";
import { roleOf } from "./roles.ts";

/** What a need asks of somebody, and what they have: `Infinity` for the creators of a room of version 12 or later. */
interface Level {
  readonly needed: number;
  readonly has: number;
}

/** How a person and Usher stand towards one need in a room. */
interface PowerComparison {
  readonly need: Need;
  readonly person: Level;
  readonly usher: Level;
}

/** How both stand towards everything a command needs; for help, and for `permit`. */
export function standings(
  needs: readonly Need[],
  power: RoomPower,
  person: UserId,
  me: UserId,
): readonly PowerComparison[] {
  const level = (need: Need, user: UserId): Level => ({
    needed: levelNeeded(power, need, user),
    has: levelOf(power, user),
  });
  return needs.map((need) => ({ need, person: level(need, person), usher: level(need, me) }));
}

/**
 * Whether the power levels allow what a command is about to send: the person first, since Usher must never lend its own power to somebody who
 * lacks it. Asked before the preview and again before doing. Where several needs fail, the refusal names the one that asks for most, so that
 * its number is enough for all. Returns `state-owned`, `power-person` or `power-usher`, or undefined if nothing forbids it.
 */
export function permit(
  { deed, needs }: Deed,
  power: RoomPower,
  person: UserId,
  me: UserId,
): UsherError | undefined {
  const refusal = (who: "person" | "usher"): UsherError | undefined => {
    const asked = needs.filter(({ only }) => only === undefined || only === who);
    const worst = standings(asked, power, person, me)
      .filter((one) => !reaches(one[who].has, one[who].needed))
      .reduce<PowerComparison | undefined>(
        (a, b) => (a !== undefined && a[who].needed >= b[who].needed ? a : b),
        undefined,
      );
    if (worst === undefined) return undefined;
    const { need } = worst;
    const { needed, has } = worst[who];
    const owner = needed === Infinity ? keyOwner(power, need) : undefined;
    if (owner !== undefined)
      return new UsherError("state-owned", {
        deed: `deed/${deed}`,
        owner,
        yours: owner === person,
      });
    return new UsherError(who === "person" ? "power-person" : "power-usher", {
      deed: `deed/${deed}`,
      needed,
      role: roleOf(needed),
      has,
      youCan: who === "usher" && allowed(power, person, { kind: "level", user: me, level: needed }),
      usher: me,
      kind: need.kind,
      type: "type" in need ? need.type : undefined,
    });
  };
  return refusal("person") ?? refusal("usher");
}

/** What a command is about to do, with what that takes; undefined where it takes nothing here. Rejects with an `UsherError` where nobody may. */
export async function deedOf(
  command: Command & { readonly changes: true },
  input: never,
  request: Request,
): Promise<Deed | undefined> {
  if (command.needsHere !== undefined) return command.needsHere(input, request);
  return command.deed === undefined ? undefined : { deed: command.deed, needs: command.needs() };
}

/** Why a command is not done now for who gives it, whatever their power; undefined where it is. */
export type Guard = (
  command: Command,
  request: Pick<Request, "person" | "room" | "direct">,
) => Promise<UsherError | undefined>;

/** Whether a command is shown to people who are no operators. */
export function isForEverybody({ operatorsOnly }: Command): boolean {
  return operatorsOnly !== true;
}

/** Whether a command may be given here, by this person: `operators-only`, or undefined if it may. */
export function permitAsker(
  command: Command,
  request: Pick<Request, "operator" | "operatorElsewhere">,
): UsherError | undefined {
  if (isForEverybody(command) || request.operator) return undefined;
  return new UsherError("operators-only", {
    words: command.words,
    elsewhere: request.operatorElsewhere === true,
  });
}
