import type { Secrets } from "../../../config/secrets.ts";
import type { KindDeps, KindFinding } from "../../../integrations/kind.ts";
import type { ListSection } from "../../../integrations/listSection.ts";
import { UsherError } from "../../../kernel/errors.ts";
import type { Part } from "../../../matrix/part.ts";
import type { BotEntry } from "../config.ts";
import { MaubotClient } from "./client.ts";
import type { MaubotSettings } from "./config.ts";
import { entriesOf } from "./entries.ts";
import { Maubot } from "./maubot.ts";
import { maubotFindings } from "./view.ts";

export interface OpenMaubot {
  readonly maubot: Maubot;
  readonly checkup: () => Promise<readonly KindFinding[]>;
  /** Looks at it at the start and then at intervals, so that the catalogue has its bots. */
  readonly part: Part;
}

interface OpenDeps extends Pick<KindDeps, "http" | "clock"> {
  readonly secrets: Secrets;
  readonly section: Pick<ListSection<BotEntry>, "entries">;
  /** Told of what maubot adds to the catalogue. */
  readonly renew: (entries: readonly BotEntry[]) => void;
}

/** Undefined where none is configured. */
export function openMaubot(
  { http, clock, secrets, section, renew }: OpenDeps,
  settings: MaubotSettings | undefined,
): OpenMaubot | undefined {
  if (settings === undefined) return undefined;
  const client = new MaubotClient({
    ...{ http, ...settings },
    password: () => {
      const password = secrets.read("maubot.password");
      if (password === undefined)
        throw new UsherError("secret-unreadable", { setting: "bots.maubot.passwordFile" });
      return password;
    },
  });
  const maubot = new Maubot({
    client,
    clock,
    declared: (user) =>
      section.entries.some((one) => one.user === user && one.instance !== undefined),
    found: (bots) => {
      renew(entriesOf(bots, settings));
    },
  });
  const look = (): Promise<void> => maubot.look();
  return {
    maubot,
    checkup: () => maubotFindings(maubot, settings),
    part: {
      name: "maubot",
      start: look,
      rounds: [{ name: "maubot", when: "30 */2 * * * *", work: look }],
    },
  };
}
