import type { KindFinding } from "../../../integrations/kind.ts";

/** One thing that was looked at. Its sentence says what is wrong and how to mend it, or how well it is. */
export type Finding = KindFinding;
