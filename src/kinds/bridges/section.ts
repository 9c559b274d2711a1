import { isDeepStrictEqual } from "node:util";
import { ListSection } from "../../integrations/listSection.ts";
import { bridgeCatalogue, type BridgeEntry } from "./config.ts";

/** The bridges that can be added. Where one is given orders by HTTP the configuration alone says: a command that changes the catalogue must send no secret elsewhere. */
export function bridgeSection(configured: readonly BridgeEntry[]): ListSection<BridgeEntry> {
  const schema = bridgeCatalogue.superRefine((entries, context) => {
    for (const [index, entry] of entries.entries()) {
      const before = configured.find(({ id }) => id === entry.id);
      if (isDeepStrictEqual(provisioningOf(entry), before && provisioningOf(before))) continue;
      context.addIssue({
        code: "custom",
        path: [index, "provisioning"],
        message: "can be changed in the configuration file alone, for it says where a secret goes.",
      });
    }
  });
  return new ListSection({ kind: "bridge", plural: "bridges", schema, configured });
}

function provisioningOf(entry: BridgeEntry): object | undefined {
  return "provisioning" in entry ? entry.provisioning : undefined;
}
