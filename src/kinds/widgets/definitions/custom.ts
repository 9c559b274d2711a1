import type { DefinitionInput } from "../definition.ts";

export const custom: DefinitionInput = {
  id: "custom",
  name: "Web page",
  description: "Any page of the web that lets itself be shown inside others",
  price: "free",
  host: { by: "address" },
  type: "m.custom",
  aliases: ["customwidget", "dimension-customwidget"],
  arguments: { url: { kind: "address", help: "the address of the page", required: true } },
  main: "url",
  url: "{+url}",
  recognise: [{ address: "url" }],
};
