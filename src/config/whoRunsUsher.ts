import type { View } from "../kernel/errors.ts";
import type { Config } from "./load.ts";

/** What every sentence may say of this Usher and of whoever runs it. */
export function whoRunsUsher({ homeserver, operator, notice, mode, minimumAge }: Config): View {
  const { legalName, contacts, noticeUrl } = operator;
  const { dpo, support } = contacts;
  const { name: authority, url: authorityUrl, guidanceUrl } = notice.supervisoryAuthority;
  return {
    usher: homeserver.userId,
    legalName,
    dpo,
    support,
    noticeUrl,
    authority,
    authorityUrl,
    guidanceUrl,
    trial: mode === "trial",
    minimumAge,
  };
}
