import type { View } from "../../kernel/errors.ts";
import type { WidgetDefinition } from "./definition.ts";
import { hostOf } from "./resolve.ts";

/** Who answers for the website at an address in the state, as previews and details say it (R16, R57). */
export function hostView(definition: Pick<WidgetDefinition, "host" | "sites">, url: string): View {
  const { who, operator, policy } = hostOf(definition, url);
  const { host, hostname } = new URL(url);
  return {
    host,
    runBy: operator || who === hostname ? undefined : who,
    byOperator: operator,
    policy,
  };
}
