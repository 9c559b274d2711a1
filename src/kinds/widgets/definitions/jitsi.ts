import type { DefinitionInput } from "../definition.ts";

/** Element opens its own page for it and reads `data` alone; other clients open the address (reference "Special types"). */
export const jitsi: DefinitionInput = {
  id: "jitsi",
  name: "Jitsi",
  description: "A video conference for the room",
  price: "free",
  host: { by: "third-party", who: "Element", policy: "https://element.io/privacy" },
  sites: ["element.io"],
  type: "jitsi",
  aliases: ["m.jitsi", "dimension-jitsi"],
  arguments: {
    conference: {
      kind: "text",
      help: "the conference's name; a new one that nobody can guess where it is left out",
      pattern: "[\\p{L}\\p{N}_.~-]{1,200}",
      default: "Jitsi{letters}",
      // The server checks that whoever comes is in the Matrix room of that name.
      follows: { argument: "auth", value: "{room32}" },
    },
    domain: { kind: "server", help: "the Jitsi server", default: "meet.element.io" },
    audio: { kind: "yes-no", help: "whether it begins without video", default: false },
    auth: {
      kind: "choice",
      help: "how the server checks who comes",
      choices: ["openidtoken-jwt"],
      operatorOnly: true,
    },
  },
  main: "conference",
  url: "https://{+domain}/{conference}",
  data: {
    conferenceId: "{conference}",
    domain: "{domain}",
    isAudioOnly: "{audio}",
    auth: "{auth}",
  },
  reads: { conferenceId: "conference", domain: "domain", isAudioOnly: "audio" },
  recognise: [
    { under: "domain", path: "/:conference" },
    { hosts: ["meet.jit.si", "meet.element.io"], path: "/:conference", server: "domain" },
    { path: "/:conference", server: "domain", named: true },
  ],
  handsOver: ["display-name", "avatar"],
};
