import type { DefinitionInput } from "../definition.ts";

export const googleCalendar: DefinitionInput = {
  id: "google-calendar",
  name: "Google Calendar",
  description: "A public calendar from Google",
  price: "free",
  host: { by: "third-party", who: "Google", policy: "https://policies.google.com/privacy" },
  sites: ["google.com"],
  type: "m.googlecalendar",
  aliases: ["googlecalendar", "dimension-googlecalendar"],
  arguments: {
    src: {
      kind: "text",
      help: "the calendar's id, as its settings tell",
      pattern: "[^\\s@]{1,120}@[a-z0-9.-]{4,100}",
      required: true,
    },
    options: {
      kind: "query",
      help: "further calendars, and how they are shown, as src=…&color=%23009688&mode=WEEK",
      keeps: ["src", "color", "mode", "wkst", "bgcolor", "title", "hl", "dates", "show*"],
    },
    ctz: {
      kind: "text",
      help: "the time zone it is shown in, as Europe/Berlin",
      pattern: "[A-Za-z0-9_+/-]{2,40}",
    },
  },
  main: "src",
  url: "https://calendar.google.com/calendar/embed{?src,ctz}{&options*}",
  data: { shareId: "{src}" },
  reads: { shareId: "src" },
  recognise: [
    {
      hosts: ["calendar.google.com"],
      path: "/calendar{/u/(\\d+)}?/embed",
      query: { src: "src" },
      maybe: { ctz: "ctz" },
      more: "options",
    },
    { hosts: ["calendar.google.com"], path: "/calendar/ical/:src/public/basic.ics" },
  ],
};
