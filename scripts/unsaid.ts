import type { Excuses } from "./unsaidSentences.ts";

/** Parts of templates that no test says, by why. Nothing new comes here without a reason. */
export const UNSAID: Excuses = {
  "the native engine alone says it, whose binary is not everywhere": [
    "error/crypto-engine-changed",
  ],
  "from before this was checked, and still without a test": [
    "deed/remove-item",
    "safe-mode {{^encryption}}",
    "deed/resume",
    "error/setup-stays",
    "error/website-unreachable {{#certificate}}",
    "bot-step/power",
    "bot-step/words",
  ],
};
