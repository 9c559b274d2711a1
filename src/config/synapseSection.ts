import { isIP } from "node:net";
import { z } from "zod";
import { address, path, text } from "./values.ts";

/** What of Synapse Usher may ask, and what its module there tells. */
export const synapseSection = z
  .strictObject({
    adminUrl: address.optional().meta({
      description:
        "Where Synapse's admin API (`/_synapse/admin`) answers, in your own network. With it Usher learns which of the accounts that it keeps something about were " +
        "deactivated, and deletes the files of `privacy export` when their time is over. It asks for nothing else there. `docs/running.md` says how.",
    }),
    adminTokenFile: path.optional().meta({
      description:
        "A file that holds the access token of an admin of the homeserver: an account of its own, not Usher's.",
    }),
    moduleSecretFile: path.optional().meta({
      description:
        "A file that holds the secret which Usher shares with its module for Synapse (`contrib/synapse`). With it Usher listens for the module, which tells " +
        "when an account is deactivated or taken into use again.",
    }),
    moduleHost: text(
      "must be an address of this machine, such as 127.0.0.1.",
      (value) => isIP(value) !== 0,
    )
      .default("127.0.0.1")
      .meta({
        description:
          "The address on which Usher listens for the module: of this machine alone, unless said otherwise.",
      }),
    modulePort: z
      .int("must be a whole number.")
      .min(0, "must be 0 or more.")
      .max(65_535, "must be at most 65535.")
      .default(8480)
      .meta({
        description: "The port on which Usher listens for the module; 0 for any that is free.",
      }),
  })
  .prefault({})
  .meta({
    description:
      "How Usher learns that an account on its own homeserver was deactivated, so that what it keeps about that person can be erased. Without any of it Usher cannot know.",
  });
