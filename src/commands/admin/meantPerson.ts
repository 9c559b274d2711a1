import { UsherError } from "../../kernel/errors.ts";
import type { UserId } from "../../kernel/ids.ts";
import { isStandIn } from "../../privacy/erased.ts";

/**
 * Rejects what is meant for people: with `user-self` where it names Usher's own account, which writes to nobody and is nobody's data; with `user-erased` where somebody
 * was erased between a question and its yes, and a stand-in is in place of their id.
 */
export function meantPerson(user: UserId, me: UserId): void {
  if (user === me) throw new UsherError("user-self", { user });
  if (isStandIn(user)) throw new UsherError("user-erased", {});
}
