import type { View } from "../kernel/errors.ts";

/** What apps call a power level, as a template under `role/`; undefined for one that has no name. */
export function roleOf(level: number): string | undefined {
  switch (level) {
    case 100:
      return "role/admin";
    case 50:
      return "role/moderator";
    default:
      return undefined;
  }
}

/** A level beside its role, for sentences; undefined for the power without limit of a room's creators (version 12), which is no number to show. */
export function powerView(level: number): View | undefined {
  return level === Infinity
    ? undefined
    : { level, role: roleOf(level) ?? (level === 0 ? "role/member" : undefined) };
}
