import { z } from "zod";
import { configSection } from "../../../src/config/configSection.ts";

/** The section `notes`. */
export const SECTION = configSection(
  "notes",
  z.strictObject({
    /** Gives a note as JSON to whoever has the key. */
    site: z.url(),
    keyFile: z.string(),
  }),
);
