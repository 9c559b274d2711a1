import type { z } from "zod";
import type { configSchema } from "./schema.ts";

/** Values that a sample shows and nobody can mean: the domains of RFC 2606, angle brackets, "change me". */
function isPlaceholder(value: string): boolean {
  return /(?:^|[^a-z0-9-])example\.(?:org|com|net)(?![a-z0-9.-]*[a-z0-9])|^example association$|<[^>]*>|change.?me|^to.?do$|^\s*$/iu.test(
    value,
  );
}

/** The value, unless it is a placeholder. */
export function real(value: string | undefined): string | undefined {
  return value === undefined || isPlaceholder(value) ? undefined : value;
}

/** What production mode demands beyond what is well-formed; one sentence a fault. */
export function productionProblems(config: z.infer<typeof configSchema>): string[] {
  const { homeserver, operators, access, operator } = config;
  const present: (readonly [name: string, value: string | undefined])[] = [
    ["homeserver.url", homeserver.url],
    ["homeserver.userId", homeserver.userId],
    ...operators.map((person, index) => [`operators[${String(index)}]`, person] as const),
    ...(access.inviters.allow ?? []).map(
      (glob, index) => [`access.inviters.allow[${String(index)}]`, glob] as const,
    ),
    ["operator.legalName", operator.legalName],
    ["operator.contacts.support", operator.contacts.support],
    ["operator.contacts.dpo", operator.contacts.dpo],
    ["operator.noticeUrl", operator.noticeUrl],
  ];
  const wayOut =
    'Production mode needs the real one; with "mode": "trial" Usher can be tried without.';
  return present.flatMap(([name, value]) => {
    if (value === undefined)
      return name === "operator.contacts.dpo" ? [] : [`${name} is missing. ${wayOut}`];
    return isPlaceholder(value) ? [`${name} is still a placeholder. ${wayOut}`] : [];
  });
}
