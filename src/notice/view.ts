import type { Answer } from "../chat/command.ts";
import type { Config } from "../config/load.ts";
import type { FourLayers, KindDefinition, PreparedKind } from "../integrations/kind.ts";
import type { View } from "../kernel/errors.ts";
import type { DataRecord } from "../privacy/record.ts";
import { LOG } from "../privacy/records/log.ts";
import { AUDIT } from "../privacy/records/operators.ts";
import { personalRecords } from "./article30.ts";
import { byTopic, endsOf, inWords } from "../rights/holdings/inWords.ts";

/** A kind of integration, as the notice speaks of it. */
export interface ToldKind {
  /** As people say it of several. */
  readonly plural: string;
  readonly layers: FourLayers;
}

/** Both lists are of the same kinds, in the same order. */
export function toldKinds(
  kinds: readonly Pick<KindDefinition, "layers">[],
  prepared: readonly Pick<PreparedKind, "section">[],
): readonly ToldKind[] {
  return prepared.map(({ section: { plural } }, index) => {
    const { layers } = kinds[index] ?? {};
    if (layers === undefined) throw new TypeError(`The kind of "${plural}" is not defined.`);
    return { plural, layers };
  });
}

/** What the configuration says that the notice tells. */
export type NoticeConfig = Pick<
  Config,
  "operator" | "notice" | "mode" | "minimumAge" | "synapse" | "retention"
>;

export interface NoticeSources {
  readonly config: NoticeConfig;
  /** Whether Usher can read encrypted rooms. */
  readonly canEncrypt: boolean;
  /** Whether keys of encrypted rooms stay on the disk when Usher has left. */
  readonly keysStay?: boolean;
  readonly kinds: readonly ToldKind[];
}

/** Everything that the text of the notice is filled with: what the operator says, what the data map says, what the kinds say. */
export function noticeView({ config, canEncrypt, keysStay = false, kinds }: NoticeSources): View {
  return {
    ...operatorView(config),
    ...factsView(config),
    watched: config.synapse.admin !== undefined || config.synapse.module !== undefined,
    canEncrypt,
    keysStay,
    kinds: kinds.map(({ plural, layers }, index) => ({
      more: index > 0 && index < kinds.length - 1,
      last: index > 0 && index === kinds.length - 1,
      plural,
      homeserver: layer(layers.homeserver),
      manager: layer(layers.manager),
      integration: layer(layers.integration),
      thirdParty: layer(layers["third-party"]),
    })),
    topics: byTopic(personalRecords(), keptLine),
    logDays: LOG.retention.for.days,
    unusedMonths: config.retention.unusedMonths || undefined,
    auditMonths: AUDIT.retention.for.months,
  };
}

/** What a record is, what for, and what ends it. */
function keptLine(record: DataRecord): View {
  const { retention, facts } = record;
  return {
    what: inWords(record),
    purpose: facts.purpose,
    ends: endsOf(retention),
    theirs: "by" in retention,
  };
}

function layer(said: Answer | "none"): Answer {
  return said === "none" ? { template: "layer/none", view: {} } : said;
}

/** Who runs Usher, and whom to write to. */
function operatorView({ operator, mode, minimumAge }: NoticeConfig): View {
  const { controller, contacts, affiliates, agents, successors } = operator;
  return {
    trial: mode === "trial",
    minimumAge,
    legalName: operator.legalName,
    tradingName: operator.tradingName,
    affiliates,
    agents,
    controller: controller.name,
    controllerAddress: controller.address,
    controllerContact: controller.contact,
    successors: successors.map((one) => ({ ...one })),
    ...contacts,
    noticeUrl: operator.noticeUrl,
  };
}

/** The authority, the homeserver, the hosts and what else the operator says. */
function factsView({ notice }: NoticeConfig): View {
  const { supervisoryAuthority: authority, homeserver, ddosProvider } = notice;
  return {
    authority: authority.name,
    authorityUrl: authority.url,
    guidanceUrl: authority.guidanceUrl,
    homeserver: homeserver.name,
    homeserverPolicy: homeserver.policyUrl,
    federated: homeserver.federated === true,
    alone: homeserver.federated === false,
    federationUnsaid: homeserver.federated === undefined,
    hosting: notice.hosting.map((one, index) => ({ ...one, more: index > 0 })),
    ddosName: ddosProvider?.name,
    ddosPolicy: ddosProvider?.policy,
    safeguards: notice.safeguards.map((one) => ({ ...one })),
    delegation: notice.delegation.map((one) => ({ ...one })),
    transfers: notice.transfers?.replace(/[.]?$/, "."),
    backupDays: notice.backupDays,
    instances: notice.instances.map((one) => ({ ...one })),
    domains: notice.coveredDomains.map((name, index) => ({ name, more: index > 0 })),
    reviewedBy: notice.reviewedBy,
    reviewedOn: notice.reviewedOn,
  };
}
