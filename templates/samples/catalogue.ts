import type { View } from "../../src/kernel/errors.ts";

/** What is said of what can be added. */
export const CATALOGUE_SAMPLES: Readonly<Record<string, readonly View[]>> = {
  browse: [
    {
      kinds: [
        {
          kind: "kind/widget",
          entries: [
            { id: "jitsi", name: "Jitsi", description: "A video conference", price: undefined },
            { id: "spotify", name: "Spotify", description: "A song", price: "price/mixed" },
          ],
        },
      ],
      example: "jitsi",
    },
  ],
  "browse/empty": [{ word: "dance" }, { word: undefined }],
  "error/entry-unknown": [
    { said: "jisti", advice: "add widget jitsi" },
    { said: "dance", advice: undefined },
  ],
  "help/browse": [{}],
  "help/info": [{}],
  "price/free": [{}],
  "price/mixed": [{}],
  "price/paid": [{}],
};
