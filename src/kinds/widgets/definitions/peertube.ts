import type { DefinitionInput } from "../definition.ts";

/** A short UUID is 22 characters of base58, which leaves out 0, O, I and l; the long form is a UUID. */
const video = "[1-9A-HJ-NP-Za-km-z]{22}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";

const maybe = { start: "start", stop: "stop", subtitle: "subtitle" };

export const peertube: DefinitionInput = {
  id: "peertube",
  name: "PeerTube",
  description: "A video from any PeerTube server",
  price: "free",
  host: { by: "address" },
  type: "m.video",
  arguments: {
    video: {
      kind: "text",
      help: "the video's id, as in its address",
      pattern: video,
      required: true,
    },
    server: { kind: "server", help: "the PeerTube server", required: true },
    start: { kind: "number", help: "where it begins, in seconds or as 1m30s" },
    stop: { kind: "number", help: "where it ends" },
    subtitle: {
      kind: "text",
      help: "the language of its subtitles, as de",
      pattern: "[a-zA-Z-]{2,12}",
    },
  },
  main: "video",
  url: "https://{+server}/videos/embed/{video}{?start,stop,subtitle}",
  link: "https://{+server}/w/{video}{?start,stop,subtitle}",
  data: { videoUrl: "https://{server}/w/{video}" },
  recognise: [
    { path: "/w/:video", server: "server", maybe },
    { path: "/videos/(watch|embed)/:video", server: "server", maybe },
  ],
};
