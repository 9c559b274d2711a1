import type { Backups } from "../backup/backups.ts";
import type { Command } from "../chat/command.ts";
import type { History } from "../integrations/history.ts";
import type { PowerLevels, RoomEncryption } from "../matrix/port.ts";
import { adminCommands, type AdminDeps } from "./admin/index.ts";
import { browse } from "./browse.ts";
import { courtesies } from "./courtesies.ts";
import { help } from "./help.ts";
import { info } from "./info.ts";
import type { Kind } from "../integrations/kind.ts";
import { leave } from "./leave.ts";
import { list } from "./list.ts";
import { move, type MoveDeps } from "./move.ts";
import { caseCommands, type CaseCommandDeps } from "./privacy/cases.ts";
import { privacyCorrect, type CorrectDeps } from "./privacy/correct.ts";
import { privacyData, type PrivacyDataDeps } from "./privacy/data.ts";
import { eraseCommands, type EraseDeps } from "./privacy/erase.ts";
import { privacyExport, type PrivacyExportDeps } from "./privacy/export.ts";
import { noticeCommands, type NoticeDeps } from "./privacy/notice.ts";
import { privacy, type PrivacyDeps } from "./privacy/privacy.ts";
import { privacyCancel, privacyStatus, type StatusDeps } from "./privacy/status.ts";
import type { KeyedQueue } from "../kernel/tasks.ts";
import type { Cases } from "../rights/cases/cases.ts";
import { objectCommands, type ObjectDeps } from "./privacy/object.ts";
import type { Retention } from "../retention/retention.ts";
import { privacyRetention, type RetentionCommandDeps } from "./privacy/retention.ts";
import { privacyRestrict, privacyResume } from "./privacy/restrict.ts";
import type { HandWork } from "../rights/erasure/handWork.ts";
import type { SetUps } from "../integrations/setUps.ts";
import { setUpItems } from "../integrations/setUpItems.ts";
import { remove } from "./remove.ts";
import { resume } from "./resume.ts";
import { set } from "./set.ts";
import { show } from "./show.ts";
import { status } from "./status.ts";
import { undo } from "./undo.ts";

interface AllCommandsDeps
  extends
    Omit<AdminDeps, "handWork" | "retention">,
    PrivacyDeps,
    NoticeDeps,
    RetentionCommandDeps,
    PrivacyDataDeps,
    EraseDeps,
    PrivacyExportDeps,
    Omit<StatusDeps, "cases" | "restrictions" | "handWork">,
    Omit<ObjectDeps, "cases">,
    Omit<CorrectDeps, "queue">,
    Omit<CaseCommandDeps, "cases"> {
  readonly matrix: AdminDeps["matrix"] &
    RetentionCommandDeps["matrix"] &
    EraseDeps["matrix"] &
    PrivacyDataDeps["matrix"] &
    PowerLevels &
    RoomEncryption;
  readonly retention: Pick<Retention, "report" | "verify">;
  readonly backups: Pick<Backups, "make" | "copiesUntil">;
  readonly cases: Cases;
  readonly restrictions: ObjectDeps["restrictions"] & MoveDeps["restrictions"];
  readonly handWork: HandWork;
  readonly queue: KeyedQueue;
  readonly kinds: readonly Kind[];
  readonly setUps: SetUps;
  readonly history: History;
}

/** Every command, in the order in which help lists them: what people need every day first. */
export function allCommands(parts: AllCommandsDeps): readonly Command[] {
  const { kinds, setUps, history, offer } = parts;
  const items = [...kinds.map((kind) => kind.items), setUpItems(setUps)];
  const commands: readonly Command[] = [
    help(parts.matrix, () => commands),
    browse(offer.catalogue),
    info(offer.catalogue, kinds),
    ...kinds.map(({ adding }) => adding),
    list(
      items,
      kinds.map(({ plural }) => plural),
    ),
    remove(
      items,
      kinds.map(({ kind }) => kind),
    ),
    undo(history),
    status(parts),
    privacy(parts),
    ...noticeCommands(parts),
    privacyRetention(parts),
    privacyData(parts),
    privacyExport(parts),
    privacyCorrect(parts),
    privacyRestrict(parts),
    privacyResume(parts),
    ...objectCommands(parts),
    ...eraseCommands(parts),
    privacyStatus(parts),
    privacyCancel(parts),
    ...caseCommands(parts),
    leave(parts),
    show(items),
    resume(setUps),
    set(items),
    ...kinds.flatMap(({ more }) => more),
    move(parts),
    ...adminCommands(
      parts,
      kinds.flatMap(({ beyond }) => beyond?.commands ?? []),
    ),
    ...courtesies(),
  ];
  return commands;
}
