import { z } from "zod";
import { httpsAddress } from "./catalogue.ts";
import { date, fact, text } from "./values.ts";

const domain = text(
  "must be a domain such as example.org, or *.example.org for all below it.",
  (value) => /^(?:\*\.)?[a-z0-9.-]{1,253}$/.test(value),
);

const provider = {
  name: fact.meta({ description: "Its name.", examples: ["<who>"] }),
  policy: httpsAddress.meta({
    description: "Its privacy policy.",
    examples: ["https://example.com/privacy"],
  }),
};

const supervisoryAuthority = z
  .strictObject({
    name: fact.optional().meta({
      description: "Its name.",
      examples: ["<name of the authority>"],
    }),
    url: httpsAddress.optional().meta({
      description: "The page where people complain to it.",
      examples: ["https://authority.example.org/complaints"],
    }),
    guidanceUrl: httpsAddress.optional().meta({
      description: "A page that explains people's rights.",
      examples: ["https://authority.example.org/your-rights"],
    }),
  })
  .prefault({})
  .meta({ description: "The data-protection authority that watches over the controller." });

const homeserver = z
  .strictObject({
    name: fact.optional().meta({
      description: "How people know it. Left out: the server's name in `homeserver.userId`.",
      examples: ["example.org"],
    }),
    federated: z
      .boolean()
      .optional()
      .meta({
        description: "Whether it exchanges rooms with other homeservers.",
        examples: [true],
      }),
    policyUrl: httpsAddress.optional().meta({
      description: "Its privacy policy, which holds for all that lies on it.",
      examples: ["https://example.org/homeserver/privacy"],
    }),
  })
  .prefault({})
  .meta({ description: "The homeserver that Usher belongs to." });

/** What the privacy notice says beside who answers for Usher. Each fact is rendered where it belongs, and named where production mode lacks it. */
export const noticeSection = z
  .strictObject({
    supervisoryAuthority,
    homeserver,
    hosting: z
      .array(
        z.strictObject({
          name: provider.name,
          location: fact.meta({ description: "Where its machines stand." }),
          policy: provider.policy,
        }),
      )
      .default([])
      .meta({
        description: "Who owns the machines that Usher runs on.",
        examples: [
          [{ name: "<who>", location: "<country>", policy: "https://example.org/privacy" }],
        ],
      }),
    ddosProvider: z
      .strictObject(provider)
      .optional()
      .meta({ description: "Who keeps floods of requests away, if anybody does." }),
    safeguards: z
      .array(
        z.strictObject({
          statement: fact.meta({ description: "One sentence, as people read it." }),
          attestedOn: date.meta({ description: "The day you last made sure of it." }),
        }),
      )
      .default([])
      .meta({
        description:
          "How you protect the data, in sentences that you vouch for. `admin doctor` reminds you of one that is older than a year.",
      }),
    delegation: z.array(z.strictObject(provider)).default([]).meta({
      description:
        "Other integration managers that do part of the work. Usher itself hands nothing on.",
    }),
    transfers: fact.optional().meta({
      description:
        "Which of these are outside your own legal area, and what protects the data there. Left out: none.",
      examples: ["<which, and how>"],
    }),
    backupDays: z
      .int("must be a whole number.")
      .min(1, "must be at least 1.")
      .max(365, "must be at most 365.")
      .optional()
      .meta({
        description:
          "How long you keep backups of the data directory; days. Left out: you make none.",
        examples: [30],
      }),
    instances: z
      .array(
        z.strictObject({
          name: fact.meta({ description: "How people know it." }),
          userId: fact.meta({ description: "Its Matrix ID." }),
        }),
      )
      .default([])
      .meta({ description: "Every Usher that this notice covers. Left out: this one." }),
    coveredDomains: z
      .array(domain)
      .default([])
      .meta({ description: "Domains on which you run integration managers under this notice." }),
    reviewedBy: fact.optional().meta({
      description:
        "Who checked the notice for you. It comes with the advice to have a lawyer do it; `admin doctor` reminds you while this is empty.",
      examples: ["<name>"],
    }),
    reviewedOn: date.optional().meta({ description: "When.", examples: ["2026-11-29"] }),
  })
  .prefault({})
  .meta({
    description:
      "What the privacy notice says (`privacy notice`) beside `operator`. Production mode needs `supervisoryAuthority`, `homeserver.federated`, `homeserver.policyUrl` and `hosting`. Whatever changes here makes a new version of the notice, which everybody with a record is told of: change several things at once.",
  });
