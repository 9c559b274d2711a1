import type { DefinitionInput } from "../definition.ts";

export const whiteboard: DefinitionInput = {
  id: "whiteboard",
  name: "Whiteboard",
  description: "A board that everybody draws on at once",
  price: "free",
  // Whoever runs the server below; its software is WBO, which operators can run themselves.
  host: { by: "address" },
  type: "whiteboard",
  aliases: ["phoenix-whiteboard"],
  arguments: {
    board: {
      kind: "text",
      help: "the board's name; a new one that nobody can guess where it is left out",
      pattern: "[\\p{L}\\p{N}_-]{1,60}",
      default: "{letters}",
    },
    server: { kind: "address", help: "where the whiteboard runs", default: "https://wbo.ophir.dev" },
  },
  main: "board",
  url: "{+server}/boards/{board}",
  recognise: [
    { under: "server", path: "/boards/:board" },
    { path: "/boards/:board", server: "server", named: true },
  ],
};
