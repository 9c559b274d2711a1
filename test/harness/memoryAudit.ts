import type { Clock } from "../../src/kernel/clock.ts";
import { silentLog } from "../../src/kernel/log.ts";
import type { EndFile } from "../../src/files/endFile.ts";
import { AuditTrail } from "../../src/store/auditTrail.ts";
import type { Documents } from "../../src/store/documents.ts";

/** A file in memory for where a chain of records ends, which a test may change. */
export function memoryEnd(): EndFile & { text: string | undefined } {
  return {
    text: undefined,
    read() {
      return Promise.resolve(this.text);
    },
    write(text) {
      this.text = text;
      return Promise.resolve();
    },
  };
}

/** The record of what operators had Usher do, with where it ends in memory. */
export function memoryAudit(documents: Documents, clock: Clock, end = memoryEnd()): AuditTrail {
  return new AuditTrail({ documents, clock, log: silentLog, end });
}
