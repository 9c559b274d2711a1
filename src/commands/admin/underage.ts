import { userId } from "../../chat/arguments.ts";
import { defineCommand, required, type Command } from "../../chat/command.ts";
import type { OwnAccount } from "../../matrix/port.ts";
import type { Underage } from "../../rights/people/underage.ts";
import { notUsher } from "./notUsher.ts";

/** `admin underage <user>`: somebody is known to be younger than the minimum age (R65): all about them is erased, and nothing is set up for them. */
export function adminUnderage({
  underage,
  matrix,
}: {
  readonly underage: Pick<Underage, "report">;
  readonly matrix: Pick<OwnAccount, "me">;
}): Command {
  return defineCommand({
    words: "admin underage",
    parameters: { user: required(userId()) },
    operatorsOnly: true,
    signedDevice: true,
    example: "admin underage @ada:example.org",
    changes: true,
    needs: () => [],
    plan: async ({ user }) => {
      await Promise.resolve();
      notUsher(user, matrix.me);
      return { preview: { template: "admin/underage-preview", view: { user } } };
    },
    perform: async ({ user }) => {
      await underage.report(user);
      return { template: "admin/underage-done", view: { user } };
    },
  });
}
