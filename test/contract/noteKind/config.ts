import { z } from "zod";
import { configSection } from "../../../src/config/configSection.ts";

/** The section `notes`. Whole where nothing is set: nobody who runs Usher already has written it. */
export const SECTION = configSection(
  "notes",
  z
    .strictObject({
      site: z.url().default("https://notes.example.org/note").meta({
        description: "Gives a note as JSON to whoever has the key.",
      }),
      keyFile: z
        .string()
        .optional()
        .meta({
          description: "The file that holds the key for it.",
          examples: ["./secrets/note-key"],
        }),
    })
    .prefault({})
    .meta({ description: "Notes." }),
);
