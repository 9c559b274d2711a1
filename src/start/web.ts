import { listenAddress } from "../config/http.ts";
import { healthRoutes } from "../http/health.ts";
import { securityTxt } from "../http/securityTxt.ts";
import { WebServer } from "../http/webServer.ts";
import type { Part } from "../matrix/part.ts";
import { checkDisk } from "../store/checkDisk.ts";
import type { Ground } from "./ground.ts";
import type { Hearing } from "./hearing.ts";

/** What says how Usher is: the health file, and whoever asks over HTTP, where the operator has it listen. */
export function openWeb(
  { config, clock, log, retention }: Ground,
  { intake, readiness }: Pick<Hearing, "intake" | "readiness">,
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
    ...securityTxt({
      ...{ publicUrl, clock, language: config.language },
      contact: config.operator.contacts.security,
    }),
  ];
  return [readiness, new WebServer({ ...address, trustedProxies, routes, clock, log })];
}
