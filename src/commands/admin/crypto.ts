import { defineCommand, type Command } from "../../chat/command.ts";
import type { CryptoStatus } from "../../matrix/crypto/cryptoStatus.ts";

/** What engines can do and some cannot, with the template that says it. What is lacking is said, not hidden. */
const ABILITIES: readonly (readonly [keyof CryptoStatus["capabilities"], string])[] = [
  ["restore", "capability/restore"],
  ["verification", "capability/verification"],
  ["history", "capability/history"],
  ["rotation", "capability/rotation"],
];

/** `admin crypto`: the state of Usher's encryption, for operators. `report` gives undefined where encryption is off. */
export function adminCrypto(report: () => Promise<CryptoStatus | undefined>): Command {
  return defineCommand({
    words: "admin crypto",
    parameters: {},
    operatorsOnly: true,
    example: "admin crypto",
    changes: false,
    answer: async () => {
      const found = await report();
      if (found === undefined) return { template: "admin/crypto-off", view: {} };
      const { capabilities, oneTimeKeys, backup, ...rest } = found;
      return {
        template: "admin/crypto",
        view: {
          ...rest,
          oneTimeKeys: oneTimeKeys === undefined ? undefined : String(oneTimeKeys),
          backup,
          lacks: ABILITIES.filter(([ability]) => !capabilities[ability]).map(([, words]) => words),
        },
      };
    },
  });
}
