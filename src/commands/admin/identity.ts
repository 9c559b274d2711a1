import { text, userId, word } from "../../chat/arguments.ts";
import { defineCommand, optional, required, type Command } from "../../chat/command.ts";
import { REASONS } from "../../config/roles.ts";
import type { Clock } from "../../kernel/clock.ts";
import { dayOf } from "../../kernel/days.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { UserId } from "../../kernel/ids.ts";
import type { Identities } from "../../matrix/port.ts";
import { comparedIdentity, type Comparison } from "../../rights/people/identity.ts";
import type { Documents } from "../../store/documents.ts";
import { personDocument } from "../../store/people.ts";

interface AdminIdentityDeps {
  readonly matrix: Identities;
  readonly documents: Documents;
  readonly clock: Clock;
}

/** What stands for an account without a key. */
const NONE = "none";

/**
 * `admin identity <user>`: an operator has made sure, by another way than this chat, that it is still the same person who has another identity now
 * (docs/decisions/0008). What is confirmed is the very key that was shown.
 */
export function adminIdentity(deps: AdminIdentityDeps): Command {
  return defineCommand({
    words: "admin identity",
    parameters: { user: required(userId()), key: optional(text("key", 100)) },
    options: { reason: optional(word("reason", REASONS)) },
    operatorsOnly: true,
    signedDevice: true,
    example: "admin identity @ada:example.org",
    changes: true,
    needs: () => [],
    plan: async ({ user }) => {
      const compared = await different(deps, user);
      if (compared === undefined)
        return { nothing: { template: "admin/identity-same", view: { user } } };
      const { known, now } = compared;
      return {
        preview: { template: "admin/identity-preview", view: { user, known, now } },
        exactly: `admin identity ${user} ${now ?? NONE}`,
      };
    },
    perform: async ({ user, key }) => {
      const compared = await different(deps, user);
      // Taken up again after a crash, it may have been done.
      if (compared !== undefined) {
        if ((compared.now ?? NONE) !== key) throw new UsherError("identity-other", { user });
        await accept(deps, user, compared.now);
      }
      return { template: "admin/identity-accepted", view: { user } };
    },
  });
}

/** Undefined where the person is who they were. Rejects with `identity-unreachable`. */
async function different(
  deps: AdminIdentityDeps,
  user: UserId,
): Promise<{ readonly known: string; readonly now: string | undefined } | undefined> {
  const compared: Comparison | undefined = await comparedIdentity(deps, user);
  if (compared === undefined || compared.same) return undefined;
  const { known, now } = compared;
  if (now.is === "unreachable") throw new UsherError("identity-unreachable");
  return { known, now: now.is === "known" ? now.masterKey : undefined };
}

/** From now on this key stands for them; where they have none, the next one that they make. */
async function accept(
  { documents, clock }: AdminIdentityDeps,
  user: UserId,
  key: string | undefined,
): Promise<void> {
  const seen = dayOf(clock.now());
  const identity = key === undefined ? { seen } : { masterKey: key, seen };
  await documents.update(personDocument, user, (known) =>
    known.person === undefined ? known : { ...known, identity },
  );
}
