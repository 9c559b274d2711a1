import { defineCommand, type Command } from "../../chat/command.ts";
import type { OperatorFacts } from "../../config/facts.ts";
import type { Clock } from "../../kernel/clock.ts";
import { DAY_MS, dayOf } from "../../kernel/days.ts";
import type { View } from "../../kernel/errors.ts";
import type { Edition, Editions } from "../../notice/editions.ts";
import type { Documents } from "../../store/documents.ts";
import { personDocument } from "../../store/people.ts";

export interface ControllerDeps {
  readonly documents: Documents;
  readonly clock: Clock;
  readonly editions: Pick<Editions, "all" | "newest">;
  readonly operatorFacts: Pick<OperatorFacts, "controller" | "successors">;
}

/** How long people should have to take their data along or have it erased, where that can be; days. */
const FAIR_DAYS = 30;

/**
 * `admin controller`: who answers for people's data, and how far a change of that is: announced in which version, told to how many, and what to do next (R74). It
 * changes nothing: what is announced stands in the configuration, and the start sees to the order.
 */
export function adminController(deps: ControllerDeps): Command {
  return defineCommand({
    words: "admin controller",
    parameters: {},
    operatorsOnly: true,
    example: "admin controller",
    changes: false,
    answer: async () => {
      const { controller, successors } = deps.operatorFacts;
      const changes: View[] = [];
      for (const { name, from } of successors) changes.push(await changeView(deps, name, from));
      return { template: "admin/controller", view: { name: controller.name, changes } };
    },
  });
}

async function changeView(
  { documents, clock, editions }: ControllerDeps,
  name: string,
  from: string,
): Promise<View> {
  const now = clock.now();
  const announced = announcedIn(editions.all, name, from);
  const [told, untold] = await tellings(documents, announced?.version);
  const left = Math.ceil((Date.parse(from) - now) / DAY_MS);
  const notice =
    announced === undefined ? 0 : Math.floor((Date.parse(from) - announced.at) / DAY_MS);
  return {
    ...{ name, from, told, untold },
    announced: announced && { version: announced.version, on: dayOf(announced.at) },
    short: announced !== undefined && notice < FAIR_DAYS ? notice : undefined,
    due: left <= 0,
    left: Math.max(left, 0),
  };
}

/** The first version that says so. */
function announcedIn(all: readonly Edition[], name: string, from: string): Edition | undefined {
  return all.find(({ successors }) =>
    successors.some((one) => one.name === name && one.from === from),
  );
}

/** How many of those of whom anything is kept were told of this version or a later one, and how many not. */
async function tellings(
  documents: Documents,
  version: number | undefined,
): Promise<readonly [told: number, untold: number]> {
  let [told, untold] = [0, 0];
  for await (const { document } of documents.scan(personDocument)) {
    if (document.person === undefined) continue;
    const seen = Number(document.noticeSeen ?? 0);
    if (version !== undefined && seen >= version) told += 1;
    else untold += 1;
  }
  return [told, untold];
}
