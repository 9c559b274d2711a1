import { allOfficers } from "../config/roles.ts";
import type { Answer } from "../chat/command.ts";
import { reportedAnswer } from "../commands/admin/underage.ts";
import { erasureEnd, handDone } from "../commands/privacy/erasureView.ts";
import { caseReplied, caseReplyWaits } from "../commands/privacy/caseView.ts";
import { exportByItself } from "../commands/privacy/exportByItself.ts";
import { exportLate } from "../commands/privacy/exportLate.ts";
import { freezer } from "../commands/privacy/freezer.ts";
import { nodeFiles } from "../files/files.ts";
import { ModuleListener } from "../http/moduleListener.ts";
import type { Kind } from "../integrations/kind.ts";
import { workFor, type WorkFor } from "../integrations/ownWork.ts";
import type { SetUps } from "../integrations/setUps.ts";
import { strayCredentials } from "../integrations/strayCredentials.ts";
import type { UserId } from "../kernel/ids.ts";
import { forgetPseudonyms } from "../kernel/log.ts";
import type { Part, SweepingPart } from "../matrix/part.ts";
import { isAll, type Scope } from "../privacy/erased.ts";
import { AccountQuestions } from "../rights/accounts/accountQuestions.ts";
import { Deactivations } from "../rights/accounts/deactivations.ts";
import { Cases } from "../rights/cases/cases.ts";
import { eraseAgain } from "../rights/erasure/eraseAgain.ts";
import { HandWork } from "../rights/erasure/handWork.ts";
import { Erasures } from "../rights/erasure/erasures.ts";
import { ByHand } from "../rights/holdings/byHand.ts";
import { ExportFiles } from "../rights/export/exportFiles.ts";
import { Exports } from "../rights/export/exports.ts";
import type { Holding } from "../rights/holdings/holding.ts";
import { OutwardThings } from "../rights/holdings/outward.ts";
import { KnownPeople } from "../rights/accounts/knownPeople.ts";
import { Leavers } from "../rights/accounts/leavers.ts";
import { Objections } from "../rights/cases/objections.ts";
import { OperatorsNamed } from "../rights/holdings/operatorsNamed.ts";
import { People } from "../rights/people/people.ts";
import { PutAside } from "../rights/holdings/putAside.ts";
import { PrivateRooms } from "../rights/holdings/privateRooms.ts";
import { Quotes } from "../rights/erasure/quotes.ts";
import { SomeCredentials } from "../rights/holdings/someCredentials.ts";
import { Unused } from "../rights/people/unused.ts";
import type { Restrictions } from "../rights/people/restrictions.ts";
import { StoredDocuments } from "../rights/holdings/storedDocuments.ts";
import type { TellOperators } from "../rights/cases/reminders.ts";
import { Summaries } from "../rights/summary/summaries.ts";
import { Underage } from "../rights/people/underage.ts";
import { ClockWatch } from "./clockWatch.ts";
import type { Ground } from "./ground.ts";
import { storedSweeps } from "./storedSweeps.ts";
import type { Speech } from "./speech.ts";

/** What people's rights act on, and what does that by itself. */
export interface Rights {
  readonly holdings: readonly Holding[];
  readonly outward: OutwardThings;
  readonly erasures: Erasures;
  readonly handWork: HandWork;
  readonly underage: Underage;
  readonly exports: Exports;
  readonly files: ExportFiles;
  readonly cases: Cases;
  readonly deactivations: Deactivations;
  readonly people: People;
  /** What goes after a time, with what does that. */
  readonly sweepers: Readonly<
    Record<
      | "audit"
      | "backups"
      | "cases"
      | "credentials"
      | "deactivations"
      | "disclosures"
      | "erasures"
      | "exports"
      | "people"
      | "receipts"
      | "tombstones"
      | "underage",
      SweepingPart
    >
  >;
  /** What kinds do by themselves for people. */
  readonly work: WorkFor;
  /** What learns of accounts that were deactivated, of objections that were decided, and of a clock that is wrong. */
  readonly watchers: readonly Part[];
}

type Base = Ground &
  Speech & {
    readonly setUps: SetUps;
    readonly kinds: readonly Kind[];
    readonly noticeVersion: string;
    readonly tellOperators: TellOperators;
    readonly restrictions: Restrictions;
  };

/** First erases again whom a restored backup has brought back: nobody has been heard yet. Rejects where what is stored cannot be changed. */
export async function openRights(base: Base): Promise<Rights> {
  const { documents, matrix, config } = base;
  // In the order in which they are erased: the rooms last, since that is where a person is answered.
  const stored = new StoredDocuments(documents);
  const byHand = new ByHand(documents, base.kinds);
  const outward = new OutwardThings(base);
  const partOf = (kind: string): Scope["part"] =>
    base.kinds.find((one) => one.kind === kind)?.rights.part;
  const some = new SomeCredentials({ ...base, partOf });
  const holdings = [
    stored,
    some,
    new OperatorsNamed(allOfficers(config)),
    new PutAside(nodeFiles, config.dataDir),
    new PrivateRooms(matrix),
    byHand,
    outward,
  ];
  const people = new People({ ...base, language: config.language });
  const forgetLast = async (person: UserId): Promise<void> => {
    await base.restrictions.lift(person, () => true);
    await people.forget(person);
    forgetPseudonyms();
  };
  await eraseAgain({ ...base, holdings: [stored, some], byHand, partOf, forgetLast });
  const work = workFor(base);
  const objections = new Objections({
    ...base,
    goOn: (person, doing) => work.goOn(person, doing),
  });
  const { exports, files, cases } = asking({ ...base, objections }, holdings);
  const erasers = { holdings, byHand, outward, partOf, forgetLast, exports, cases };
  const { erasures, handWork, underage } = erasing(base, erasers);
  const { deactivations, watchers: ofAccounts } = watching({ ...base, holdings, erasures });
  const unused = new Unused({
    ...base,
    operators: allOfficers(config),
    months: config.retention.unusedMonths,
    erase: (person) => erasures.eraseUnused(person),
  });
  const others = [unused, objections, handWork, new Summaries(base), new ClockWatch(base)];
  const watchers = [...ofAccounts, ...others];
  const credentials = strayCredentials({
    ...base,
    unusedDays: base.config.retention.unusedCredentialDays,
  });
  const kept = { cases, credentials, deactivations, erasures, exports, people };
  const sweepers = { ...storedSweeps(base), ...kept };
  return {
    ...{ holdings, outward, erasures, handWork, exports },
    ...{ files, cases, deactivations, people, work },
    ...{ underage, sweepers, watchers },
  };
}

interface Erasers extends Pick<Rights, "holdings" | "outward" | "exports" | "cases"> {
  readonly byHand: ByHand;
  readonly partOf: (kind: string) => Scope["part"];
  readonly forgetLast: (person: UserId) => Promise<void>;
}

/** What erases people, and what of that operators do by hand. */
function erasing(
  base: Base,
  { exports, cases, ...erasers }: Erasers,
): Pick<Rights, "erasures" | "handWork" | "underage"> {
  const freezeRooms = freezer(base);
  const freeze = async (person: UserId, scope: Scope): Promise<void> => {
    // What they asked for first comes first, and goes first.
    if (isAll(scope)) {
      await exports.forget(person);
      await cases.forget(person);
    }
    await freezeRooms(person, scope);
  };
  const handWork = new HandWork({ ...base, handDone });
  const quotes = new Quotes(base);
  const erasures = new Erasures({
    ...base,
    ...erasers,
    handWork,
    quotes,
    freeze,
    ended: erasureEnd,
    copiesUntil: (at) => base.backups.copiesUntil(at),
  });
  const hashOfPerson = (person: UserId): string => base.tombstones.hashOfPerson(person);
  const reported = (): Answer => reportedAnswer(base.config.minimumAge);
  const underage = new Underage({ ...base, erasures, hashOfPerson, reported });
  return { erasures, handWork, underage };
}

/** What gives people their data, and what has operators answer them: an export that cannot be sent is a case, until it is. */
function asking(
  base: Ground &
    Speech & { readonly tellOperators: TellOperators; readonly objections: Objections },
  holdings: readonly Holding[],
): Pick<Rights, "exports" | "files" | "cases"> {
  const { config, cipher } = base;
  const { legalName, contacts, noticeUrl } = config.operator;
  const controller = {
    name: legalName ?? null,
    dataProtection: contacts.dpo ?? null,
    support: contacts.support ?? null,
    notice: noticeUrl ?? null,
  };
  const canEncrypt = cipher.available;
  const files = new ExportFiles(base);
  const exports = new Exports({
    ...{ ...base, ...config, holdings, controller, files },
    failed: (asked, code) => cases.failed({ ...asked, kind: "export", text: code }),
    sent: (person) => cases.done(person, "export"),
    endedLate: (...ended) => exportLate(base, ...ended),
  });
  const cases: Cases = new Cases({
    ...{ ...base, canEncrypt, replied: caseReplied, replyWaits: caseReplyWaits },
    ended: (id, facts) => base.objections.ended(id, facts),
    exportByItself: (known) => exportByItself({ ...base, exports, canEncrypt }, known),
  });
  return { exports, files, cases };
}

/** What erases people whose account was deactivated, and what learns of that. */
function watching(
  base: Ground & { readonly holdings: readonly Holding[]; readonly erasures: Erasures },
): { readonly deactivations: Deactivations; readonly watchers: readonly Part[] } {
  const { matrix, admin, config } = base;
  const deps = {
    ...base,
    me: matrix.me,
    knownPeople: new KnownPeople({ ...base, me: matrix.me }),
  };
  const deactivations = new Deactivations(deps);
  const questions = admin && new AccountQuestions({ ...deps, admin, deactivations });
  const leavers = new Leavers({ ...deps, questions, deactivations });
  const { module } = config.synapse;
  const listener =
    module &&
    new ModuleListener({
      ...deps,
      ...module,
      secret: module.secret.reveal(),
      heard: ({ person, is, at }) => deactivations.heard(person, { is, at }),
    });
  const watchers = [questions, leavers, listener].filter((part) => part !== undefined);
  return { deactivations, watchers };
}
