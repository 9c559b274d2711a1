import { declareFileAnywhere } from "../privacy/declared.ts";
import { ACCOUNT } from "../privacy/records/account.ts";

/** The data directory, which is made where it is missing. */
export const dataFolder = declareFileAnywhere("dataDir", ACCOUNT);
