import type { Answer } from "../../chat/command.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { UserId } from "../../kernel/ids.ts";
import { isAborted } from "../../matrix/errors.ts";
import type { BotEntry } from "./config.ts";
import { namedView } from "./views.ts";

/** What came of it. `declined`: it refused the invitation, somebody took that back, or it left again at once. `level`: whether it has the power that was asked for. */
export type BotResult =
  /** `refused`: the homeserver did not take it. `unsaid`: nor Usher's first words. */
  | {
      readonly is: "joined";
      readonly level: "had" | "given" | "withheld" | "refused";
      readonly unsaid?: true;
    }
  | { readonly is: "invited" | "declined" };

/** What the work gives, or "refused" where the homeserver did not take it, also after several tries. Rejects where Usher is being stopped. */
export async function unlessRefused<T>(work: () => Promise<T>): Promise<T | "refused"> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UsherError) || isAborted(error)) throw error;
    return "refused";
  }
}

/** What became of an invitation, in words. */
export function resultAnswer(
  result: BotResult,
  {
    user,
    entry,
    level,
    seconds,
  }: { user: UserId; entry: BotEntry | undefined; level: number; seconds: number },
): Answer {
  const named = namedView({ user, entry });
  switch (result.is) {
    case "joined":
      return {
        template: "bot/added",
        view: {
          ...named,
          level,
          given: result.level === "given",
          withheld: result.level === "withheld",
          refused: result.level === "refused",
          unsaid: result.unsaid === true,
        },
      };
    case "invited":
      return { template: "bot/invited", view: { ...named, seconds } };
    case "declined":
      return { template: "bot/declined", view: named };
  }
}
