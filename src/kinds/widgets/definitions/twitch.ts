import type { DefinitionInput } from "../definition.ts";

/** Twitch shows itself only inside pages whose host stands in the address as `parent`: one for each place where people use a client. */
export const twitch: DefinitionInput = {
  id: "twitch",
  name: "Twitch",
  description: "A live stream or a recording from Twitch",
  price: "free",
  host: {
    by: "third-party",
    who: "Twitch",
    policy: "https://www.twitch.tv/p/legal/privacy-notice/",
  },
  sites: ["twitch.tv"],
  type: "twitch",
  aliases: ["m.twitch", "dimension-twitch"],
  arguments: {
    channel: { kind: "text", help: "the channel's name", pattern: "[A-Za-z0-9_]{2,25}" },
    video: {
      kind: "text",
      help: "a recording's number, in place of a channel",
      pattern: "v?\\d{5,15}",
    },
    time: {
      kind: "text",
      help: "where a recording begins, as 1h6m47s",
      pattern: "(?:\\d{1,4}h)?(?:\\d{1,5}m)?(?:\\d{1,9}s?)?",
    },
    parent: {
      kind: "servers",
      help: "the hosts of the web clients that people here use, with commas between",
      default: ["app.element.io", "develop.element.io", "chat.mozilla.org"],
    },
  },
  oneOf: ["channel", "video"],
  main: "channel",
  url: "https://player.twitch.tv/{?channel,video,time,parent*}",
  link: [
    "https://www.twitch.tv/{channel}",
    "https://www.twitch.tv/videos/{video}?t={time}",
    "https://www.twitch.tv/videos/{video}",
  ],
  data: { channelName: "{channel}" },
  recognise: [
    { hosts: ["player.twitch.tv"], path: "/", query: { channel: "channel" } },
    {
      hosts: ["player.twitch.tv"],
      path: "/",
      query: { video: "video" },
      maybe: { time: "time", t: "time" },
    },
    {
      hosts: ["www.twitch.tv", "twitch.tv", "m.twitch.tv"],
      path: "/videos/:video",
      maybe: { t: "time" },
    },
    { hosts: ["www.twitch.tv", "twitch.tv", "m.twitch.tv"], path: "/:channel" },
  ],
};
