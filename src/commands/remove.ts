import { text } from "../chat/arguments.ts";
import { defineCommand, required, type Command } from "../chat/command.ts";
import { quote } from "../chat/tokenize.ts";
import { WIDGET_TYPE } from "../integrations/widgets/state.ts";
import type { Widgets } from "../integrations/widgets/widgets.ts";
import { UsherError } from "../kernel/errors.ts";

/** `remove <id>`: takes something out of the room again. What others put there is touched only when it is named and confirmed. */
export function remove(widgets: Pick<Widgets, "find" | "remove">): Command {
  return defineCommand({
    words: "remove",
    aliases: ["remove widget", "widget remove"],
    parameters: { id: required(text("id", 255)) },
    place: "anywhere",
    example: "remove example-7k2m4q",
    changes: true,
    deed: "remove-widget",
    needs: () => [{ kind: "state", type: WIDGET_TYPE }],
    plan: async ({ id }, { room }) => {
      const { shown, gone } = await widgets.find(room, id);
      if (shown !== undefined) {
        const { live, record } = shown;
        const view = { id: live.id, name: live.name, url: live.url, addedBy: record?.addedBy ?? live.sender };
        return {
          preview: { template: record === undefined ? "widget-foreign-remove-preview" : "widget-remove-preview", view },
          // State keys may hold anything.
          exactly: `remove ${quote(live.id)}`,
        };
      }
      if (gone === undefined) throw new UsherError("widget-unknown", { id });
      return { unseen: true, exactly: `remove ${quote(gone.id)}` };
    },
    perform: async ({ id }, { room }) => {
      const was = await widgets.remove(room, id);
      return was === undefined
        ? { template: "widget-already-gone", view: { id } }
        : { template: "widget-removed", view: { id, name: was.name, url: was.url } };
    },
  });
}
