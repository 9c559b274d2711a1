import type { DefinitionInput } from "../definition.ts";

const all = { more: "options", fragment: "place" };

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
    document: {
      kind: "text",
      help: "the document's id, as in its address",
      pattern: "(?:e/)?[A-Za-z0-9_-]{20,120}",
      required: true,
    },
    form: {
      kind: "choice",
      help: "what it is",
      choices: ["document", "spreadsheets", "presentation", "forms"],
      default: "document",
    },
    view: {
      kind: "choice",
      help: "how it is shown",
      choices: ["edit", "preview", "view", "pub", "pubhtml", "embed", "viewform"],
      default: "edit",
    },
    options: {
      kind: "query",
      help: "what else its address says, as gid=0&range=A1:C9",
      keeps: [
        ...["gid", "range", "tab", "slide", "hl", "rm", "resourcekey", "embedded"],
        ...["single", "widget", "headers", "chrome", "start", "loop", "delayms"],
        // The answers that a form is filled in with.
        "entry.*",
      ],
    },
    place: {
      kind: "text",
      help: "the place in it that is shown, as gid=0 or heading=h.abc",
      pattern: "[A-Za-z0-9_.=&!:,-]{1,200}",
    },
  },
  main: "document",
  url: "https://docs.google.com/{form}/d/{+document}/{view}{?options*}{#place}",
  recognise: [
    // Published ones have another id, behind e/.
    {
      hosts: ["docs.google.com"],
      path: "/:form{/u/(\\d+)}?/d/:document(e\\/[\\w\\-]+|[\\w\\-]+){/}?",
      ...all,
    },
    {
      hosts: ["docs.google.com"],
      path: "/:form{/u/(\\d+)}?/d/:document(e\\/[\\w\\-]+|[\\w\\-]+)/:view",
      ...all,
    },
  ],
};
