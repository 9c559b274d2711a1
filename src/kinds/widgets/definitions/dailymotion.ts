import type { DefinitionInput } from "../definition.ts";

const maybe = { start: "start", startTime: "start", playlist: "playlist" };

export const dailymotion: DefinitionInput = {
  id: "dailymotion",
  name: "Dailymotion",
  description: "A video from Dailymotion",
  price: "free",
  host: {
    by: "third-party",
    who: "Dailymotion",
    policy: "https://legal.dailymotion.com/en/privacy-policy/",
  },
  sites: ["dailymotion.com", "dai.ly"],
  type: "m.video",
  arguments: {
    video: {
      kind: "text",
      help: "the video's id, as in its address",
      pattern: "[a-zA-Z0-9]{5,12}",
      required: true,
    },
    start: { kind: "number", help: "where it begins, in seconds or as 1m30s", default: 0 },
    playlist: {
      kind: "text",
      help: "the playlist that it is part of",
      pattern: "[a-zA-Z0-9]{4,12}",
    },
  },
  main: "video",
  url: "https://geo.dailymotion.com/player.html?video={video}&startTime={start}{&playlist}",
  link: "https://www.dailymotion.com/video/{video}{?start,playlist}",
  data: { videoUrl: "https://www.dailymotion.com/video/{video}" },
  recognise: [
    { hosts: ["dai.ly"], path: "/:video", maybe },
    { hosts: ["www.dailymotion.com", "dailymotion.com"], path: "{/embed}?/video/:video", maybe },
    { hosts: ["geo.dailymotion.com"], path: "/player.html", query: { video: "video" }, maybe },
  ],
};
