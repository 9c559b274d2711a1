import { defineCommand, required, type Command } from "../../chat/command.ts";
import { asTyped, quote } from "../../chat/tokenize.ts";
import { matching } from "../../integrations/match.ts";
import { LAYOUT_TYPE, refuseFourth } from "./layout.ts";
import type { KnownWidget, Widgets } from "./widgets.ts";
import type { RoomId } from "../../kernel/ids.ts";
import { nameOrId } from "../../chat/nameOrId.ts";
import { ambiguous, unknown, whichOf } from "../../integrations/itemCommands.ts";
import { things } from "./items.ts";

type Parts = Pick<Widgets, "list" | "shown" | "place" | "move">;

/** `pin <name or id>` and `unpin …`: a widget goes above the conversation, for everybody whose client shows it there, or beside it again. */
export function pin(widgets: Parts, words: "pin" | "unpin"): Command {
  const onTop = words === "pin";
  return defineCommand({
    words,
    aliases: [`${words} widget`],
    parameters: { id: required(nameOrId("several words")) },
    example: `${words} jitsi-7k2m4q`,
    missing: whichOf(
      async (room) => (await widgets.list(room)).shown.map(({ live }) => live),
      words,
    ),
    changes: true,
    deed: `${words}-widget`,
    needs: () => [{ kind: "state", type: LAYOUT_TYPE }],
    plan: async ({ id: said }, { room }) => {
      const { live, record } = await meant(widgets, room, said);
      const place = await widgets.place(room, live);
      const view = { id: asTyped(live.id), name: live.name, onTop };
      if (place.onTop === onTop) return { nothing: { template: "widget/placed-already", view } };
      if (onTop) refuseFourth(place.top);
      const theirs = record === undefined ? live.sender : undefined;
      return {
        preview: { template: "widget/place-preview", view: { ...view, theirs } },
        exactly: `${words} ${quote(live.id)}`,
      };
    },
    perform: async ({ id }, { room, person, event }) => {
      const change = await widgets.move(room, id, onTop ? "top" : "right", {
        person,
        cause: event,
      });
      if (change !== undefined)
        return {
          template: "widget/placed",
          view: { id: asTyped(change.id), name: change.name, onTop },
        };
      const { live } = await widgets.shown(room, id);
      return {
        template: "widget/placed-already",
        view: { id: asTyped(live.id), name: live.name, onTop },
      };
    },
  });
}

/** The one widget that a person means. Rejects with `item-ambiguous`, and with `item-unknown` where the room shows none such. */
async function meant(widgets: Parts, room: RoomId, said: string): Promise<KnownWidget> {
  const all = await things(widgets, room);
  const [one, ...others] = matching(all, said);
  if (one !== undefined && others.length > 0) throw ambiguous(said, [one, ...others]);
  if (one === undefined) throw unknown(said, all);
  return widgets.shown(room, one.id);
}
