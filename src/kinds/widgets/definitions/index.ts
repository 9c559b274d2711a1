import type { DefinitionInput } from "../definition.ts";
import { bigbluebutton } from "./bigbluebutton.ts";
import { custom } from "./custom.ts";
import { dailymotion } from "./dailymotion.ts";
import { elementCall } from "./elementCall.ts";
import { etherpad } from "./etherpad.ts";
import { googleCalendar } from "./googleCalendar.ts";
import { googleDocs } from "./googleDocs.ts";
import { grafana } from "./grafana.ts";
import { jitsi } from "./jitsi.ts";
import { peertube } from "./peertube.ts";
import { spotify } from "./spotify.ts";
import { tradingview } from "./tradingview.ts";
import { twitch } from "./twitch.ts";
import { vimeo } from "./vimeo.ts";
import { whiteboard } from "./whiteboard.ts";
import { youtube, youtubePlaylist } from "./youtube.ts";

/** The widgets that Usher knows without any configuration. The first that recognises an address has it, so `custom`, which takes all, comes last. */
export const DEFINITIONS: readonly DefinitionInput[] = [
  jitsi,
  elementCall,
  bigbluebutton,
  etherpad,
  whiteboard,
  youtubePlaylist,
  youtube,
  vimeo,
  dailymotion,
  peertube,
  twitch,
  spotify,
  googleDocs,
  googleCalendar,
  grafana,
  tradingview,
  custom,
];
