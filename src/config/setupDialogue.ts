import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { asUserId, type UserId } from "../kernel/ids.ts";
import { logIn, refusal, type Login } from "./login.ts";
import { ConfigError } from "./problems.ts";
import { whyUnreachable } from "./reach.ts";

/** Everything the dialogue touches. */
export interface SetupWorld {
  /** The next answer, or undefined when there are no more. A `secret` one is not shown while it is typed. */
  readonly ask: (
    question: string,
    options?: { readonly secret: boolean },
  ) => Promise<string | undefined>;
  readonly say: (line: string) => void;
  readonly fetch: typeof fetch;
  readonly files: SetupFiles;
  /** Milliseconds since the Unix epoch, by this machine's clock. */
  readonly now: () => number;
  /** Where the configuration goes; absolute. */
  readonly configPath: string;
  /** Where the environment puts what Usher stores, absolute; beside the configuration where it says nothing. */
  readonly dataDir?: string | undefined;
}

export interface SetupFiles {
  exists(path: string): boolean;
  /** Writes the file and its folders, replacing what is there. `secret`: readable by its owner only. */
  write(path: string, text: string, options: { readonly secret: boolean }): Promise<void>;
  /** Makes the folder if needed, and rejects unless a file can be written into it. */
  tryFolder(path: string): Promise<void>;
}

const TRIES = 3;
const SKEW_MS = 60_000;
const wellKnown = z.object({
  "m.homeserver": z.object({ base_url: z.url({ protocol: /^https?$/ }) }),
});
const versions = z.object({ versions: z.array(z.string()).min(1) });
const whoami = z.object({ user_id: z.string() });

/** Ends the dialogue with a sentence. */
class Stop extends Error {}

/** The dialogue of `npm run setup`. Resolves with the exit code: 0 when the configuration is written, else 1. */
export async function setUp(world: SetupWorld): Promise<number> {
  try {
    await dialogue(world);
    return 0;
  } catch (error) {
    if (!(error instanceof Stop) && !(error instanceof ConfigError)) throw error;
    world.say(error.message);
    world.say("Nothing was written.");
    return 1;
  }
}

async function dialogue(world: SetupWorld): Promise<void> {
  const places = placesOf(world);
  // Before the log-in, which makes a device that nobody could use.
  await tryDataFolder(world, places);
  await confirmReplacing(world, places);
  const url = await asked(
    world,
    "Usher's homeserver, as example.org or https://matrix.example.org: ",
    (answer) => findHomeserver(world, answer),
  );
  const login = await asked(
    world,
    "Usher's account there, as usher or @usher:example.org: ",
    (account) => logInAs(world, url, account),
  );
  await check(world, url, login);
  const operators = await asked(
    world,
    "Operators, as Matrix IDs with commas between them: ",
    (answer) => Promise.resolve(people(answer)),
  );
  await write(world, places, { url, login, operators });
  tellWhatNow(world, places);
}

/** Where everything goes; absolute. */
interface Places {
  readonly configPath: string;
  readonly tokenFile: string;
  readonly dataDir: string;
}

function placesOf({ configPath, dataDir }: SetupWorld): Places {
  const folder = dirname(configPath);
  return {
    configPath,
    tokenFile: join(folder, "secrets", "access-token"),
    dataDir: dataDir ?? join(folder, "data"),
  };
}

async function tryDataFolder({ files }: SetupWorld, { dataDir }: Places): Promise<void> {
  try {
    await files.tryFolder(dataDir);
  } catch (error) {
    throw new Stop(
      `The data folder ${dataDir} cannot be written. Give this account the right to, and run the set-up again.`,
      { cause: error },
    );
  }
}

async function confirmReplacing(
  world: SetupWorld,
  { configPath, tokenFile }: Places,
): Promise<void> {
  for (const file of [configPath, tokenFile].filter((path) => world.files.exists(path))) {
    const answer = await answerTo(world, `${file} is there already. Replace it? (yes or no) `);
    if (!/^y(es)?$/i.test(answer)) throw new Stop("It stays as it is.");
  }
}

async function logInAs(world: SetupWorld, url: string, account: string): Promise<Login> {
  refuseAccount(account);
  const password = await answerTo(world, `The password of ${account} (not shown, not kept): `, {
    secret: true,
  });
  return await logIn(url, account, password, world.fetch);
}

interface Answers {
  readonly url: string;
  readonly login: Login;
  readonly operators: readonly UserId[];
}

/** The token first, so that no configuration leads to one that is not there. */
async function write(
  { files, dataDir }: SetupWorld,
  { configPath, tokenFile }: Places,
  { url, login, operators }: Answers,
): Promise<void> {
  await files.write(tokenFile, `${login.accessToken}\n`, { secret: true });
  const config = {
    mode: "trial",
    homeserver: {
      url,
      userId: login.userId,
      accessTokenFile: `./${join("secrets", basename(tokenFile))}`,
    },
    dataDir: dataDir ?? "./data",
    operators,
  };
  await files.write(configPath, `${JSON.stringify(config, null, 2)}\n`, { secret: false });
}

function tellWhatNow({ say }: SetupWorld, { configPath, tokenFile, dataDir }: Places): void {
  const recoveryKey = join(dirname(dataDir), "secrets", `${basename(dataDir)}-recovery-key`);
  say(
    `${configPath} is written, and the access token is in ${tokenFile}, readable by this account only.`,
  );
  say(
    `At its first start Usher makes a recovery key: ${recoveryKey}. Keep a copy elsewhere: with it a lost store is no lost identity.`,
  );
  say(`What Usher stores is in ${dataDir}.`);
  say(
    'Usher is in trial mode. Before others use it, say who runs it under "operator" and "notice" (docs/configuration.md), and set "mode" to "production".',
  );
  say("Start it with: npm start");
}

async function answerTo(
  world: SetupWorld,
  question: string,
  options?: { readonly secret: boolean },
): Promise<string> {
  const answer = await world.ask(question, options);
  if (answer === undefined) throw new Stop("There are no more answers.");
  return options?.secret === true ? answer : answer.trim();
}

/** Asks until the answer can be used, a few times. */
async function asked<T>(
  world: SetupWorld,
  question: string,
  use: (answer: string) => Promise<T>,
): Promise<T> {
  for (let left = TRIES; ; left--) {
    const answer = await answerTo(world, question);
    try {
      return await use(answer);
    } catch (error) {
      if (!(error instanceof ConfigError) || left === 1) throw error;
      world.say(error.message);
    }
  }
}

/** Throws a `ConfigError` for what can be no account, before a password is asked for it. */
function refuseAccount(answer: string): void {
  if (/^https?:/i.test(answer))
    throw new ConfigError([
      "That is an address. The account is a name, as usher or @usher:example.org.",
    ]);
  if (answer.startsWith("@") ? asUserId(answer) === undefined : !/^[^\s:@/?#]+$/u.test(answer))
    throw new ConfigError([
      "That is no account. It looks like usher, or in full like @usher:example.org.",
    ]);
}

const NOBODY = "nobody";

function people(answer: string): UserId[] {
  if (answer.toLowerCase() === NOBODY) return [];
  const named = answer
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  if (named.length === 0) {
    throw new ConfigError([
      `Without an operator nobody can ask Usher how it is, or tell it to leave a room. Name at least one, or say ${NOBODY} if it is to be so.`,
    ]);
  }
  return named.map((part) => {
    const person = asUserId(part);
    if (person === undefined)
      throw new ConfigError([`${part} is not a Matrix ID; those look like @name:example.org.`]);
    return person;
  });
}

async function json(world: SetupWorld, address: URL, accessToken?: string): Promise<unknown> {
  const response = await world.fetch(address, {
    headers: accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` },
    signal: AbortSignal.timeout(30_000),
  });
  return response.ok ? await response.json() : undefined;
}

/** The address of the client API: as given, or by the server's name (Client-Server API, "Server Discovery"). */
async function findHomeserver(world: SetupWorld, answer: string): Promise<string> {
  const given = /^https?:\/\//i.test(answer) ? answer : `https://${answer}`;
  if (answer === "" || !URL.canParse(given))
    throw new ConfigError([`That is neither a server's name nor an address.`]);
  if (/[?#@]/.test(given))
    throw new ConfigError(["The address of a homeserver has no ?, # or @ in it: leave that out."]);
  let url = given;
  if (given !== answer) {
    const found = wellKnown.safeParse(
      await json(world, new URL("/.well-known/matrix/client", given)).catch(() => undefined),
    );
    if (found.success) url = found.data["m.homeserver"].base_url;
  }
  url = new URL(url).href.replace(/\/+$/, "");
  // Asked exactly as Usher will ask it: an address may have a path, and mostly has none.
  const said = await json(world, new URL(`${url}/_matrix/client/versions`)).catch(
    (error: unknown) => {
      if (error instanceof SyntaxError) return undefined;
      throw new ConfigError([whyUnreachable(error, url)], { cause: error });
    },
  );
  if (!versions.safeParse(said).success) {
    const { origin, pathname } = new URL(url);
    const path =
      pathname === "/" ? "" : ` The address of a homeserver has no path, mostly: try ${origin}.`;
    throw new ConfigError([`What answers at ${url} is no homeserver.${path}`]);
  }
  world.say(`The homeserver at ${url} answers.`);
  return url;
}

/** What can be seen from here: that the token is the account's, and that the two clocks agree. */
async function check(world: SetupWorld, url: string, login: Login): Promise<void> {
  let response: Response;
  try {
    response = await world.fetch(new URL(`${url}/_matrix/client/v3/account/whoami`), {
      headers: { authorization: `Bearer ${login.accessToken}` },
      signal: AbortSignal.timeout(30_000),
    });
  } catch (error) {
    throw new Stop(`The homeserver at ${url} stopped answering.`, { cause: error });
  }
  if (!response.ok)
    throw new Stop(
      `The homeserver does not accept the token that it has just given (${await refusal(response)}).`,
    );
  const answer = whoami.safeParse(await response.json().catch(() => undefined));
  if (answer.data?.user_id !== login.userId)
    throw new Stop(`The homeserver says that the token does not belong to ${login.userId}.`);
  world.say(`Logged in as ${login.userId}, as the new device ${login.deviceId}.`);

  const theirs = Date.parse(response.headers.get("date") ?? "");
  const skew = Math.abs(world.now() - theirs);
  if (skew > SKEW_MS) {
    world.say(
      `This machine's clock and the homeserver's are ${String(Math.round(skew / 1000))} seconds apart. Set it right: Usher judges the age of commands by both.`,
    );
  }
}
