import { ListSection } from "../../integrations/listSection.ts";
import { bridgeCatalogue, type BridgeEntry } from "./config.ts";

/** The bridges that can be added. */
export function bridgeSection(configured: readonly BridgeEntry[]): ListSection<BridgeEntry> {
  const options = { kind: "bridge", plural: "bridges", schema: bridgeCatalogue };
  return new ListSection({ ...options, configured });
}
