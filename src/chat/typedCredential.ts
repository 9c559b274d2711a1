/** What was most likely typed. */
export type TypedCredential =
  | "matrix"
  | "github"
  | "gitlab"
  | "slack"
  | "telegram"
  | "discord"
  | "private-key"
  | "password"
  | "token";

/** What stands before and behind a token that is one: not within a longer word. */
const ALONE = String.raw`(?<![\w-])`;
const ENDED = String.raw`(?![\w-])`;

function shape(pattern: string): RegExp {
  return new RegExp(`${ALONE}(?:${pattern})${ENDED}`, "u");
}

/**
 * How the tokens of services look, by what each says of its own: Synapse (`synapse/handlers/auth.py`: `syt_<name>_<20>_<6>`) and Matrix Authentication Service
 * (`mat_`, `mct_`), any that is a JSON Web Token (RFC 7519; both of its first parts begin with `{"` in base64url), GitHub ("token formats"), GitLab ("token overview"), Slack ("token types"), Telegram (`BotFather`), Discord ("Authentication").
 */
const SHAPES: readonly (readonly [TypedCredential, RegExp])[] = [
  ["matrix", shape(String.raw`sy[tr]_[A-Za-z0-9+/=_-]{1,400}_[A-Za-z]{20}_[A-Za-z0-9]{6}`)],
  ["matrix", shape(String.raw`m(?:at|ct|ar|cr)_[A-Za-z0-9]{30}_[A-Za-z0-9]{6}`)],
  ["github", shape(String.raw`gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_\w{50,255}`)],
  ["gitlab", shape(String.raw`gl(?:pat|dt|rt|ptt|oas|ft|agent)-[\w-]{20,255}`)],
  ["slack", shape(String.raw`xox[abeoprs]-[A-Za-z0-9-]{20,255}|xapp-\d-[A-Za-z0-9-]{20,255}`)],
  ["telegram", shape(String.raw`\d{8,10}:[A-Za-z0-9_-]{35}`)],
  [
    "discord",
    shape(String.raw`(?:mfa\.[\w-]{84})|(?:[MNO][A-Za-z0-9_-]{23,27}\.[\w-]{6}\.[\w-]{27,38})`),
  ],
  // Not within an address, which is refused with a sentence of its own where it holds one.
  ["token", /(?<![\w=&?/.-])eyJ[\w-]{8,2000}\.eyJ[\w-]{8,4000}\.[\w-]{20,1000}(?![\w.-])/u],
  ["private-key", /-----BEGIN [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----/u],
];

/** What stands before a password or token of any form, as people write it down. */
const WORD =
  /(?<![^\s"'“„«(])(?<what>pass(?:word|wd|phrase|code)|(?:access|api|auth|bot|refresh|bearer)?[ _-]?(?:token|secret)|(?:api|secret|private)[ _-]?key)(?:\s+(?:is|to|as))?(?:\s*(?<sign>[:=])\s*|\s+)(?<value>\S{6,500})$/iu;

/**
 * What a message holds that lets whoever reads it act in somebody's name; undefined where it holds nothing of the kind. `text` is all of the message, `line` what was said to
 * Usher. What looks like a token of a known service counts anywhere; of anything else only what ends the line behind a word that says so.
 */
export function typedCredential(text: string, line: string): TypedCredential | undefined {
  const known = SHAPES.find(([, pattern]) => pattern.test(text))?.[0];
  if (known !== undefined) return known;
  const { what = "", sign, value = "" } = WORD.exec(line.trimEnd())?.groups ?? {};
  if (!isSecretive(value.replace(/^["'“„«]|["'”“»]$/gu, ""), sign)) return undefined;
  return /^pass/iu.test(what) ? "password" : "token";
}

/** Whether it is nothing that people write otherwise: no word, id, address, number or setting. With "=" before it, a word is enough. */
function isSecretive(value: string, sign: string | undefined): boolean {
  if (value.length < 6 || isNamed(value)) return false;
  if (sign === "=") return true;
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\d/u, /[^\p{L}\d\s.,;:!?…'’"()/-]/u];
  const inside = value.slice(1).replace(/[.,;:!?…'’")]+$/u, "");
  // A capital at the beginning is any word's.
  const found = kinds.filter((kind) => kind.test(inside)).length;
  return found >= 2;
}

/** Ids of people, rooms, events and things, addresses and settings. */
function isNamed(value: string): boolean {
  return (
    /^[@!#$+][^\s:]{1,255}:[\w.-]+/u.test(value) ||
    /^[!$][A-Za-z0-9_-]{43}$/u.test(value) ||
    /^[a-z][a-z0-9-]*-[a-z0-9]{6}$/u.test(value) ||
    /^[a-z][a-z0-9+.-]*:\/\//iu.test(value) ||
    /^(?:[\w-]+\.)+\p{L}{2,}(?:[/:?#]|$)/iu.test(value) ||
    /^[\w.-]+=/u.test(value) ||
    /^(?:--|[<{[(])/u.test(value) ||
    /^v?\d[\d.,:/-]*$/u.test(value)
  );
}
