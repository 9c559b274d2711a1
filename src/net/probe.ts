import { NoAnswer, sendRequest, type Reach } from "./request.ts";

/** What came of looking at a website. `private`: its name leads into a private network, so nothing was sent there. */
export type Probe =
  { readonly is: "answered"; readonly status: number } | { readonly is: NoAnswer["why"] };

export interface ProbeOptions extends Reach {
  readonly timeoutMs: number;
}

/**
 * Asks a website for its headers: whether it is there, nothing more (`sendRequest`). Bounded in time; nothing of the answer but its status is
 * read. Never rejects.
 */
export async function probe(url: URL, { timeoutMs, ...reach }: ProbeOptions): Promise<Probe> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await sendRequest(url, { method: "HEAD" }, reach, signal);
    response.destroy();
    return { is: "answered", status: response.statusCode ?? 0 };
  } catch (error) {
    if (error instanceof NoAnswer) return { is: error.why };
    throw error;
  }
}
