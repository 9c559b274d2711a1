import { folderOf, type FilePath } from "../privacy/declared.ts";
import { nodeFiles } from "./files.ts";
import { makeFolders } from "./folders.ts";
import { replaceFile } from "./replaceFile.ts";

/** Where it is noted how a chain of records ends (or begins): outside the data directory, so that whoever cuts it off there must change this, too. */
export interface EndFile {
  /** Undefined where there is none yet. */
  read(): Promise<string | undefined>;
  /** All of it or nothing. */
  write(text: string): Promise<void>;
}

/** Such a file. Rejects as the system does. */
export function endFileAt(path: FilePath): EndFile {
  return {
    read: () => nodeFiles.read(path),
    write: async (text) => {
      makeFolders(folderOf(path));
      await replaceFile(nodeFiles, path, text);
    },
  };
}
