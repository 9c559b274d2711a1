import type { View } from "../../kernel/errors.ts";
import type { WidgetDefinition } from "../../integrations/widgets/definition.ts";
import { hostOf } from "../../integrations/widgets/resolve.ts";

/** Who answers for a widget's website, as previews and details say it (R16, R57). */
export function hostView(definition: Pick<WidgetDefinition, "host" | "sites">, link: string): View {
  const { who, operator, policy } = hostOf(definition, link);
  const { host, hostname } = new URL(link);
  return { host, runBy: operator || who === hostname ? undefined : who, byOperator: operator, policy };
}
