import { z } from "zod";
import { address, date, fact } from "./values.ts";

const contacts = z
  .strictObject({
    support: fact.optional().meta({
      description: "Where people get help: an e-mail address, a page, or a Matrix ID.",
      examples: ["support@example.org"],
    }),
    dpo: fact.optional().meta({
      description: "Where the data-protection officer is reached. Leave it out if there is none.",
      examples: ["privacy@example.org"],
    }),
    complaints: fact.optional().meta({
      description: "Where complaints go. Left out: to the support.",
      examples: ["complaints@example.org"],
    }),
    security: fact.optional().meta({
      description: "Where somebody reports a weakness of the service. Left out: to the support.",
      examples: ["security@example.org"],
    }),
  })
  .prefault({});

const controller = z
  .strictObject({
    name: fact.optional().meta({
      description: "Its name. Left out: `operator.legalName`.",
      examples: ["Example Association"],
    }),
    address: fact.optional().meta({
      description: "The postal address.",
      examples: ["<street and number, town, country>"],
    }),
    contact: fact.optional().meta({
      description: "Where it is reached. Left out: the data-protection officer, or the support.",
      examples: ["privacy@example.org"],
    }),
  })
  .prefault({})
  .meta({
    description: "Who decides what the data is used for and answers for it (GDPR article 4(7)).",
  });

const successors = z
  .array(
    z.strictObject({
      name: fact.meta({ description: "Its name, as `operator.controller.name` will be then." }),
      contact: fact.meta({ description: "Where it is reached." }),
      from: date.meta({ description: "The first day on which it answers for the data." }),
    }),
  )
  .default([])
  .meta({
    description:
      "Who will be the controller after this one, if that is to change. Everybody is told beforehand; without that Usher refuses to start in production mode with another `operator.controller.name`.",
  });

/** Who answers for this Usher (R4, R5, R30, R74). */
export const operatorSection = z
  .strictObject({
    legalName: fact.optional().meta({
      description: "The person or organisation that runs Usher, by their legal name.",
      examples: ["Example Association"],
    }),
    tradingName: fact
      .optional()
      .meta({ description: "The name they are known under, if another.", examples: ["<name>"] }),
    affiliates: z
      .array(fact)
      .default([])
      .meta({ description: "Companies of theirs that work on the service too." }),
    agents: z
      .array(fact)
      .default([])
      .meta({ description: "Others who work on the service for them." }),
    controller,
    successors,
    contacts,
    noticeUrl: address.optional().meta({
      description: "The page with the privacy notice.",
      examples: ["https://example.org/usher/privacy"],
    }),
  })
  .prefault({})
  .meta({
    description:
      "Who answers for this Usher; people are told so in chat. Production mode needs `legalName`, `controller.address`, `contacts.support` and `noticeUrl`, and refuses " +
      "placeholders such as those of the sample. In trial mode a placeholder counts as not said.",
  });
