import { defineCommand, type Command } from "../chat/command.ts";
import type { Widgets } from "../integrations/widgets/widgets.ts";

/** `list`: what the room has now, beside what Usher remembers of it. */
export function list(widgets: Pick<Widgets, "list">): Command {
  return defineCommand({
    words: "list",
    parameters: {},
    place: "anywhere",
    example: "list",
    changes: false,
    answer: async (_, { room }) => {
      const { shown, gone } = await widgets.list(room);
      if (shown.length === 0 && gone.length === 0) return { template: "list-empty", view: {} };
      return {
        template: "list",
        view: {
          mine: shown.flatMap(({ live, record }) =>
            record === undefined
              ? []
              : [{ id: live.id, name: live.name, url: live.url, addedBy: record.addedBy, addedOn: day(record.addedAt) }],
          ),
          others: shown
            .filter(({ record }) => record === undefined)
            .map(({ live }) => ({ id: live.id, name: live.name, url: live.url, addedBy: live.sender })),
          gone: gone.map((record) => ({ id: record.id, name: record.name, addedBy: record.addedBy, addedOn: day(record.addedAt) })),
        },
      };
    },
  });
}

/** As 2026-01-31, UTC. */
function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
