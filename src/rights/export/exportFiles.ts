import { HOUR_MS } from "../../kernel/days.ts";
import type { Clock } from "../../kernel/clock.ts";
import { asMxcUri, type EventId, type MxcUri } from "../../kernel/ids.ts";
import { errorFields, type Log } from "../../kernel/log.ts";
import type { MediaDeletion, SynapseAdmin } from "../../matrix/synapseAdmin.ts";
import { keptMs } from "../../privacy/kept.ts";
import { EXPORT } from "../../privacy/records/exports.ts";
import type { Documents } from "../../store/documents.ts";
import { exportFileDocument } from "../../store/exports.ts";

/** How long after its time a file that is still there is a fault; ms. The sweep tries each hour. */
const LATE_MS = 2 * HOUR_MS;

interface ExportFilesDeps {
  /** Undefined where Usher may delete nothing: then nothing is noted either. */
  readonly admin: (MediaDeletion & Pick<SynapseAdmin, "fault">) | undefined;
  readonly documents: Documents;
  readonly clock: Clock;
  readonly log: Log;
}

/** The copies of exported files in the media repository, deleted there when their time is over: redacting a message leaves them (Synapse issue 1263). */
export class ExportFiles {
  readonly #deps: ExportFilesDeps;

  constructor(deps: ExportFilesDeps) {
    this.#deps = deps;
  }

  /** Whether Usher can delete files now, as far as can be told beforehand. */
  async canDelete(): Promise<boolean> {
    const { admin } = this.#deps;
    return admin !== undefined && (await admin.fault()) === undefined;
  }

  /** A copy of the file that this event asked for was placed there. Resolves when that is stored. */
  async placed(event: EventId, file: MxcUri): Promise<void> {
    const { admin, documents, clock } = this.#deps;
    if (admin === undefined) return;
    const due = clock.now() + keptMs(EXPORT);
    await documents.update(exportFileDocument, file, () => ({ event, due }));
  }

  /** The time of what this event asked for is over: deletes it now, or else with the next sweeps. Never rejects for the homeserver's faults. */
  async end(event: EventId): Promise<void> {
    const { documents, clock } = this.#deps;
    for await (const { id, document } of documents.scan(exportFileDocument)) {
      if (document.event !== event) continue;
      await documents.update(exportFileDocument, id, (one) => ({ ...one, due: clock.now() }));
      await this.#delete(id);
    }
  }

  /** Deletes whatever is due. */
  async sweep(): Promise<void> {
    const { documents, clock } = this.#deps;
    const now = clock.now();
    for await (const { id, document } of documents.scan(exportFileDocument))
      if (document.due <= now) await this.#delete(id);
  }

  /** How many files should have been gone for some time, and are not. */
  async late(): Promise<number> {
    const since = this.#deps.clock.now() - LATE_MS;
    let count = 0;
    for await (const { document } of this.#deps.documents.scan(exportFileDocument))
      if (document.due < since) count += 1;
    return count;
  }

  /** It stays noted until it is known to be gone, also while the operator lets Usher delete nothing. */
  async #delete(id: string): Promise<void> {
    const { admin, documents, log } = this.#deps;
    const file = asMxcUri(id);
    try {
      if (admin === undefined) return;
      if (file !== undefined) await admin.deleteMedia(file);
      await documents.delete(exportFileDocument, id);
    } catch (error) {
      log.warn({ class: "ops", what: "export.file-stays", ...errorFields(error) });
    }
  }
}
