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
    options: {
      kind: "query",
      help: "how it is shown, as showChat=false&lang=de",
      keeps: [
        "show*",
        "lang",
        "rtl",
        "noColors",
        "useMonospaceFont",
        "alwaysShowChat",
        "chatAndUsers",
      ],
    },
    server: {
      kind: "address",
      help: "where Etherpad runs",
      default: "https://scalar.vector.im/etherpad",
    },
  },
  main: "pad",
  url: "{+server}/p/{pad}?userName=$matrix_display_name{&options*}",
  link: "{+server}/p/{pad}{?options*}",
  recognise: [
    { under: "server", path: "/p/:pad", more: "options" },
    { path: "/p/:pad", server: "server", more: "options", named: true },
  ],
};
