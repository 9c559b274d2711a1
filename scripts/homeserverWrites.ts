import type { Source } from "./sources.ts";

/**
 * The files that send requests which change something on a homeserver. Each takes a declared type for what it writes
 * (`src/privacy/declared.ts`), or writes nothing that stays: so a new one is looked at before it is in this list.
 */
const WRITERS: Readonly<Record<string, string>> = {
  "src/config/login.ts": "a session of Usher's own",
  "src/net/redirect.ts": "nothing: it is about other websites",
  "src/net/question.ts": "nothing: it is what other websites are asked",
  "src/kinds/bots/maubot/client.ts": "memberships, by maubot, of a bot of its own",
  "src/kinds/bots/leaveTokens.ts": "memberships, of a bot of the operator's own",
  "src/kinds/bridges/provisioning/client.ts": "nothing: it is what bridges are asked",
  "src/kinds/connections/hookshot/api.ts": "nothing: it is what hookshot is asked",
  "src/kinds/connections/alteration.ts": "nothing: it is how hookshot is to ask others",
  "src/http/accountNews.ts": "nothing: it is what others ask of Usher",
  "src/http/webServer.ts": "nothing: it is what others ask of Usher",
  "src/matrix/accountData.ts": "account data of a declared type",
  "src/matrix/client.ts": "the names of the methods",
  "src/matrix/http.ts": "the names of the methods",
  "src/matrix/outbox.ts": "events and state of declared types",
  "src/matrix/homeserver.ts": "that Usher is writing",
  "src/matrix/memberships.ts": "memberships",
  "src/matrix/directRooms.ts": "a room made with state of declared types",
  "src/matrix/programRooms.ts": "a room made with state of declared types",
  "src/matrix/media.ts": "a file that says what it holds",
  "src/matrix/masterKey.ts": "nothing: it asks for keys",
  "src/matrix/synapseAdmin.ts": "nothing: it deletes files that Usher has put there",
  "src/matrix/openId.ts": "nothing: it asks for a token",
  "src/matrix/ownProfile.ts": "declared fields of the profile",
  "src/matrix/crypto/requests.ts": "public keys, and what is encrypted already",
  "src/matrix/crypto/backupKeeper.ts": "the version of an encrypted backup",
  "src/matrix/crypto/lifecycle.ts": "public keys of Usher's own identity",
};

/** Files that write to a homeserver and are not known to, and known ones that do not any more. */
export function homeserverWriteFaults(
  sources: readonly Source[],
  writers: Readonly<Record<string, string>> = WRITERS,
): readonly string[] {
  const writing = sources
    .filter(
      ({ path, text }) =>
        /^src\/.*(?<!\.test)\.ts$/.test(path) && /"(?:PUT|POST|DELETE)"/.test(text),
    )
    .map(({ path }) => path);
  return [
    ...writing
      .filter((path) => writers[path] === undefined)
      .map(
        (path) =>
          `${path} writes to the homeserver: give it what takes a declared type, or list it in scripts/homeserverWrites.ts`,
      ),
    ...Object.keys(writers)
      .filter((path) => !writing.includes(path))
      .map((path) => `${path} is listed as writing to the homeserver and does not`),
  ];
}
