import { word } from "../../chat/arguments.ts";
import { defineCommand, optional, type Answer, type Command } from "../../chat/command.ts";
import { minuteOf, HOUR_MS } from "../../kernel/days.ts";
import type { KeyedQueue } from "../../kernel/tasks.ts";
import { keptMs } from "../../privacy/kept.ts";
import { EXPORT } from "../../privacy/records/exports.ts";
import type { Exports, SentExport } from "../../rights/export/exports.ts";
import { tellElsewhere, type ElsewhereDeps } from "./elsewhere.ts";
import { privately, type PrivatelyDeps } from "./privately.ts";

export interface PrivacyExportDeps extends PrivatelyDeps, ElsewhereDeps {
  readonly matrix: PrivatelyDeps["matrix"] & ElsewhereDeps["matrix"];
  readonly exports: Pick<Exports, "oneAtATime" | "send">;
  readonly queue: Pick<KeyedQueue, "aside">;
}

/** `privacy export [here]`: all that is kept about who asks, as one file (R31, R34, R38; GDPR articles 15(3) and 20). */
export function privacyExport(deps: PrivacyExportDeps): Command {
  const { exports, queue, matrix } = deps;
  return defineCommand({
    words: "privacy export",
    parameters: { where: optional(word("here", ["here"])) },
    signedDevice: true,
    example: "privacy export",
    changes: false,
    answer: ({ where }, request) =>
      // It may take a while, in which the room's other commands are answered.
      exports.oneAtATime(request.person, () =>
        queue.aside(request.room, () =>
          privately(deps, request, { here: where === "here" }, async (place) => {
            const sent = await exports.send(request, place);
            const { person, event } = request;
            const told = { template: "privacy/export-elsewhere", view: {} };
            await tellElsewhere(deps, { person, event, ...place }, told);
            return exportSent(sent, (await matrix.encryption(place.room)) === "encrypted");
          }),
        ),
      ),
  });
}

/** What is said beside the file, or the files. `sealed`: their room is encrypted. */
export function exportSent(
  { name, files, leftOut, until, deletes }: SentExport,
  sealed: boolean,
): Answer {
  const hours = keptMs(EXPORT) / HOUR_MS;
  const view = { sealed, deletes, file: name, hours, until: minuteOf(until), tooLarge: leftOut };
  return files === 1
    ? { template: "privacy/export", view }
    : { template: "privacy/exports", view: { ...view, files } };
}
