import type { Excuses } from "./unsaidSentences.ts";

/** Parts of templates that no test says, by why. Nothing new comes here without a reason. */
export const UNSAID: Excuses = {};
