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
    place: {
      kind: "text",
      help: "the part that is shown, as 120,40,0.5",
      pattern: "-?\\d{1,7},-?\\d{1,7},[\\d.]{1,8}",
    },
    server: {
      kind: "address",
      help: "where the whiteboard runs",
      default: "https://wbo.ophir.dev",
    },
  },
  main: "board",
  url: "{+server}/boards/{board}{#place}",
  recognise: [
    { under: "server", path: "/boards/:board", fragment: "place" },
    { path: "/boards/:board", server: "server", fragment: "place", named: true },
  ],
};
