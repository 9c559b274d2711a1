/** Names of query parameters, in small letters alone, whose value lets whoever has it act as somebody. */
const NAMES = new Set([
  "jwt",
  "auth",
  "authkey",
  "tokenauth",
  "apikey",
  "accesskey",
  "privatekey",
  "pass",
  "passwd",
  "pwd",
  "passphrase",
  "session",
  "sessionid",
  "sig",
  "signature",
  "credential",
  "xamzcredential",
  "xamzsignature",
  "xgoogcredential",
  "xgoogsignature",
  "secretkey",
]);

/** Whether a query parameter of this name holds a secret: a token, a password, a signature, in whatever way it is written. */
export function isSecretName(name: string): boolean {
  const bare = name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  return NAMES.has(bare) || /(?:token|secret|password|sessionid|sessid)$/.test(bare);
}

/** An address within an address within an address is looked into; deeper ones are nobody's habit. */
const DEPTH = 3;

/** The names of an address's parameters, of its path (`;name=`), its query and of what stands behind `#`, and of those of the addresses that they hold. */
export function parametersOf(url: URL, depth = DEPTH): readonly string[] {
  const fragment = url.hash.slice(1).replace(/^[^?=]*\?/, "");
  const behind = fragment.includes("=") ? [...new URLSearchParams(fragment)] : [];
  const inPath = [...url.pathname.matchAll(/;([^;=/]+)=([^;/]*)/g)].map(
    ([, name = "", value = ""]) => [name, value] as const,
  );
  return [...inPath, ...url.searchParams, ...behind].flatMap(([name, value]) => [
    name,
    ...within(value, depth - 1),
  ]);
}

function within(value: string, depth: number): readonly string[] {
  return depth > 0 && /^https?:/i.test(value) && URL.canParse(value)
    ? parametersOf(new URL(value), depth)
    : [];
}

/** The same text with what must not be repeated covered, letter by letter: user names and passwords in addresses, and secret parameters. */
export function covered(text: string): string {
  const dots = (secret: string): string => "•".repeat(secret.length);
  return text
    .replaceAll(/(?<=:\/\/)[^\s/?#]+(?=@)/gu, dots)
    .replaceAll(
      /([?&#;])([\w.%[\]-]{1,60})=([^\s&#;]+)/gu,
      (whole, before: string, name: string, value: string) =>
        isSecretName(name) ? `${before}${name}=${dots(value)}` : whole,
    );
}

/** UTF-16 units of what was said that an answer repeats. */
const REPEATED = 60;

/** As much of what somebody said as an answer may repeat. */
export function repeated(text: string): string {
  return covered(text).slice(0, REPEATED);
}
