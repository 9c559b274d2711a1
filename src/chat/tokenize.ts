/** One word of what a person typed, with where it stood, so that a mark can be put under it. */
export interface Token {
  /** Without quotes and escapes; a pill's or permalink's target id in place of its words. */
  readonly text: string;
  /** Offsets into the text that was tokenised, UTF-16 units, end exclusive. */
  readonly start: number;
  readonly end: number;
  /** True where quotes held it together: it is then never a flag or a `key=value`. */
  readonly quoted: boolean;
}
