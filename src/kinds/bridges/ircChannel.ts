import { UsherError } from "../../kernel/errors.ts";

/** A channel as IRC has it (RFC 2812, 1.3), without what bridges' bots could take for the end of a command or another one. */
const CHANNEL = /^(?:[#&+!][^\s,:;\p{Cc}]|[^\s,:;#&+!\p{Cc}-])[^\s,:;\p{Cc}]{0,47}$/u;

/** The channel that was named, as all of IRC takes it; undefined where that is none. */
export function channelOf(word: string): string | undefined {
  return CHANNEL.test(word) ? withHash(word).toLowerCase() : undefined;
}

const SPELLED = { "[": "{", "]": "}", "\\": "|", "~": "^" } as const;

/** A nickname or channel in lower case as IRC has it: there, `[]\\~` are upper case of `{}|^` (RFC 2812, 2.2). */
export function ircLowerCase(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[[\]\\~]/g, (letter) => SPELLED[letter as keyof typeof SPELLED]);
}

/** What all spellings of a channel have in common. */
export function folded(channel: string): string {
  return ircLowerCase(withHash(channel));
}

/** Whether both are one channel to IRC. */
export function isSameChannel(one: string, other: string): boolean {
  return folded(one) === folded(other);
}

/** A name without a mark is that of an ordinary channel. */
export function withHash(channel: string): string {
  return isMarked(channel) ? channel : `#${channel}`;
}

/** Whether it can be nothing but a channel. */
export function isMarked(word: string): boolean {
  return /^[#&+!]/.test(word);
}

/** Throws `bridge-target-several` where more than one channel was named. */
export function refuseSeveral(bridge: string, words: readonly string[]): void {
  const pieces = words.flatMap((word) => word.split(",")).filter((word) => word !== "");
  const at = pieces.findIndex(isMarked);
  if (pieces.filter(isMarked).length < 2) return;
  throw new UsherError("bridge-target-several", {
    bridge,
    first: pieces.slice(0, at + 1).join(" "),
  });
}
