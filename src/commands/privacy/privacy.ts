import { defineCommand, type Answer, type Command, type Request } from "../../chat/command.ts";
import { dayOf } from "../../kernel/days.ts";
import type { Identities, RoomEncryption, RoomPrivacy } from "../../matrix/port.ts";
import type { Editions } from "../../notice/editions.ts";
import type { Notice } from "../../notice/notice.ts";
import { counter } from "../../rights/holdings/counts.ts";
import type { Holding } from "../../rights/holdings/holding.ts";
import { identityFault } from "../../rights/people/identity.ts";
import type { Documents } from "../../store/documents.ts";

export interface PrivacyDeps {
  readonly matrix: RoomPrivacy & RoomEncryption & Identities;
  readonly documents: Documents;
  readonly holdings: readonly Holding[];
  readonly notice: Notice;
  readonly editions: Pick<Editions, "all" | "newest">;
  /** Whether Usher can encrypt. Where it can, nothing personal goes out unencrypted. */
  readonly canEncrypt: boolean;
}

/**
 * `privacy`: in five lines how much Usher keeps about who asks, what they can ask for, and who answers for it (R30, R33). Answered to anyone, with no
 * precondition; the count only where nobody else reads it, and to a device that would be told the rest too.
 */
export function privacy(deps: PrivacyDeps): Command {
  const { matrix, holdings, notice, editions, canEncrypt } = deps;
  const counts = counter(holdings);
  const isPrivate = async ({ room, person, direct, signedDevice }: Request): Promise<boolean> => {
    if (!direct || (await matrix.privacyFault(room, person)) !== undefined) return false;
    if ((await identityFault(deps, person)) !== undefined) return false;
    return canEncrypt
      ? signedDevice === true && (await matrix.encryption(room)) === "encrypted"
      : true;
  };
  return defineCommand({
    words: "privacy",
    parameters: {},
    example: "privacy",
    changes: false,
    answer: async (_, request): Promise<Answer> => {
      const { person } = request;
      const { version, at } = editions.newest;
      const known = { ...notice.facts, version, day: dayOf(at) };
      if (!(await isPrivate(request)))
        return { template: "privacy", view: { ...known, counted: false, total: 0 } };
      const total = [...(await counts(person)).values()].reduce((sum, count) => sum + count, 0);
      const view = { ...known, counted: true, total };
      return { template: "privacy", view, onlyFor: person };
    },
  });
}
