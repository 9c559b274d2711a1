import { text } from "../../chat/arguments.ts";
import { defineCommand, required, type Command } from "../../chat/command.ts";
import { quote } from "../../chat/tokenize.ts";
import { LAYOUT_TYPE } from "../../integrations/widgets/layout.ts";
import { refuseFourth, type Widgets } from "../../integrations/widgets/widgets.ts";

/** `pin <id>` and `unpin <id>`: a widget goes above the conversation, for everybody whose client shows it there, or beside it again. */
export function pin(widgets: Pick<Widgets, "shown" | "place" | "move">, words: "pin" | "unpin"): Command {
  const onTop = words === "pin";
  return defineCommand({
    words,
    aliases: [`${words} widget`],
    parameters: { id: required(text("id", 255)) },
    place: "anywhere",
    example: `${words} jitsi-7k2m4q`,
    changes: true,
    deed: `${words}-widget`,
    needs: () => [{ kind: "state", type: LAYOUT_TYPE }],
    plan: async ({ id }, { room }) => {
      const { live, record } = await widgets.shown(room, id);
      const place = await widgets.place(room, live);
      const view = { id: live.id, name: live.name, onTop };
      if (place.onTop === onTop) return { nothing: { template: "widget-placed-already", view } };
      if (onTop) refuseFourth(place.top);
      const theirs = record === undefined ? live.sender : undefined;
      return { preview: { template: "widget-place-preview", view: { ...view, theirs } }, exactly: `${words} ${quote(live.id)}` };
    },
    perform: async ({ id }, { room, person, event }) => {
      const change = await widgets.move(room, id, onTop ? "top" : "right", { person, cause: event });
      if (change !== undefined) return { template: "widget-placed", view: { id: change.id, name: change.name, onTop } };
      const { live } = await widgets.shown(room, id);
      return { template: "widget-placed-already", view: { id: live.id, name: live.name, onTop } };
    },
  });
}
