import { path } from "./values.ts";

/** Files that say how what lies in the data directory must be, and so lie elsewhere: who can change the one should not be able to change the other. */
export const outsideData = {
  tombstonesFile: path.optional().meta({
    description:
      "Where it is kept who was erased, as keyed hashes, so that a restored backup of the data directory does not bring them back. Left out: beside the data directory `data` in " +
      "`secrets/data-erased`. It stays out of the data directory: never put an older one in its place.",
    examples: ["./secrets/data-erased"],
  }),
  auditEndFile: path.optional().meta({
    description:
      "Where it is noted how the record of what operators had Usher do ends, so that whoever cuts it off is seen (`admin audit verify`). Left out: beside the data directory `data` in " +
      "`secrets/data-audit-end`. It stays out of the data directory: who may write there should not be able to write here.",
    examples: ["./secrets/data-audit-end"],
  }),
  runsEndFile: path.optional().meta({
    description:
      "Where it is noted how the account of the sweeps ends, so that whoever cuts it off is seen (`admin doctor`, `npm run retention`). Left out: beside the data directory `data` in " +
      "`secrets/data-runs-end`. It stays out of the data directory, as `auditEndFile`.",
    examples: ["./secrets/data-runs-end"],
  }),
};
