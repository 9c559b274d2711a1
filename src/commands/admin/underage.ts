import { userId } from "../../chat/arguments.ts";
import { defineCommand, required, type Answer, type Command } from "../../chat/command.ts";
import type { OwnAccount } from "../../matrix/port.ts";
import type { Underage } from "../../rights/people/underage.ts";
import { meantPerson } from "./meantPerson.ts";

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
      meantPerson(user, matrix.me);
      return { preview: { template: "admin/underage-preview", view: { user } } };
    },
    perform: async ({ user }, { event }) => {
      meantPerson(user, matrix.me);
      const told = await underage.report(user, event);
      return { template: "admin/underage-done", view: { user, told } };
    },
  });
}

/** What somebody is told who was reported. */
export function reportedAnswer(minimumAge: number): Answer {
  return { template: "admin/underage-told", view: { minimumAge } };
}
