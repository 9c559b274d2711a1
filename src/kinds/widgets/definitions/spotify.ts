import type { DefinitionInput } from "../definition.ts";

export const spotify: DefinitionInput = {
  id: "spotify",
  name: "Spotify",
  description: "A song, album, playlist or podcast from Spotify",
  price: "mixed",
  host: {
    by: "third-party",
    who: "Spotify",
    policy: "https://www.spotify.com/legal/privacy-policy/",
  },
  sites: ["spotify.com"],
  type: "m.spotify",
  aliases: ["spotify", "dimension-spotify"],
  arguments: {
    item: {
      kind: "text",
      help: "its id, as in its address",
      pattern: "[A-Za-z0-9]{22}",
      required: true,
    },
    form: {
      kind: "choice",
      help: "what it is",
      choices: ["track", "album", "playlist", "artist", "episode", "show"],
      default: "playlist",
    },
    t: { kind: "number", help: "where it begins, in seconds" },
  },
  main: "item",
  url: "https://open.spotify.com/embed/{form}/{item}{?t}",
  link: "https://open.spotify.com/{form}/{item}{?t}",
  data: { uri: "spotify:{form}:{item}" },
  recognise: [
    { hosts: ["open.spotify.com"], path: "{/(intl-[a-z]+|embed)}?/:form/:item", maybe: { t: "t" } },
  ],
};
