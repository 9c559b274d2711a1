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
]);

/** Whether a query parameter of this name holds a secret: a token, a password, a signature, in whatever way it is written. */
export function isSecretName(name: string): boolean {
  const bare = name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  return NAMES.has(bare) || /(?:token|secret|password)$/.test(bare);
}

/** The names of an address's parameters, of its query and of what stands behind `#`. */
export function parametersOf(url: URL): readonly string[] {
  const fragment = url.hash.slice(1).replace(/^[^?=]*\?/, "");
  const behind = fragment.includes("=") ? [...new URLSearchParams(fragment).keys()] : [];
  return [...url.searchParams.keys(), ...behind];
}

/** The same text with what must not be repeated covered, letter by letter: user names and passwords in addresses, and secret parameters. */
export function covered(text: string): string {
  const dots = (secret: string): string => "•".repeat(secret.length);
  return text
    .replaceAll(/(?<=:\/\/)[^\s/?#]+(?=@)/gu, dots)
    .replaceAll(/([?&#;])([\w.%-]{1,60})=([^\s&#;]+)/gu, (whole, before: string, name: string, value: string) =>
      isSecretName(name) ? `${before}${name}=${dots(value)}` : whole,
    );
}
