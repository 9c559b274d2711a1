import { describe, expect, it } from "vitest";
import { forgedTypeFaults } from "./forgedTypes.ts";

const faults = (text: string, path = "src/chat/dossier.ts"): readonly string[] =>
  forgedTypeFaults([{ path, text }]);

describe("what is declared in the data map", () => {
  it.each([
    'await replaceFile(files, join(dir, "dossier.json") as FilePath, text);',
    'await matrix.setState(room, "org.example.dossier" as StateType, "", {});',
    "const type = name as unknown as AccountDataType;",
    "log.info({ what, who: person as Pseudonym<UserId> });",
    'const path = <FilePath>"dossier.json";',
  ])("cannot be forged: %s", (text) => {
    expect(faults(text)).toEqual([
      expect.stringMatching(/^src\/chat\/dossier\.ts calls something a /),
    ]);
  });

  it("is made where it is declared, used by its type, and forged in tests at will", () => {
    const cast = "return path as FilePath;";
    expect(faults(cast, "src/privacy/declared.ts")).toEqual([]);
    expect(faults(cast, "src/files/replaceFile.test.ts")).toEqual([]);
    expect(faults("const made: Map<FilePath> = all(file as string);")).toEqual([]);
  });
});
