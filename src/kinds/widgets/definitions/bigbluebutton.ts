import type { DefinitionInput } from "../definition.ts";

/** Only links for guests: an address that BigBlueButton's API made logs in whoever opens it, as a moderator perhaps. */
export const bigbluebutton: DefinitionInput = {
  id: "bigbluebutton",
  name: "BigBlueButton",
  description: "A video conference for teaching, on any BigBlueButton server",
  price: "free",
  host: { by: "address" },
  type: "bigbluebutton",
  aliases: ["m.bigbluebutton", "dimension-bigbluebutton"],
  arguments: { conference: { kind: "address", help: "the link for guests", required: true } },
  main: "conference",
  url: "{+conference}",
  data: { conferenceUrl: "{conference}" },
  recognise: [
    { path: "(.*)/bigbluebutton/api/*", address: "conference" },
    {
      path: "(.*)/(b|rooms)/([a-z0-9]{3}(?:-[a-z0-9]{3}){2,3}){/join}?{/}?",
      address: "conference",
    },
  ],
  secrets: [
    "password",
    "moderatorPW",
    "attendeePW",
    "moderatorPassword",
    "meetingPassword",
    "checksum",
    "sessionToken",
    "accessCode",
  ],
};
