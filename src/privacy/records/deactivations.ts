import { defineRecord } from "../record.ts";

/** What Usher learns of accounts that are no longer used by anybody. */

export const DEACTIVATION = defineRecord({
  id: "D1-deactivation",
  title:
    "That somebody's account was deactivated, or may have been: who, since when; or when it was found in use again",
  layer: "manager",
  purpose: "erase what is kept about people who deactivated their account",
  basis: "legal obligation",
  necessity: "the days until an erasure must be counted from somewhere, and a mistake undone",
  recipients: "own-homeserver",
  retention: {
    for: { months: 12 },
    sweep: "deactivations",
    late: { goOn: "accounts would be erased late or never" },
  },
  inExport: "if-present",
  onErasure: "delete",
  notes: {
    retention:
      "once an account was deactivated everything about its person is erased after 3 days, this too; that it may have been stays for the time named here, " +
      "and that it was found in use again for 30 days",
    inExport: "whoever can ask has an account that is in use",
  },
  told: "room",
});

export const ACCOUNT_QUESTIONS = defineRecord({
  id: "D1-questions",
  title:
    "When Usher last asked its own homeserver whether the accounts it keeps something about are in use. It asks with the token of an admin where " +
    "the operator gave it one, about these accounts alone, and reads of each answer whether the account was deactivated, and nothing else",
  layer: "manager",
  purpose: "learn of a deactivation that nobody told of",
  basis: "no personal data",
  necessity: "without it nobody could say since when an account may have been deactivated",
  recipients: "own-homeserver",
  retention: { until: ["overwritten"] },
  inExport: "none",
  onErasure: "nothing",
});
