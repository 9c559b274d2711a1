import { UsherError } from "../../kernel/errors.ts";
import type { UserId } from "../../kernel/ids.ts";

/** Rejects with `user-self` what is meant for people where it names Usher's own account: it writes to nobody, and is nobody's data. */
export function notUsher(user: UserId, me: UserId): void {
  if (user === me) throw new UsherError("user-self", { user });
}
