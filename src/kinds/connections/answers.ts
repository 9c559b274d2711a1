import type { Answer } from "../../chat/command.ts";
import type { Outcome } from "../../integrations/setUp.ts";

/** What came of setting up a connection, in words. */
export function addedAnswer(
  { is }: Outcome,
  { id, name, entry }: { readonly id: string; readonly name: string; readonly entry: string },
): Answer {
  switch (is) {
    case "done":
      return { template: `connection-added/${entry}`, view: { id, name } };
    case "waiting":
      return { template: "connection/waiting", view: { id, name } };
    case "gone":
      return { template: "connection/already-gone", view: { name } };
  }
}
