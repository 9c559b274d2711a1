/** What a website is asked. */
export interface Question {
  /** GET unless given. */
  readonly method?: "GET" | "HEAD" | "POST" | "PUT" | "DELETE";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** The largest answer that is read; 1 MiB unless given. */
  readonly maxBytes?: number;
  /** From the look-up of the name to the end of the answer, redirections included; 30 s unless given. */
  readonly timeoutMs?: number;
  /** The address may lie in a private network: for one that the operator has configured, never for one that somebody typed. */
  readonly allowPrivate?: boolean;
}
