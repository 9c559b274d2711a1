import type { DefinitionInput } from "../definition.ts";

export const googleDocs: DefinitionInput = {
  id: "google-docs",
  name: "Google Docs",
  description: "A document, table, presentation or form from Google",
  price: "free",
  host: { by: "third-party", who: "Google", policy: "https://policies.google.com/privacy" },
  sites: ["google.com"],
  type: "m.googledoc",
  aliases: ["googledocs", "dimension-googledocs"],
  arguments: {
    document: { kind: "text", help: "the document's id, as in its address", pattern: "(?:e/)?[A-Za-z0-9_-]{20,120}", required: true },
    form: { kind: "choice", help: "what it is", choices: ["document", "spreadsheets", "presentation", "forms"], default: "document" },
    view: {
      kind: "choice",
      help: "how it is shown",
      choices: ["edit", "preview", "view", "pub", "pubhtml", "embed", "viewform"],
      default: "edit",
    },
  },
  main: "document",
  url: "https://docs.google.com/{form}/d/{+document}/{view}",
  recognise: [
    // Published ones have another id, behind e/.
    { hosts: ["docs.google.com"], path: "/:form{/u/(\\d+)}?/d/:document(e\\/[\\w\\-]+|[\\w\\-]+){/}?" },
    { hosts: ["docs.google.com"], path: "/:form{/u/(\\d+)}?/d/:document(e\\/[\\w\\-]+|[\\w\\-]+)/:view" },
  ],
};
