import { UsherError } from "../../../kernel/errors.ts";
import type { Reply } from "./dialogues.ts";

/**
 * The reply, where it is one that says yes. Rejects with `bridge-refused`, `bridge-unclear` (it said what nobody foresaw, which is shown as it is) or
 * `bridge-silent`.
 */
export function answered(
  reply: Reply,
  { name }: { readonly name: string },
): Extract<Reply, { readonly is: "done" | "refused" }> {
  switch (reply.is) {
    case "done":
      return reply;
    case "refused": {
      const advice = reply.phrase.advice;
      throw new UsherError("bridge-refused", {
        name,
        line: reply.line,
        advice:
          advice === undefined ? undefined : { template: `bridge-advice/${advice}`, view: {} },
      });
    }
    case "unclear":
      if (reply.lines.length === 0) throw new UsherError("bridge-silent", { name });
      throw new UsherError("bridge-unclear", { name, lines: [...reply.lines] });
  }
}
