import type { DefinitionInput } from "../definition.ts";

const sites = ["youtube.com", "www.youtube.com", "m.youtube.com", "music.youtube.com", "www.youtube-nocookie.com", "youtube-nocookie.com"];
const maybe = { t: "start", start: "start" };

export const youtube: DefinitionInput = {
  id: "youtube",
  name: "YouTube",
  description: "A video from YouTube",
  price: "free",
  host: { by: "third-party", who: "Google", policy: "https://policies.google.com/privacy" },
  sites: ["youtube.com", "youtube-nocookie.com", "youtu.be"],
  type: "m.video",
  aliases: ["youtube"],
  arguments: {
    video: { kind: "text", help: "the video's id, as in its address", pattern: "[A-Za-z0-9_-]{11}", required: true },
    start: { kind: "number", help: "where it begins, in seconds" },
  },
  main: "video",
  url: "https://www.youtube-nocookie.com/embed/{video}{?start}",
  link: "https://www.youtube.com/watch?v={video}",
  data: { videoUrl: "https://www.youtube.com/watch?v={video}" },
  recognise: [
    { hosts: ["youtu.be"], path: "/:video", maybe },
    { hosts: sites, path: "/watch", query: { v: "video" }, maybe },
    { hosts: sites, path: "/(embed|shorts|live)/:video", maybe },
  ],
};
