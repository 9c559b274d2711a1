import type { Reply } from "./scriptedRoutes.ts";

/** What goes wrong. Each is done instead of the answer, unless it says otherwise. */
export type Fault =
  | {
      readonly kind: "error";
      readonly status: number;
      readonly errcode: string;
      readonly more?: object;
    }
  /** 429, with the time to wait in the header (seconds or a date), in the body (ms; the old form), in both or in neither. */
  | { readonly kind: "limited"; readonly header?: string; readonly bodyMs?: number }
  /** What a proxy in front of a homeserver says: not JSON. */
  | { readonly kind: "html"; readonly status: number }
  /** 200 with this body as JSON, `null` for example. */
  | { readonly kind: "json"; readonly body: unknown }
  /** The connection breaks: before anything is done, or when the request has taken effect. */
  | { readonly kind: "close"; readonly afterEffect?: boolean }
  /** Nothing happens until `release` is called; then the request is answered as usual. */
  | { readonly kind: "hang" };

/** What the homeserver says instead of its answer. */
export function faulty(fault: Exclude<Fault, { kind: "close" | "hang" }>): Reply {
  switch (fault.kind) {
    case "error":
      return {
        status: fault.status,
        body: { errcode: fault.errcode, error: "scripted", ...fault.more },
      };
    case "limited":
      return {
        status: 429,
        body: {
          errcode: "M_LIMIT_EXCEEDED",
          ...(fault.bodyMs === undefined ? {} : { retry_after_ms: fault.bodyMs }),
        },
        ...(fault.header === undefined ? {} : { headers: { "retry-after": fault.header } }),
      };
    case "html":
      return { status: fault.status, text: "<html><body><h1>Bad Gateway</h1></body></html>" };
    case "json":
      return { status: 200, body: fault.body };
  }
}
