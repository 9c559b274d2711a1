import type { z } from "zod";
import { factFaults } from "./facts.ts";
import { isPlaceholder } from "./placeholder.ts";
import type { configSchema } from "./schema.ts";

const WAY_OUT =
  'Production mode needs the real one; with "mode": "trial" Usher can be tried without.';

/** What production mode demands beyond what is well-formed; one sentence a fault. `ofNotice`: whether people could not be told who answers for their data. */
export function productionProblems(config: z.infer<typeof configSchema>): {
  readonly problems: readonly string[];
  readonly ofNotice: boolean;
} {
  const { homeserver, operators, access } = config;
  const present: (readonly [name: string, value: string])[] = [
    ["homeserver.url", homeserver.url],
    ["homeserver.userId", homeserver.userId],
    ...operators.map((person, index) => [`operators[${String(index)}]`, person] as const),
    ...(access.inviters.allow ?? []).map(
      (glob, index) => [`access.inviters.allow[${String(index)}]`, glob] as const,
    ),
  ];
  const ofFacts = factFaults(config);
  const problems = [
    ...present
      .filter(([, value]) => isPlaceholder(value))
      .map(([name]) => ({ name, missing: false })),
    ...ofFacts,
  ].map(
    ({ name, missing }) => `${name} is ${missing ? "missing" : "still a placeholder"}. ${WAY_OUT}`,
  );
  return { problems, ofNotice: ofFacts.length > 0 };
}
