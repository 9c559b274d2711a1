import { defineRecord } from "../record.ts";

export const RUNS = defineRecord({
  id: "D35",
  title:
    "Runs of what deletes things in time: when, of each record how long it is kept, how much was there and went, since when the oldest is held, what failed; names of log files, and nobody's id. Each holds a hash of the one before",
  layer: "manager",
  purpose: "show that things go when they should",
  basis: "no personal data",
  necessity: "what is gone cannot show that it went in time",
  recipients: "operators",
  retention: {
    for: { months: 12 },
    sweep: "runs",
    late: { goOn: "nobody could see which deletions fail" },
  },
  inExport: "none",
  onErasure: "nothing",
});

export const RUNS_END = defineRecord({
  id: "D35-end",
  title:
    "Where the runs of D35 end: the number of the last one, its hash and when it began; the same of an end that was found to be missing. In a file beside the data directory",
  layer: "manager",
  purpose: "show where somebody cut runs off at the end",
  basis: "no personal data",
  necessity: "what is cut off a chain at its end leaves nothing in the chain itself",
  recipients: "operators",
  retention: { until: ["overwritten"] },
  inExport: "none",
  onErasure: "nothing",
});

export const RUNS_PICTURE = defineRecord({
  id: "D35-picture",
  title:
    "A picture of how old the oldest thing of each record is, which an operator asked for; encrypted where the room is",
  layer: "homeserver",
  purpose: "let operators see at a glance that things go when they should",
  basis: "no personal data",
  necessity: "twenty lines of numbers are hard to compare",
  recipients: "room",
  retention: { by: "homeserver" },
  inExport: "none",
  onErasure: "nothing",
});
