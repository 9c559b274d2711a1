import { z } from "zod";
import type { EventId, RoomId, UserId } from "./ids.ts";

/**
 * Matrix identifiers in what Usher stores. They were parsed on the way in (ids.ts), so the first character is enough: a document must stay
 * readable when the rules for ids become stricter.
 */
export const userId = z.string().startsWith("@") as unknown as z.ZodType<UserId>;
export const eventId = z.string().startsWith("$") as unknown as z.ZodType<EventId>;
export const roomId = z.string().startsWith("!") as unknown as z.ZodType<RoomId>;
