import { restOfLine } from "../../../chat/arguments.ts";
import { defineCommand, required, type Command, type Request } from "../../../chat/command.ts";
import { mayPass } from "../../../chat/retryTransient.ts";
import { UsherError } from "../../../kernel/errors.ts";
import { isAborted } from "../../../matrix/errors.ts";
import type { OwnAccount, PowerLevels, Reactions } from "../../../matrix/port.ts";
import { allowed } from "../../../matrix/power.ts";
import type { PackEntry } from "../config.ts";
import type { Redemptions } from "../people/redemptions.ts";

export interface RedeemDeps {
  readonly redemptions: Pick<Redemptions, "redeem">;
  readonly entries: readonly PackEntry[];
  readonly matrix: OwnAccount & PowerLevels & Pick<Reactions, "redact">;
}

/** Longer than a code with whatever stands between its letters. */
const MOST = 100;

/**
 * `stickers redeem <code>`: a pack that costs something becomes theirs. Where others read along, the message with the code is taken away: a code that is not used up could be
 * anybody's. The command's line stands in the journal until it is answered, as every command's (D11), and the code is in the message anyway.
 */
export function redeemCode(deps: RedeemDeps): Command {
  return defineCommand({
    words: "stickers redeem",
    aliases: ["redeem"],
    parameters: { code: required(restOfLine("code", MOST)) },
    example: "stickers redeem 7K2M9QXA-XXXXX-XXXXX-XXXXX-XXXXX",
    changes: true,
    needs: () => [],
    plan: () => Promise.resolve({ unseen: true }),
    perform: async ({ code }, request) => {
      try {
        const { pack, free } = await deps.redemptions.redeem(request.person, code, request.event);
        const name = deps.entries.find(({ id }) => id === pack)?.name ?? pack;
        const view = { name, id: pack, free, ...(await hidden(deps, request)) };
        return { template: "sticker/redeemed", view };
      } catch (error) {
        if (!(error instanceof UsherError) || !error.code.startsWith("sticker-code")) throw error;
        throw new UsherError(error.code, { ...error.view, ...(await hidden(deps, request)) });
      }
    },
  });
}

/** Takes the message with the code away where others could read it and Usher may. Safe to repeat. */
async function hidden(
  { matrix }: RedeemDeps,
  { room, event, direct }: Request,
): Promise<{ readonly taken: boolean; readonly stays: boolean }> {
  if (direct) return { taken: false, stays: false };
  const stays = { taken: false, stays: true };
  if (!allowed(await matrix.power(room), matrix.me, { kind: "redact" })) return stays;
  try {
    await matrix.redact(room, event, { cause: event, step: "code" });
    return { taken: true, stays: false };
  } catch (error) {
    if (!(error instanceof UsherError) || mayPass(error) || isAborted(error)) throw error;
    return stays;
  }
}
