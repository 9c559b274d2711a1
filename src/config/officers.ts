import { z } from "zod";
import { person } from "./values.ts";

/** Who works with what is about people, beside the operators (R68). */
export const officersSection = z
  .strictObject({
    dpo: z
      .array(person)
      .default([])
      .meta({
        description:
          "Who answers what people ask about their data, as Matrix IDs: nobody else then sees their cases. Left out: the operators.",
        examples: [["@privacy:example.org"]],
      }),
    support: z
      .array(person)
      .default([])
      .meta({
        description:
          "Who answers questions and suggestions, and sees nothing else of anybody, as Matrix IDs. Left out: the operators.",
        examples: [["@help:example.org"]],
      }),
  })
  .prefault({})
  .meta({
    description:
      "Who works with what is about people. They give their commands in a direct chat with Usher, and each look of theirs is on record.",
  });
