import type { z } from "zod";
import { serverOf, type UserId } from "../kernel/ids.ts";
import { isPlaceholder, real } from "./placeholder.ts";
import type { configSchema } from "./schema.ts";

type Settings = z.infer<typeof configSchema>;
type Said = Settings["operator"];

/** What is known of the operator. A placeholder is absent: whoever answers from this says that it has not been said. */
export interface OperatorFacts {
  readonly legalName: string | undefined;
  readonly tradingName: string | undefined;
  readonly affiliates: readonly string[];
  readonly agents: readonly string[];
  readonly controller: {
    readonly name: string | undefined;
    readonly address: string | undefined;
    readonly contact: string | undefined;
  };
  readonly successors: Said["successors"];
  readonly contacts: {
    readonly support: string | undefined;
    readonly dpo: string | undefined;
    readonly complaints: string | undefined;
    readonly security: string | undefined;
  };
  readonly noticeUrl: string | undefined;
}

/** Whoever is asked where nobody else is named is named in their place: no role is left without a contact (R83). */
export function operatorFacts(said: Said): OperatorFacts {
  const { controller, contacts } = said;
  const legalName = real(said.legalName);
  const support = real(contacts.support);
  const dpo = real(contacts.dpo);
  return {
    legalName,
    tradingName: real(said.tradingName),
    affiliates: said.affiliates.filter((one) => !isPlaceholder(one)),
    agents: said.agents.filter((one) => !isPlaceholder(one)),
    controller: {
      name: real(controller.name) ?? legalName,
      address: real(controller.address),
      contact: real(controller.contact) ?? dpo ?? support,
    },
    successors: said.successors.filter((one) => !hasPlaceholder(one)),
    contacts: {
      support,
      dpo,
      complaints: real(contacts.complaints) ?? support,
      security: real(contacts.security) ?? support,
    },
    noticeUrl: real(said.noticeUrl),
  };
}

type Notice = Settings["notice"];

/** What the privacy notice says beside that, without placeholders. */
export type NoticeFacts = Omit<Notice, "homeserver" | "supervisoryAuthority"> & {
  readonly homeserver: Notice["homeserver"] & { readonly name: string };
  readonly supervisoryAuthority: {
    readonly name: string | undefined;
    readonly url: string | undefined;
    readonly guidanceUrl: string | undefined;
  };
};

/** `usher`: its own Matrix ID, for what is left out. */
export function noticeFacts(said: Notice, usher: UserId): NoticeFacts {
  const { homeserver, supervisoryAuthority: authority, instances } = said;
  const named = instances.filter((one) => !hasPlaceholder(one));
  return {
    ...said,
    homeserver: {
      name: real(homeserver.name) ?? serverOf(usher),
      federated: homeserver.federated,
      policyUrl: real(homeserver.policyUrl),
    },
    supervisoryAuthority: {
      name: real(authority.name),
      url: real(authority.url),
      guidanceUrl: real(authority.guidanceUrl),
    },
    hosting: said.hosting.filter((one) => !hasPlaceholder(one)),
    ddosProvider:
      said.ddosProvider === undefined || hasPlaceholder(said.ddosProvider)
        ? undefined
        : said.ddosProvider,
    safeguards: said.safeguards.filter((one) => !hasPlaceholder(one)),
    delegation: said.delegation.filter((one) => !hasPlaceholder(one)),
    transfers: real(said.transfers),
    instances: named.length > 0 ? named : [{ name: "Usher", userId: usher }],
    coveredDomains: said.coveredDomains.filter((one) => !isPlaceholder(one)),
    reviewedBy: real(said.reviewedBy),
  };
}

function hasPlaceholder(group: Readonly<Record<string, string>>): boolean {
  return Object.values(group).some(isPlaceholder);
}

/** A fact that is missing or a placeholder, by the setting's name. */
export interface FactFault {
  readonly name: string;
  readonly missing: boolean;
}

/** What people must be told and the configuration does not say, or says with a placeholder. What may be left out is a fault only as a placeholder. */
export function factFaults({ operator, notice }: Settings): readonly FactFault[] {
  const needed: Values = {
    "operator.legalName": operator.legalName,
    "operator.controller.address": operator.controller.address,
    "operator.contacts.support": operator.contacts.support,
    "operator.noticeUrl": operator.noticeUrl,
    "notice.supervisoryAuthority.name": notice.supervisoryAuthority.name,
    "notice.supervisoryAuthority.url": notice.supervisoryAuthority.url,
    "notice.supervisoryAuthority.guidanceUrl": notice.supervisoryAuthority.guidanceUrl,
    "notice.homeserver.federated": notice.homeserver.federated,
    "notice.homeserver.policyUrl": notice.homeserver.policyUrl,
    "notice.hosting": notice.hosting.length === 0 ? undefined : notice.hosting.length,
  };
  const missing = Object.entries(needed).filter(([, value]) => value === undefined);
  return [
    ...missing.map(([name]) => ({ name, missing: true })),
    ...[...texts(operator, "operator"), ...texts(notice, "notice")]
      .filter(([, value]) => isPlaceholder(value))
      .map(([name]) => ({ name, missing: false })),
  ];
}

type Values = Readonly<Record<string, unknown>>;

/** Every text in a section, with its setting's name: `notice.hosting[0].name`. */
function texts(value: unknown, name: string): readonly (readonly [name: string, text: string])[] {
  if (typeof value === "string") return [[name, value]];
  if (Array.isArray(value))
    return value.flatMap((one, index) => texts(one, `${name}[${String(index)}]`));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => texts(one, `${name}.${key}`));
}
