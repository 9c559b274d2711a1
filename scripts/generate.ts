import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { format, resolveConfig } from "prettier";
import { SAMPLES } from "../templates/samples.ts";
import { createRenderer } from "../src/chat/render.ts";
import { loadTemplates } from "../src/chat/templates.ts";
import { renderConfigurationDocs, renderSampleConfig } from "../src/config/describe.ts";
import { allErrorCodes } from "../src/integrations/errorCodes.ts";
import { KINDS } from "../src/kinds/index.ts";
import { exportedData, exportManifest } from "../src/rights/export/format.ts";
import { loadDeclarations, renderDataMapDocs } from "./dataMap.ts";
import { renderCommandDocs, renderErrorDocs } from "./documents.ts";
import { exportSchema } from "./exportSchemas.ts";
import { renderArticle30Docs, renderNoticeDocs } from "./noticeDocuments.ts";
import { privacyCoverage, renderCoverage } from "./privacyCoverage.ts";
import { projectSources, ROOT } from "./sources.ts";
import { pin, presentShapes, type Shapes } from "./storedShapes.ts";
import { unheardCommands } from "./unheardCommands.ts";

/** Where the shape that goes with each version of a stored document is pinned. */
const SHAPES = "docs/schemas.json";

async function shapes(): Promise<ReturnType<typeof pin>> {
  await loadDeclarations(projectSources());
  return pin(JSON.parse(read(SHAPES) ?? "{}") as Shapes, presentShapes());
}

/** Shapes of stored documents that changed without a new version. */
export async function shapeFaults(): Promise<readonly string[]> {
  return (await shapes()).faults;
}

/** Every generated file, by its path from the top, as it should be now. */
async function generated(): Promise<ReadonlyMap<string, string>> {
  await loadDeclarations(projectSources());
  const renderer = createRenderer(loadTemplates());
  // Only what the commands say of themselves is read here; none is run, so none needs its parts.
  const commands = unheardCommands();
  const files: readonly (readonly [path: string, text: string])[] = [
    ["config.sample.json", renderSampleConfig()],
    ["docs/configuration.md", renderConfigurationDocs()],
    ["docs/commands.md", renderCommandDocs(commands, renderer)],
    ["docs/data-map.md", renderDataMapDocs()],
    [SHAPES, JSON.stringify((await shapes()).next)],
    ["docs/export.schema.json", exportSchema(exportedData)],
    ["docs/export-manifest.schema.json", exportSchema(exportManifest)],
    [
      "docs/privacy-coverage.md",
      renderCoverage(privacyCoverage(read("docs/requirements.md") ?? "", projectSources())),
    ],
    ["docs/article30.md", renderArticle30Docs(renderer)],
    ["docs/notice.md", renderNoticeDocs(renderer)],
    ["docs/errors.md", renderErrorDocs(allErrorCodes(KINDS), SAMPLES, renderer)],
  ];
  const style = (await resolveConfig(`${ROOT}package.json`)) ?? {};
  return new Map(
    await Promise.all(
      files.map(
        async ([path, text]) => [path, await format(text, { ...style, filepath: path })] as const,
      ),
    ),
  );
}

/** Generated files that are not as they should be. */
export async function outdated(): Promise<readonly string[]> {
  return [...(await generated())]
    .filter(([path, text]) => read(path) !== text)
    .map(([path]) => `${path} is not up to date: run \`npm run generate\``);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(ROOT + path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

if (import.meta.main) {
  if (parseArgs({ options: { check: { type: "boolean" } } }).values.check === true) {
    const faults = await outdated();
    for (const fault of faults) console.log(fault);
    process.exitCode = faults.length === 0 ? 0 : 1;
  } else {
    for (const [path, text] of await generated()) {
      if (read(path) === text) continue;
      writeFileSync(ROOT + path, text);
      console.log(`wrote ${path}`);
    }
    const faults = await shapeFaults();
    for (const fault of faults) console.log(fault);
    if (faults.length > 0) process.exitCode = 1;
  }
}
