import { text } from "../../../chat/arguments.ts";
import {
  defineCommand,
  optional,
  required,
  type Answer,
  type Command,
  type Request,
} from "../../../chat/command.ts";
import { quote } from "../../../chat/tokenize.ts";
import { UsherError } from "../../../kernel/errors.ts";
import type { Bridges } from "../bridges.ts";
import type { BridgeEntry } from "../config.ts";
import { calledEntry } from "../entries.ts";
import { nameOf, type Login, type LoginWays } from "./logins.ts";
import type { MadeLogins } from "./madeLogins.ts";
import type { Walks } from "./walks.ts";

interface LoginCommandsDeps {
  readonly bridges: Pick<Bridges, "connectorOf">;
  readonly entries: readonly BridgeEntry[];
  readonly walks: Pick<Walks, "begin">;
  readonly made: Pick<MadeLogins, "forget">;
}

/** `login <bridge>` and `logout <bridge>`: in a chat with Usher alone, and for whoever says it alone. */
export function loginCommands(deps: LoginCommandsDeps): readonly Command[] {
  return [login(deps), logout(deps)];
}

function login(deps: LoginCommandsDeps): Command {
  return defineCommand({
    words: "login",
    parameters: { bridge: required(text("bridge", 60)), way: optional(text("way", 100)) },
    signedDevice: true,
    example: "login telegram",
    changes: false,
    answer: async ({ bridge, way }, request) => {
      const { entry, ways } = waysOf(deps, bridge, request, "login");
      const { byUsher } = ways;
      if (byUsher === undefined) return byHand(entry, ways.words.login, false, request);
      return deps.walks.begin(request, { bridge: entry, ways: { ...ways, byUsher } }, way);
    },
  });
}

function logout(deps: LoginCommandsDeps): Command {
  return defineCommand({
    words: "logout",
    parameters: { bridge: required(text("bridge", 60)), which: optional(text("log-in", 255)) },
    signedDevice: true,
    example: "logout telegram",
    changes: true,
    needs: () => [],
    plan: async ({ bridge, which }, request) => {
      const { entry, ways } = waysOf(deps, bridge, request, "logout");
      const { byUsher } = ways;
      if (byUsher === undefined)
        return { nothing: byHand(entry, ways.words.logout, true, request) };
      const { logins } = await byUsher.standing(request.person);
      const view = { bridge: entry.name, id: entry.id };
      const only = <T extends string>(template: T, more: Answer["view"]) => ({
        ...{ template, view: { ...view, ...more }, onlyFor: request.person },
      });
      if (logins.length === 0) return { nothing: only("logout/none", {}) };
      if (which === undefined && logins.length > 1) {
        const rows = logins.map((one) => ({ ...one, name: nameOf(one) }));
        return { nothing: only("logout/which", { logins: rows, bridge: entry.id }) };
      }
      const chosen = chosenOf(logins, which, entry);
      const names = chosen.map(nameOf);
      const [first] = chosen;
      const said = chosen.length > 1 || first === undefined ? ALL : quote(first.id);
      return {
        preview: only("logout/preview", { names }),
        exactly: `logout ${entry.id} ${said}`,
      };
    },
    perform: async ({ bridge, which }, request) => {
      const { entry, ways } = waysOf(deps, bridge, request, "logout");
      const { byUsher } = ways;
      if (byUsher === undefined) return byHand(entry, ways.words.logout, true, request);
      const { logins } = await byUsher.standing(request.person);
      // After a crash it may be done.
      const isGone = which !== ALL && !logins.some(({ id }) => id === which);
      const chosen = isGone ? [] : chosenOf(logins, which, entry);
      for (const { id } of chosen) {
        await byUsher.logout(request.person, id);
        await deps.made.forget(request.person, { bridge: entry.id, login: id });
      }
      return {
        template: "logout/done",
        view: { bridge: entry.name, names: chosen.map(nameOf) },
        onlyFor: request.person,
      };
    },
  });
}

const ALL = "all";

/** Rejects where the bridge is not known, knows no log-ins, or others are there. */
function waysOf(
  { bridges, entries }: LoginCommandsDeps,
  said: string,
  { direct }: Request,
  words: "login" | "logout",
): { readonly entry: BridgeEntry; readonly ways: LoginWays } {
  const entry = calledEntry(entries, said);
  const ways = bridges.connectorOf(entry.id).logins;
  if (ways === undefined) throw new UsherError("bridge-no-login", { name: entry.name });
  if (!direct) throw new UsherError("bridge-login-room", { words, bridge: entry.id });
  return { entry, ways };
}

function byHand(
  { name, bot }: BridgeEntry,
  words: string,
  out: boolean,
  { person }: Request,
): Answer {
  const view = { bridge: name, bot, words, out, why: undefined };
  return { template: "login/by-hand", view, onlyFor: person };
}

/** Throws `bridge-login-gone`. */
function chosenOf(
  logins: readonly Login[],
  which: string | undefined,
  { id, name }: BridgeEntry,
): readonly Login[] {
  if (which === undefined || which.toLowerCase() === ALL) return logins;
  const chosen = logins.filter((one) => one.id === which || one.name === which);
  if (chosen.length > 0) return chosen;
  throw new UsherError("bridge-login-gone", { said: which, name, id });
}
