import { inject } from "vitest";
import type { TestProject } from "vitest/node";
import { attachSynapse, startSynapse, type Synapse } from "./synapse.ts";

declare module "vitest" {
  interface ProvidedContext {
    readonly homeserver: { readonly url: string; readonly secret: string };
  }
}

/** Vitest's global set-up of the end-to-end tests: one Synapse for the whole run. Returns what ends it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const synapse = await startSynapse({
    progress: (sentence) => {
      console.error(sentence);
    },
  });
  project.provide("homeserver", { url: synapse.url, secret: synapse.secret });
  return () => synapse.stop();
}

/** The run's Synapse, inside a test file. */
export function theSynapse(): Synapse {
  const { url, secret } = inject("homeserver");
  return attachSynapse(url, secret);
}
