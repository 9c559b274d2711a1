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
  "catalogue/suggest": [
    {
      found: [
        {
          name: "Telegram",
          found: { template: "bridge-found/by-name", view: { bot: "@telegrambot:example.org" } },
          entry: {
            kind: "bridge",
            id: "telegram",
            fields: '{"name":"Telegram","connector":"bridgev2","prefix":"!tg"}',
          },
        },
        {
          name: "https://example.org/x",
          found: { template: "bridge-found/address", view: {} },
          entry: undefined,
        },
      ],
      any: true,
      more: 2,
    },
    { any: false, found: [], more: undefined },
  ],
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
