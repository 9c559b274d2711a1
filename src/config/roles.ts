import type { UserId } from "../kernel/ids.ts";

/** What somebody does for whoever runs this Usher (R68). */
export const ROLES = ["operator", "dpo", "support"] as const;
export type Role = (typeof ROLES)[number];

/** Why somebody looks at what is about a person: a closed list, since a reason of one's own words would be about them too. */
export const REASONS = ["request", "support", "security", "abuse", "law"] as const;
export type Reason = (typeof REASONS)[number];

/** Whom the configuration names for what. */
export interface Officers {
  readonly operators: readonly UserId[];
  readonly officers: { readonly dpo: readonly UserId[]; readonly support: readonly UserId[] };
}

/** Everybody whom it names, each once. */
export function allOfficers({ operators, officers }: Officers): readonly UserId[] {
  return [...new Set([...operators, ...officers.dpo, ...officers.support])];
}

/** Those of them who have one of these roles; all of them where nobody has, or no role is given. */
export function officersFor(config: Officers, roles: readonly Role[] = ROLES): readonly UserId[] {
  const all = allOfficers(config);
  const found = all.filter((one) => rolesOf(config, one).some((role) => roles.includes(role)));
  return found.length > 0 ? found : all;
}

/**
 * What somebody does who may give operators' commands. Whoever is named for nothing is an operator by their power in the operators' room. Where nobody is named as
 * data-protection officer, or for support, operators do that as well.
 */
export function rolesOf({ operators, officers }: Officers, person: UserId): readonly Role[] {
  const { dpo, support } = officers;
  const named: Role[] = [
    ...(dpo.includes(person) ? (["dpo"] as const) : []),
    ...(support.includes(person) ? (["support"] as const) : []),
  ];
  if (named.length > 0 && !operators.includes(person)) return named;
  const unfilled: Role[] = [
    ...(dpo.length === 0 ? (["dpo"] as const) : []),
    ...(support.length === 0 ? (["support"] as const) : []),
  ];
  return [...new Set<Role>(["operator", ...named, ...unfilled])];
}
