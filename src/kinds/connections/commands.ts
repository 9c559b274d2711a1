import type { Command } from "../../chat/command.ts";
import { addFeed } from "./addFeed.ts";
import { addOutbound } from "./addOutbound.ts";
import { addProjects } from "./addProject.ts";
import { addWebhook, type SecretDeps } from "./addWebhook.ts";
import { secretAgain, type SecretAgainDeps } from "./secretAgain.ts";

/** What people can say about connections alone. */
export function connectionCommands(deps: SecretDeps & SecretAgainDeps): {
  readonly adding: Command;
  readonly more: readonly Command[];
} {
  return {
    adding: addFeed(deps),
    more: [addWebhook(deps), addOutbound(deps), ...addProjects(deps), secretAgain(deps)],
  };
}
