import type { DefinitionInput } from "../definition.ts";

export const etherpad: DefinitionInput = {
  id: "etherpad",
  name: "Etherpad",
  description: "A text that everybody writes at once",
  price: "free",
  host: { by: "third-party", who: "Element", policy: "https://element.io/privacy" },
  sites: ["scalar.vector.im"],
  type: "m.etherpad",
  aliases: ["etherpad", "dimension-etherpad"],
  arguments: {
    pad: {
      kind: "text",
      help: "the pad's name; a new one that nobody can guess where it is left out",
      pattern: "[^/$?#]{1,50}",
      default: "{letters}",
    },
    server: { kind: "address", help: "where Etherpad runs", default: "https://scalar.vector.im/etherpad" },
  },
  main: "pad",
  url: "{+server}/p/{pad}?userName=$matrix_display_name",
  link: "{+server}/p/{pad}",
  recognise: [
    { under: "server", path: "/p/:pad" },
    { path: "/p/:pad", server: "server", named: true },
  ],
};
