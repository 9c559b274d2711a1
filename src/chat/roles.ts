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
