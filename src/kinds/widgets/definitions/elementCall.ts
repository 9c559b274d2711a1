import type { DefinitionInput } from "../definition.ts";

/** A call by its link. What Element itself begins with its call button is another thing, of the type m.call, which is Element's own. */
export const elementCall: DefinitionInput = {
  id: "element-call",
  name: "Element Call",
  description: "A video call that people join by a link",
  price: "free",
  host: { by: "third-party", who: "Element", policy: "https://element.io/privacy" },
  sites: ["element.io"],
  type: "m.custom",
  arguments: {
    call: {
      kind: "address",
      help: "the call's link; a new call that nobody can guess where it is left out",
      default: "https://call.element.io/{letters}",
    },
  },
  main: "call",
  url: "{+call}",
  // Of a call that is encrypted by its link, this lets everybody in who has the link: the room.
  shares: ["password"],
  recognise: [{ hosts: ["call.element.io", "call.element.dev"], path: "/(.+)", address: "call" }],
};
