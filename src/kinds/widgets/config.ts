import { z } from "zod";
import { configSection } from "../../config/configSection.ts";

/** The section `widgets`. What a definition may hold is checked where definitions are known: definition.ts. */
const schema = z
  .strictObject({
    definitions: z
      .record(z.string(), z.record(z.string(), z.unknown()))
      .default({})
      .meta({
        description:
          "Kinds of widgets, by their id. Under the id of one that Usher has (`jitsi`, `etherpad`, …), only what is to be different: " +
          '`{ "enabled": false }` takes it away. Under any other id, a new one, as `docs/widgets.md` describes.',
        examples: [
          {
            jitsi: {
              host: { by: "operator" },
              sites: ["meet.example.org"],
              arguments: { domain: { default: "meet.example.org" } },
            },
          },
        ],
      }),
  })
  .prefault({})
  .meta({ description: "Widgets." });

export const SECTION = configSection("widgets", schema);
