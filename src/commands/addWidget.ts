import { httpsUrl, text } from "../chat/arguments.ts";
import { defineCommand, optional, required, type Command } from "../chat/command.ts";
import { handsOver, stateUrl } from "../integrations/widgets/custom.ts";
import { WIDGET_TYPE } from "../integrations/widgets/state.ts";
import type { Widgets } from "../integrations/widgets/widgets.ts";

/** `add widget <url>`: a web page becomes a widget of the room. */
export function addWidget(widgets: Pick<Widgets, "withUrl" | "add">): Command {
  return defineCommand({
    words: "add widget",
    aliases: ["widget add"],
    parameters: { url: required(httpsUrl()) },
    options: { name: optional(text("name", 100)) },
    place: "anywhere",
    example: "add widget https://pad.example.org/p/team",
    changes: true,
    deed: "add-widget",
    needs: () => [{ kind: "state", type: WIDGET_TYPE }],
    plan: async ({ url, name }, { room }) => {
      const there = await widgets.withUrl(room, url);
      if (there !== undefined) {
        return {
          nothing: {
            template: "widget-exists",
            view: { id: there.live.id, name: there.live.name, url: there.live.url, addedBy: there.record?.addedBy ?? there.live.sender },
          },
        };
      }
      return {
        preview: {
          template: "widget-preview",
          view: {
            name: name ?? url.hostname,
            host: url.host,
            url: url.href,
            handsOver: handsOver(stateUrl(url)).map((variable) => `variable/${variable}`),
          },
        },
      };
    },
    perform: async ({ url, name }, { room, person, event }) => {
      const added = await widgets.add(room, { url, name: name ?? url.hostname, person, cause: event });
      return { template: "widget-added", view: { id: added.id, name: added.name, url: url.href } };
    },
  });
}
