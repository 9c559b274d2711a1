interface Setting {
  readonly usherId: string;
  readonly displayName: string;
  readonly prefixes: readonly string[];
  /** A chat of one person and Usher alone: there everything is said to Usher. */
  readonly direct: boolean;
  /** Whether Usher's last message here asks for a yes or no. */
  readonly asked: boolean;
}

/** Whether a message surely is said to Usher, so that silence would be a fault. Its name without a colon may be talk about it. */
export function owesAnswer(
  body: string,
  { usherId, displayName, prefixes, direct, asked }: Setting,
): boolean {
  const line = body.trim().toLowerCase();
  if (direct || (asked && /^(yes|no)$/.test(line))) return true;
  const called = (name: string): boolean =>
    /^(?:[:,]?(?:\s|$))/u.test(after(line, name.toLowerCase()) ?? "-");
  const named = /^[:,](?:\s|$)/u.test(
    after(line.replace(/^@/, ""), displayName.toLowerCase()) ?? "-",
  );
  return named || called(usherId) || prefixes.some(called);
}

function after(line: string, name: string): string | undefined {
  return line.startsWith(name) ? line.slice(name.length) : undefined;
}

/** Whether a message of Usher's asks for a confirmation. */
export function asksForConfirmation(body: string): boolean {
  return /\byes\b/i.test(body) && /\bno\b/i.test(body) && /✅/u.test(body);
}
