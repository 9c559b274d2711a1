import { UsherError } from "../../kernel/errors.ts";
import type { UserId } from "../../kernel/ids.ts";
import type { Identities, Identity } from "../../matrix/port.ts";
import type { Documents } from "../../store/documents.ts";
import { personDocument } from "../../store/people.ts";

interface IdentityDeps {
  readonly matrix: Identities;
  readonly documents: Documents;
}

/** Who somebody was by their identity (cross-signing) when they were first seen, and who they are now. */
export interface Comparison {
  /** The key that is remembered of them. */
  readonly known: string;
  readonly now: Identity;
  readonly same: boolean;
}

/** Undefined where no key is remembered: then nobody else can be told from them. Rejects as `identity` does. */
export async function comparedIdentity(
  { matrix, documents }: IdentityDeps,
  person: UserId,
): Promise<Comparison | undefined> {
  const known = (await documents.get(personDocument, person))?.identity?.masterKey;
  if (known === undefined) return undefined;
  const now = await matrix.identity(person);
  return { known, now, same: now.is === "known" && now.masterKey === known };
}

/**
 * Why nothing that is about this person may be shown to, or erased for, whoever now speaks under their id (docs/decisions/0008): an id can pass to
 * somebody else, an identity cannot. `identity-changed` (view: `gone`) or `identity-unreachable`; undefined where they are who they were.
 */
export async function identityFault(
  deps: IdentityDeps,
  person: UserId,
): Promise<UsherError | undefined> {
  const compared = await comparedIdentity(deps, person);
  if (compared === undefined || compared.same) return undefined;
  const { is } = compared.now;
  return is === "unreachable"
    ? new UsherError("identity-unreachable")
    : new UsherError("identity-changed", { gone: is === "none" });
}
