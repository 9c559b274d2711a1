import type { DefinitionInput } from "../definition.ts";

export const vimeo: DefinitionInput = {
  id: "vimeo",
  name: "Vimeo",
  description: "A video from Vimeo",
  price: "free",
  host: { by: "third-party", who: "Vimeo", policy: "https://vimeo.com/privacy" },
  sites: ["vimeo.com"],
  type: "m.video",
  arguments: {
    video: {
      kind: "text",
      help: "the video's number, as in its address",
      pattern: "\\d{5,12}",
      required: true,
    },
    h: {
      kind: "text",
      help: "the second part of the address of an unlisted video",
      pattern: "[0-9a-f]{8,16}",
    },
    place: {
      kind: "text",
      help: "where it begins, as t=1m30s",
      pattern: "t=(?:\\d{1,4}h)?(?:\\d{1,5}m)?(?:\\d{1,9}s?)?",
    },
  },
  main: "video",
  url: "https://player.vimeo.com/video/{video}?dnt=1{&h}{#place}",
  link: ["https://vimeo.com/{video}/{h}{#place}", "https://vimeo.com/{video}{#place}"],
  data: { videoUrl: "https://vimeo.com/{video}" },
  recognise: [
    {
      hosts: ["vimeo.com", "www.vimeo.com"],
      path: "/:video",
      maybe: { h: "h" },
      fragment: "place",
    },
    { hosts: ["vimeo.com", "www.vimeo.com"], path: "/:video/:h", fragment: "place" },
    { hosts: ["player.vimeo.com"], path: "/video/:video", maybe: { h: "h" }, fragment: "place" },
  ],
};
