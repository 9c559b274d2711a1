import { text, word } from "../../chat/arguments.ts";
import { defineCommand, optional, type Command } from "../../chat/command.ts";
import { minuteOf } from "../../kernel/days.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { UserId } from "../../kernel/ids.ts";
import type { Cases } from "../../rights/cases/cases.ts";
import { exportDocument, isSent } from "../../store/exports.ts";
import { keptMs } from "../../privacy/kept.ts";
import { EXPORT } from "../../privacy/records/exports.ts";
import type { Documents } from "../../store/documents.ts";
import { erasureDocument, type ErasureRequest } from "../../store/erasures.ts";
import type { Kind } from "../../integrations/kind.ts";
import type { Restrictions } from "../../rights/people/restrictions.ts";
import { restrictionsView } from "./restrict.ts";
import { handView } from "./erasureView.ts";
import type { HandWork } from "../../rights/erasure/handWork.ts";
import { caseView } from "./caseView.ts";
import { privately, type PrivatelyDeps } from "./privately.ts";
import { changed, standing } from "./standing.ts";

export interface StatusDeps extends PrivatelyDeps {
  readonly documents: Documents;
  readonly cases: Pick<Cases, "of" | "withdraw">;
  readonly handWork: Pick<HandWork, "of">;
  readonly restrictions: Pick<Restrictions, "of">;
  readonly kinds: readonly Pick<Kind, "kind" | "plural">[];
}

/** `privacy status [here]`: what somebody has asked, how far it is, and before when it is done (R66). */
export function privacyStatus(deps: StatusDeps): Command {
  const { documents, cases, handWork, restrictions, kinds } = deps;
  return defineCommand({
    words: "privacy status",
    parameters: { where: optional(word("here", ["here"])) },
    signedDevice: true,
    example: "privacy status",
    changes: false,
    answer: ({ where }, request) =>
      privately(deps, request, { here: where === "here" }, async () => {
        const { person } = request;
        const asked = (await documents.get(erasureDocument, person))?.request;
        return {
          template: "privacy/status",
          view: {
            erasure:
              asked === undefined
                ? { template: "privacy/erase-none", view: {} }
                : standing(asked, kinds),
            hand: (await handWork.of(person)).map(handView),
            restrictions: restrictionsView(restrictions, kinds, person),
            cases: (await cases.of(person)).map(caseView),
            files: await filesOf(documents, person),
          },
        };
      }),
  });
}

async function filesOf(documents: Documents, person: UserId) {
  const files = [];
  for await (const { document } of documents.aboutPerson(exportDocument, person))
    if (isSent(document))
      files.push({ made: minuteOf(document.at), until: minuteOf(document.at + keptMs(EXPORT)) });
  return files;
}

/**
 * `privacy cancel [id]`: nothing is erased, as long as nothing has been; of a case, nobody answers it any more. Rejects with `erasure-none`,
 * `erasure-begun`, `case-unknown` and `case-closed`.
 */
export function privacyCancel(deps: StatusDeps): Command {
  return defineCommand({
    words: "privacy cancel",
    // As answers name it.
    aliases: ["privacy cancel case"],
    parameters: { id: optional(text("id", 100)), where: optional(word("here", ["here"])) },
    signedDevice: true,
    example: "privacy cancel",
    changes: false,
    answer: ({ id: said, where }, request) => {
      const id = said?.toLowerCase();
      const here = where === "here" || id === "here";
      return privately(deps, request, { here, done: true }, async () => {
        if (id === undefined || id === "here") return calledOff(deps, request.person);
        await deps.cases.withdraw(id, request.person);
        return { template: "privacy/case-withdrawn", view: { id } };
      });
    },
  });
}

async function calledOff({ documents }: StatusDeps, person: UserId) {
  let known: ErasureRequest | undefined;
  await changed(documents, person, (one) => {
    known = one;
    return one?.state === "asked" || one?.state === "cooling" ? undefined : one;
  });
  if (known === undefined) throw new UsherError("erasure-none", {});
  if (known.state === "running" || known.state === "partial")
    throw new UsherError("erasure-begun", {});
  return { template: "privacy/erase-cancelled", view: {} };
}
