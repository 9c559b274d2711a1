import { listenAddress } from "../config/http.ts";
import { healthRoutes } from "../http/health.ts";
import { securityTxt } from "../http/securityTxt.ts";
import { WebServer } from "../http/webServer.ts";
import type { Part } from "../matrix/part.ts";
import { checkDisk } from "../store/checkDisk.ts";
import { noticePages } from "../notice/noticePages.ts";
import { titleOf } from "../notice/notice.ts";
import { SECTIONS } from "../notice/sections.ts";
import type { Ground } from "./ground.ts";
import type { Hearing } from "./hearing.ts";
import type { OpenNotice } from "./notice.ts";
import type { Speech } from "./speech.ts";

/** What says how Usher is, and its privacy notice: the health file, and whoever asks over HTTP, where the operator has it listen. */
export function openWeb(
  { config, clock, log, retention }: Ground,
  { intake, readiness }: Pick<Hearing, "intake" | "readiness">,
  { editions, wordings }: Pick<OpenNotice, "editions" | "wordings">,
  render: Speech["render"],
): readonly Part[] {
  const { listen, publicUrl, trustedProxies } = config.http;
  const address = listen === undefined ? undefined : listenAddress(listen);
  if (address === undefined) return [readiness];
  const routes = [
    ...healthRoutes({
      ...{ clock, retention },
      isReady: () => readiness.isReady,
      lastHeard: () => intake.lastHeard,
      disk: () => checkDisk(config.dataDir),
    }),
    ...noticePages({
      ...{ publicUrl, editions, wordings, language: config.language },
      titles: new Set(SECTIONS.map((name) => render(titleOf(name)).body)),
    }),
    ...securityTxt({
      ...{ publicUrl, clock, language: config.language },
      contact: config.operator.contacts.security,
    }),
  ];
  return [readiness, new WebServer({ ...address, trustedProxies, routes, clock, log })];
}
