import { answerWords } from "../chat/confirmation.ts";
import { Conversation } from "../chat/conversation.ts";
import { operatorStanding, type Asker, type OperatorStanding } from "../chat/operators.ts";
import { CommandRunner } from "../chat/commandRunner.ts";
import { pages } from "../chat/pages.ts";
import { wordWaits } from "../commands/privacy/standing.ts";
import { allOfficers, rolesOf } from "../config/roles.ts";
import type { OperatorsRoom } from "../chat/place.ts";
import { commandGuard } from "../commands/guard.ts";
import { EmojiVerifications } from "../commands/admin/emojiVerifications.ts";
import { allCommands } from "../commands/index.ts";
import { DescribedCommands } from "../commands/describedCommands.ts";
import type { Kind } from "../integrations/kind.ts";
import type { Health } from "../commands/status.ts";
import type { RoomUpgradeHandler } from "../integrations/roomUpgrade.ts";
import type { History } from "../integrations/history.ts";
import type { SetUps } from "../integrations/setUps.ts";
import type { LiveCatalogue } from "../integrations/liveCatalogue.ts";
import { lookAtCopies } from "../logs/copies.ts";
import { nodeFiles } from "../files/files.ts";
import { VERSION } from "../kernel/version.ts";
import { checkHomeserver } from "../matrix/checkup.ts";
import type { Beginning } from "../matrix/beginning.ts";
import type { Part } from "../matrix/part.ts";
import type { SyncLoop } from "../matrix/syncLoop.ts";
import { probe } from "../net/probe.ts";
import type { QuietLog } from "../rights/people/quietLog.ts";
import { GraceWarnings } from "../rights/erasure/graceWarnings.ts";
import type { Restrictions } from "../rights/people/restrictions.ts";
import { checkDisk } from "../store/checkDisk.ts";
import type { Ground } from "./ground.ts";
import type { OpenNotice } from "./notice.ts";
import type { Rights } from "./rights.ts";
import type { Speech } from "./speech.ts";

/** How long a website of the catalogue may take to answer the doctor; ms. */
const PROBE_MS = 5_000;

interface ConversationDeps
  extends
    Pick<
      Rights,
      | "holdings"
      | "outward"
      | "erasures"
      | "handWork"
      | "underage"
      | "exports"
      | "cases"
      | "people"
      | "deactivations"
      | "work"
      | "files"
    >,
    Pick<OpenNotice, "notice" | "editions" | "wordings"> {
  readonly ground: Ground;
  readonly speech: Speech;
  readonly kinds: readonly Kind[];
  readonly setUps: SetUps;
  readonly history: History;
  readonly upgradeHandlers: readonly RoomUpgradeHandler[];
  readonly offer: LiveCatalogue;
  readonly operators: OperatorsRoom;
  readonly unheard: () => boolean;
  readonly intake: Pick<SyncLoop, "lastHeard">;
  readonly beginning: Beginning;
  readonly restrictions: Restrictions;
  readonly quiet: QuietLog;
}

/** All that people can say to Usher, what hears it, and what describes it to their clients. */
export function openConversation(deps: ConversationDeps): {
  readonly conversation: Conversation;
  readonly parts: readonly Part[];
} {
  const { ground, speech, operators, beginning, people, kinds } = deps;
  const { config, matrix } = ground;
  const commands = allCommands(commandDeps(deps));
  const signedOnly = config.crypto.obeyCommandsFrom === "signed-devices";
  const standing = (asker: Asker): Promise<OperatorStanding> =>
    operatorStanding({ operators: allOfficers(config), room: operators }, asker, matrix);
  const shared = { ...ground, ...speech, commands, signedOnly, standing };
  const graceWarnings = new GraceWarnings({ ...ground, ...speech });
  const commandRunner = new CommandRunner({
    ...shared,
    answered: () => beginning.gotOn(),
    used: (person, { room, command }) => {
      void people.used(person);
      const kind = kinds.find(({ adding }) => adding === command)?.kind;
      if (kind !== undefined) void graceWarnings.added(person, { room, kind });
    },
    asked: (person) => void people.asked(person),
    guard: commandGuard({ ...ground, ...deps, minimumAge: config.minimumAge }),
    confirmationMs: config.limits.confirmationMinutes * 60_000,
  });
  const described = new DescribedCommands({
    ...{ ...ground, commands, operators, on: config.describeCommands },
    follow: (changed) => {
      deps.offer.follow(changed);
    },
    asText: (answer) => speech.render(answer).body,
  });
  const conversation = new Conversation({
    ...shared,
    commandRunner,
    elseWaits: wordWaits(ground),
    quietly: (who, work) => deps.quiet.during(who, work),
    answers: answerWords(config.confirmation, commands),
    prefixes: config.prefixes,
    staleMs: config.limits.staleCommandMinutes * 60_000,
    signedKeys: config.crypto.shareKeysWith === "signed-devices",
    pace: { commands: config.limits.commandsPerMinute, withinMs: 60_000 },
  });
  return { conversation, parts: [conversation, described] };
}

function commandDeps(deps: ConversationDeps): Parameters<typeof allCommands>[0] {
  const { ground, speech, kinds, intake, deactivations } = deps;
  const { config, clock, call, admin, encryption, learning, cipher } = ground;
  const startedAt = clock.now();
  const health = async (): Promise<Health> => {
    const crypto = await encryption?.status();
    const { lastHeard } = intake;
    return {
      version: VERSION,
      startedAt,
      lastHeard,
      engine: crypto?.engine,
      verified: crypto?.signed === true,
    };
  };
  return {
    ...ground,
    ...speech,
    ...deps,
    health,
    noticeFacts: config.notice,
    cryptoReport: async () => encryption?.status(),
    homeserver: () => checkHomeserver({ call, url: config.homeserver.url, clock }),
    disk: () => checkDisk(config.dataDir),
    accounts: async () => ({
      module: config.synapse.module !== undefined,
      admin: admin === undefined ? "none" : ((await admin.fault()) ?? "well"),
      ...(await deactivations.facts()),
    }),
    lateFiles: () => deps.files.late(),
    copies: () => lookAtCopies(config.logs.to !== "files", nodeFiles),
    keyRing: () => ground.dataKeys.facts(),
    backupFacts: () => ground.backups.facts(),
    missing: () => learning.missing,
    checkups: async () =>
      (await Promise.all(kinds.map(async (kind) => (await kind.checkup?.()) ?? []))).flat(),
    suggestions: async () =>
      (await Promise.all(kinds.map(async (kind) => (await kind.suggestions?.()) ?? []))).flat(),
    addresses: () => kinds.flatMap((kind) => kind.sites?.() ?? []),
    probe: (url) => probe(url, { privateHosts: config.privateHosts, timeoutMs: PROBE_MS }),
    emojiVerifications: new EmojiVerifications({ ...ground, ...speech, ...deps }),
    canEncrypt: cipher.available,
    rolesOf: (person) => rolesOf(config, person),
    operatorFacts: config.operator,
    asText: (answer) => speech.render(answer).body,
    messages: (answer) => pages(speech.render(answer), config.limits.pageBytes).length,
  };
}
