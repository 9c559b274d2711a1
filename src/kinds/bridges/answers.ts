import type { Answer } from "../../chat/command.ts";
import type { Outcome } from "../../integrations/setUp.ts";

interface Added {
  readonly id: string;
  /** The place that is linked, and the bridge. */
  readonly name: string;
  readonly bridge: string;
  /** What somebody on the far side has to say yes to. */
  readonly asked: Answer | undefined;
}

/** What came of setting up a bridge, in words. */
export function addedAnswer({ is }: Outcome, { id, name, bridge, asked }: Added): Answer {
  const view = { id, name, bridge };
  switch (is) {
    case "done":
      return { template: "bridge/added", view };
    case "waiting":
      return { template: "bridge/waiting", view: { ...view, asked } };
    case "gone":
      return { template: "bridge/already-gone", view: { name } };
  }
}
