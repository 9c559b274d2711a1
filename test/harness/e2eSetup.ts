import { inject } from "vitest";
import type { TestProject } from "vitest/node";
import { attachSynapse, startSynapse, type Synapse } from "./synapse.ts";

type Homeserver = Pick<Synapse, "url" | "secret">;

declare module "vitest" {
  interface ProvidedContext {
    readonly homeservers: readonly Homeserver[];
  }
}

/** A Synapse uses one core at most, and every test waits for its answers: two of them keep two cores busy. */
const SYNAPSES = 2;

/** Vitest's global set-up of the end-to-end tests: the Synapses of the whole run. Returns what ends them. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const progress = (sentence: string): void => {
    console.error(sentence);
  };
  const synapses: Synapse[] = [];
  while (synapses.length < SYNAPSES) synapses.push(await startSynapse({ progress }));
  project.provide(
    "homeservers",
    synapses.map(({ url, secret }) => ({ url, secret })),
  );
  return async () => {
    await Promise.all(synapses.map((synapse) => synapse.stop()));
  };
}

/** The Synapse of this test file: one for all of it, shared with every other file of the workers with the same remainder. */
export function theSynapse(): Synapse {
  const homeservers = inject("homeservers");
  const { url, secret } = homeservers[
    Number(process.env["VITEST_POOL_ID"]) % homeservers.length
  ] as Homeserver;
  return attachSynapse(url, secret);
}
