import { text } from "../../chat/arguments.ts";
import { defineCommand, optional, required, type Command } from "../../chat/command.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { DataKeys, KeyFacts } from "../../secrets/dataKeys.ts";
import { isKid } from "../../secrets/ring.ts";

export interface KeysDeps {
  readonly dataKeys: Pick<
    DataKeys,
    "ringPath" | "status" | "makeKid" | "add" | "rewrap" | "keepsFromRetiring" | "retire"
  >;
}

const COMMON = { operatorsOnly: true, signedDevice: true, needs: () => [] } as const;

/** `admin keys status|add|rewrap|retire`: the keys of the ring, and their replacement, each step of which may be interrupted and said again. */
export function keysCommands(deps: KeysDeps): readonly Command[] {
  return [status(deps), add(deps), rewrap(deps), retire(deps)];
}

function status({ dataKeys }: KeysDeps): Command {
  return defineCommand({
    words: "admin keys status",
    parameters: {},
    operatorsOnly: true,
    example: "admin keys status",
    changes: false,
    answer: async () => {
      const keys = await dataKeys.status();
      return {
        template: "admin/keys-status",
        view: {
          file: dataKeys.ringPath,
          keys: keys.map(({ kid, primary, wraps }) => ({ kid, primary, wraps })),
          // What is to be done next of a replacement that has begun.
          rewrap: keys.some(({ primary, wraps, unreadable }) => !primary && wraps > unreadable),
          retire: retirable(keys),
        },
      };
    },
  });
}

/** The preview names the key, so that a yes that is taken up again after a crash adds the same one. */
function add({ dataKeys }: KeysDeps): Command {
  return defineCommand({
    ...COMMON,
    words: "admin keys add",
    parameters: { kid: optional(text("kid", 40)) },
    example: "admin keys add",
    changes: true,
    plan: async ({ kid = dataKeys.makeKid() }) => {
      if (!isKid(kid)) throw new UsherError("key-name", { kid });
      const known = (await dataKeys.status()).some((one) => one.kid === kid);
      if (known) return { nothing: { template: "admin/keys-there", view: { kid } } };
      return {
        preview: { template: "admin/keys-add-preview", view: { kid } },
        exactly: `admin keys add ${kid}`,
      };
    },
    perform: async ({ kid = dataKeys.makeKid() }) => {
      await dataKeys.add(kid);
      return { template: "admin/keys-added", view: { kid, file: dataKeys.ringPath } };
    },
  });
}

function rewrap({ dataKeys }: KeysDeps): Command {
  return defineCommand({
    ...COMMON,
    words: "admin keys rewrap",
    parameters: {},
    example: "admin keys rewrap",
    changes: true,
    plan: () => Promise.resolve({ unseen: true }),
    perform: async () => {
      const { count, left } = await dataKeys.rewrap();
      const keys = await dataKeys.status();
      return {
        template: "admin/keys-rewrapped",
        view: {
          count: count || undefined,
          left: left || undefined,
          primary: keys.find(({ primary }) => primary)?.kid ?? "",
          retire: retirable(keys),
        },
      };
    },
  });
}

function retirable(keys: readonly KeyFacts[]): string | undefined {
  return keys.find(({ primary, needed }) => !primary && !needed)?.kid;
}

function retire({ dataKeys }: KeysDeps): Command {
  return defineCommand({
    ...COMMON,
    words: "admin keys retire",
    parameters: { kid: required(text("kid", 40)) },
    example: "admin keys retire 2026-03-01-5b1e20",
    changes: true,
    plan: async ({ kid }) => {
      const reason = await dataKeys.keepsFromRetiring(kid);
      if (reason !== undefined) throw reason;
      return { preview: { template: "admin/keys-retire-preview", view: { kid } } };
    },
    perform: async ({ kid }) => {
      // Taken up again after a crash, it may have been done.
      if ((await dataKeys.status()).some((one) => one.kid === kid)) await dataKeys.retire(kid);
      return { template: "admin/keys-retired", view: { kid, file: dataKeys.ringPath } };
    },
  });
}
