import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unheardCommands } from "../../scripts/unheardCommands.ts";
import { typedCredential } from "./typedCredential.ts";

const letters = (length: number): string =>
  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".repeat(9).slice(0, length);
const both = (length: number): string => "a1B2c3D4e5F6g7H8i9J0".repeat(20).slice(0, length);
const DASHES = "-".repeat(5);
const found = (text: string): string | undefined => typedCredential(text, text);

describe("a credential typed in chat", () => {
  const tokens: readonly (readonly [string, string])[] = [
    ["matrix", `syt_YWxpY2U_${letters(20)}_0aB9zZ`],
    ["matrix", `syt_YS1iX2M_${letters(20)}_0aB9zZ`],
    ["matrix", `syr_YWxpY2U_${letters(20)}_0aB9zZ`],
    ["matrix", `mat_${both(30)}_0aB9zZ`],
    ["matrix", `mct_${both(30)}_0aB9zZ`],
    ["github", `ghp_${both(36)}`],
    ["github", `gho_${both(40)}`],
    ["github", `github_pat_${both(22)}_${both(59)}`],
    ["gitlab", `glpat-${both(20)}`],
    ["slack", `xoxb-123456789012-1234567890123-${both(24)}`],
    ["slack", `xapp-1-A012-${both(30)}`],
    ["telegram", `123456789:${both(35)}`],
    ["discord", `MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.${both(27)}`],
    ["private-key", `${DASHES}BEGIN OPENSSH PRIVATE KEY${DASHES}`],
    ["private-key", `${DASHES}BEGIN PRIVATE KEY${DASHES}`],
  ];

  it.each(tokens)("is seen wherever it stands: %s, %s", (what, token) => {
    for (const text of [
      token,
      `add bot telegram ${token}`,
      `here it is:\n\n${token}\n\nthanks`,
      `token="${token}"`,
      `https://api.example.org/bot?access_token=${token}&x=1`,
      `(${token})`,
    ])
      expect(found(text), text).toBe(what);
  });

  it.each(tokens)("is no token once it is a part of a longer word: %s, %s", (_, token) => {
    if (token.startsWith("---")) return;
    expect(found(`add widget x${token}`)).toBeUndefined();
    expect(found(token.slice(0, 20))).toBeUndefined();
  });

  it.each([
    ["password", "set password hunter2"],
    ["password", "my password is Tr0ub4dor&3"],
    ["password", "login with password: correcthorse1"],
    ["password", "password=hunter"],
    ["password", "set passphrase to “x9!kd-22k”"],
    ["token", "set token abc123def456"],
    ["token", "the access token is 8f14e45fceea167a5a36dedd4bea2543"],
    ["token", "API key: 4f9ZZ01abQ"],
    ["token", "add bot poll api_key=secretive"],
    ["token", "client secret aB3-9$xx2"],
    ["password", "Passwort? no: password Gr3at$ecret"],
  ])("is seen behind a word that says so: %s, %s", (what, text) => {
    expect(found(text)).toBe(what);
  });

  it.each([
    "what is my password?",
    "my password is wrong",
    "I forgot my password",
    "set password protection",
    "password: required",
    "how do I get a token",
    "the token is expired!",
    "help token",
    "add widget https://example.org/password/reset?step=2",
    "add widget https://pad.example.org/p/token",
    "remove token-board",
    "set token pad-7k2m4q",
    "show secret board-0a1b2c",
    "set board name=token",
    "set board name=Password",
    "add bot @token:example.org",
    "the token @poll1:example.org",
    "my secret !abcdefGHIJKL1:example.org",
    `token $${"aB3-_".repeat(9).slice(0, 43)}`,
    "privacy receipt 3f9c0a51e27b 9f03ab12cd34ef56",
    "admin keys retire 2026-03-01-5b1e20",
    "admin identity @ada:example.org ZmFrZS1tYXN0ZXIta2V5LW9mLWFkYS1leGFtcGxlLTEyMw",
    "admin case 3f9c0a51e27b answer We have sent you a new password.",
    "token 2026-11-29",
    "secret 12:30",
    "token https://example.org/x9Kq2",
    "token example.org/x9Kq2",
    "my secret santa",
    "password-manager Bitwarden",
    "the secret is out, isn’t it?",
  ])("is not seen in what people write: %s", (text) => {
    expect(found(text)).toBeUndefined();
  });

  it("is not seen in any example of a command, nor in ids", () => {
    for (const { example, words } of unheardCommands())
      expect(found(example), words).toBeUndefined();
    const id = fc.stringMatching(/^[A-Za-z0-9_-]{43}$/);
    const server = fc.domain();
    const name = fc.stringMatching(/^[a-z0-9._=/-]{1,30}$/);
    fc.assert(
      fc.property(id, server, name, (event, host, local) => {
        for (const one of [`$${event}`, `!${event}`, `!${local}:${host}`, `@${local}:${host}`])
          expect(found(`set token ${one}`), one).toBeUndefined();
        expect(found(`https://matrix.to/#/!${event}/$${event}?via=${host}`)).toBeUndefined();
      }),
    );
  });

  it("is not seen in ordinary words, whatever they are", () => {
    const word = fc.stringMatching(/^[A-Za-z]?[a-z]{0,12}[.,!?]?$/);
    const talk = fc.array(
      fc.oneof(word, fc.constantFrom("password", "token", "secret", "is", "the")),
    );
    fc.assert(
      fc.property(talk, (words) => {
        expect(found(words.join(" "))).toBeUndefined();
      }),
    );
  });

  it("is not seen in addresses of widgets, however long their paths are", () => {
    const part = fc.stringMatching(/^[A-Za-z0-9_.~-]{1,60}$/);
    const address = fc.webUrl({ withQueryParameters: true, withFragments: true });
    fc.assert(
      fc.property(address, fc.array(part, { maxLength: 6 }), part, (base, parts, last) => {
        const [, ...path] = ["", ...parts];
        const url = `https://board.example.org/${path.join("/")}?id=${last}#${last}`;
        for (const one of [base, url]) {
          expect(found(`add widget ${one}`), one).toBeUndefined();
          expect(found(`add widget ${one} name="My token"`), one).toBeUndefined();
        }
      }),
      { numRuns: 500 },
    );
  });

  it("is looked for in little time, whatever the text is", () => {
    for (const text of [
      "syt_".repeat(8_000),
      "password ".repeat(3_600),
      "a-".repeat(16_000),
      `password ${"=".repeat(32_000)}`,
    ])
      expect(found(text.slice(0, 32_768))).toBeUndefined();
  });
});
