import { NOTHING } from "../../templates/samples/notice.ts";
import type { Config } from "../../src/config/load.ts";
import { Secret } from "../../src/config/secret.ts";
import type { UserId } from "../../src/kernel/ids.ts";
import type { NoticeConfig } from "../../src/notice/view.ts";

const token = new Secret("token");
const WATCHED = { admin: { url: "http://127.0.0.1:8008", token } };
const usher = "@usher:club.test" as UserId;

/** An operator who says everything. */
export const FULL: NoticeConfig = {
  mode: "production",
  synapse: WATCHED,
  retention: { unusedMonths: 12, unusedCredentialDays: 90 },
  minimumAge: 16,
  operator: {
    legalName: "Verein Beispiel",
    tradingName: "Club",
    affiliates: ["Club France", "Club Italia"],
    agents: ["Büro Nord"],
    controller: { name: "Verein Beispiel", address: "Am Markt 1, Bonn", contact: "dpo@club.test" },
    successors: [{ name: "Neuer Verein", contact: "hello@neu.test", from: "2027-01-01" }],
    contacts: {
      support: "help@club.test",
      dpo: "dpo@club.test",
      complaints: "complain@club.test",
      security: "security@club.test",
    },
    noticeUrl: "https://club.test/privacy",
  },
  notice: {
    supervisoryAuthority: {
      name: "Aufsicht",
      url: "https://aufsicht.test/complain",
      guidanceUrl: "https://aufsicht.test/rights",
    },
    homeserver: { name: "club.test", federated: true, policyUrl: "https://club.test/homeserver" },
    hosting: [
      { name: "Rechner", location: "Bonn", policy: "https://rechner.test/privacy" },
      { name: "Platte", location: "Köln", policy: "https://platte.test/privacy" },
    ],
    ddosProvider: { name: "Schild", policy: "https://schild.test/privacy" },
    safeguards: [{ statement: "Disks are sealed", attestedOn: "2026-11-01" }],
    delegation: [{ name: "Manager two", policy: "https://two.test/privacy" }],
    transfers: "none of them is outside",
    backupDays: 30,
    instances: [
      { name: "Usher", userId: usher },
      { name: "Porter", userId: "@porter:club.test" },
    ],
    coveredDomains: ["club.test", "*.club.test"],
    reviewedBy: "Kanzlei",
    reviewedOn: "2026-11-02",
  },
};

/** One who says nothing, as in trial mode, not even whether the homeserver stands alone. */
export const EMPTY: NoticeConfig = {
  ...NOTHING,
  notice: {
    ...NOTHING.notice,
    homeserver: { name: "club.test", federated: undefined, policyUrl: undefined },
    instances: [{ name: "Usher", userId: usher }],
  },
};

/** The configuration that such an operator has, as far as the notice asks. */
export function configOf(more: {
  readonly operator?: Partial<NoticeConfig["operator"]>;
  readonly notice?: Partial<NoticeConfig["notice"]>;
}): NoticeConfig & Pick<Config, "operator"> {
  return {
    ...FULL,
    operator: { ...FULL.operator, ...more.operator },
    notice: { ...FULL.notice, ...more.notice },
  };
}
