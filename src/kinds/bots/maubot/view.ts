import type { KindFinding } from "../../../integrations/kind.ts";
import type { UsherError, View } from "../../../kernel/errors.ts";
import type { UserId } from "../../../kernel/ids.ts";
import type { Maubot } from "./maubot.ts";

/** What was last seen of it. */
type Looked = Pick<Maubot, "bot" | "fault">;

/** What is said of a bot that maubot runs, for the template `bot/managed`; undefined of any other. */
export function managedView(user: UserId, maubot: Looked | undefined): View | undefined {
  const bot = maubot?.bot(user);
  if (bot === undefined) return undefined;
  const plugins = bot.instances
    .filter(({ running }) => running)
    .map(({ plugin, version }) => (version === undefined ? plugin : `${plugin} ${version}`));
  return {
    plugins: plugins.length === 0 ? undefined : plugins.join(", "),
    off: !bot.running,
    fault: faultView(maubot?.fault),
  };
}

/** Why maubot cannot be asked, for the template `bot/maubot-fault`. */
export function faultView(fault: UsherError | undefined): View | undefined {
  if (fault === undefined) return undefined;
  return {
    silent: fault.code === "maubot-unreachable",
    password: fault.code === "maubot-password",
    secret: fault.code === "secret-unreadable",
    odd: fault.code === "maubot-unexpected" || fault.code === "maubot-too-large",
    code: fault.code,
  };
}

/** What operators are told of it when they ask how things are. */
export async function maubotFindings(
  maubot: Maubot,
  { url, user }: { readonly url: string; readonly user: string },
): Promise<readonly KindFinding[]> {
  await maubot.look("now");
  const { fault } = maubot;
  const view = { host: new URL(url).host, user, fault: faultView(fault) };
  return [{ well: fault === undefined, finding: { template: "doctor/maubot", view } }];
}
