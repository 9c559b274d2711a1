import type { Clock } from "../kernel/clock.ts";
import type { UserId } from "../kernel/ids.ts";
import { isStandIn } from "../privacy/erased.ts";
import type { Holding } from "./holding.ts";

/** Everybody about whom anything is held, but for Usher itself; as of `maxAgeMs` ago at most. */
export type KnownPeople = (maxAgeMs: number) => Promise<ReadonlySet<UserId>>;

/** Takes a look at every document, so that whoever can do with an older answer says so. */
export function knownPeople(
  holdings: readonly Pick<Holding, "people">[],
  { me, clock }: { readonly me: UserId; readonly clock: Clock },
): KnownPeople {
  let last: { readonly at: number; readonly people: Promise<ReadonlySet<UserId>> } | undefined;
  const look = async (): Promise<ReadonlySet<UserId>> => {
    const found = new Set<UserId>();
    for (const holding of holdings)
      for await (const person of holding.people())
        if (person !== me && !isStandIn(person)) found.add(person);
    return found;
  };
  return async (maxAgeMs) => {
    const now = clock.now();
    if (last === undefined || now - last.at > maxAgeMs) last = { at: now, people: look() };
    const { people } = last;
    try {
      return await people;
    } catch (error) {
      if (last?.people === people) last = undefined;
      throw error;
    }
  };
}
