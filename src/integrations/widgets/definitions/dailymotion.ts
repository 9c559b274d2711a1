import type { DefinitionInput } from "../definition.ts";

export const dailymotion: DefinitionInput = {
  id: "dailymotion",
  name: "Dailymotion",
  description: "A video from Dailymotion",
  price: "free",
  host: { by: "third-party", who: "Dailymotion", policy: "https://legal.dailymotion.com/en/privacy-policy/" },
  sites: ["dailymotion.com", "dai.ly"],
  type: "m.video",
  arguments: { video: { kind: "text", help: "the video's id, as in its address", pattern: "[a-zA-Z0-9]{5,12}", required: true } },
  main: "video",
  url: "https://geo.dailymotion.com/player.html?video={video}",
  link: "https://www.dailymotion.com/video/{video}",
  data: { videoUrl: "https://www.dailymotion.com/video/{video}" },
  recognise: [
    { hosts: ["dai.ly"], path: "/:video" },
    { hosts: ["www.dailymotion.com", "dailymotion.com"], path: "{/embed}?/video/:video" },
    { hosts: ["geo.dailymotion.com"], path: "/player.html", query: { video: "video" } },
  ],
};
