// node github_parser.mjs TOOLS FILE…: what GitHub's own language service says about workflow files, one finding a line.
// TOOLS is the folder that holds its node_modules. Exit 1 when there is an error or a warning.
import {readFileSync} from 'node:fs';
import {createRequire, register} from 'node:module';
import {basename, join} from 'node:path';
import {pathToFileURL} from 'node:url';

// Its packages import .json files without the attribute that Node asks for: this hook turns them into modules.
const hook = `
import {readFile} from 'node:fs/promises';
export async function load(url, context, next) {
  if (!url.endsWith('.json')) return next(url, context);
  return {format: 'module', shortCircuit: true, source: 'export default ' + await readFile(new URL(url), 'utf8')};
}`;
register('data:text/javascript,' + encodeURIComponent(hook));

const [tools, ...files] = process.argv.slice(2);
// The packages hide everything but their `import` entry, so it is read from each one's package.json.
async function load(name) {
  const folder = join(tools, 'node_modules', name);
  const {exports: entries, module, main} = createRequire(import.meta.url)(join(folder, 'package.json'));
  const entry = entries?.['.']?.import ?? module ?? main;
  return import(pathToFileURL(join(folder, entry.default ?? entry)).href);
}
const {validate} = await load('@actions/languageservice');
const {FeatureFlags} = await load('@actions/expressions');
const {TextDocument} = await load('vscode-languageserver-textdocument');

// Of the features behind flags, only the one that GitHub has for everybody.
const featureFlags = new FeatureFlags({allowCaseFunction: true});
const severities = {1: 'error', 2: 'warning', 3: 'information', 4: 'hint'};
let findings = 0;
for (const file of files) {
  const uri = 'file:///repository/.github/workflows/' + basename(file);
  const document = TextDocument.create(uri, 'yaml', 0, readFileSync(file, 'utf8'));
  for (const {severity = 1, range, message} of await validate(document, {featureFlags})) {
    if (severity > 2) continue;
    findings++;
    console.log(`${file}:${range.start.line + 1}:${range.start.character + 1}: ${severities[severity]}: ${message}`);
  }
}
process.exit(findings ? 1 : 0);
