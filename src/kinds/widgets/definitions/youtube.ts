import type { DefinitionInput } from "../definition.ts";

const LIST = "[A-Za-z0-9_-]{2,64}";
const sites = [
  "youtube.com",
  "www.youtube.com",
  "m.youtube.com",
  "music.youtube.com",
  "www.youtube-nocookie.com",
  "youtube-nocookie.com",
];
const maybe = { t: "start", start: "start", end: "end", list: "list", index: "index" };

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
    video: {
      kind: "text",
      help: "the video's id, as in its address",
      pattern: "[A-Za-z0-9_-]{11}",
      required: true,
    },
    start: { kind: "number", help: "where it begins, in seconds or as 1h6m47s" },
    end: { kind: "number", help: "where it ends" },
    list: { kind: "text", help: "the playlist that it is part of", pattern: LIST },
    index: { kind: "number", help: "its place in the playlist" },
  },
  main: "video",
  url: "https://www.youtube-nocookie.com/embed/{video}{?start,end,list,index}",
  link: [
    "https://www.youtube.com/watch?v={video}&t={start}s{&list,index}",
    "https://www.youtube.com/watch?v={video}{&list,index}",
  ],
  data: { videoUrl: "https://www.youtube.com/watch?v={video}" },
  recognise: [
    { hosts: ["youtu.be"], path: "/:video", maybe },
    { hosts: sites, path: "/watch", query: { v: "video" }, maybe },
    { hosts: sites, path: "/(embed|shorts|live)/:video", maybe },
  ],
};

export const youtubePlaylist: DefinitionInput = {
  id: "youtube-playlist",
  name: "YouTube playlist",
  description: "All videos of a playlist from YouTube, one after another",
  price: "free",
  host: youtube.host,
  sites: youtube.sites ?? [],
  type: "m.video",
  arguments: {
    list: {
      kind: "text",
      help: "the playlist's id, as in its address",
      pattern: LIST,
      required: true,
    },
  },
  main: "list",
  url: "https://www.youtube-nocookie.com/embed/videoseries{?list}",
  link: "https://www.youtube.com/playlist{?list}",
  data: { videoUrl: "https://www.youtube.com/playlist?list={list}" },
  recognise: [{ hosts: sites, path: "/(playlist|embed/videoseries)", query: { list: "list" } }],
};
