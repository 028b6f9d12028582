// node github_scheduler.mjs TOOLS WORKFLOW…: how the jobs of each workflow end on GitHub, a JSON object a file, where
// a job whose script is `false` fails. Its scheduler is not published; this is what is documented and was observed of
// it (docs.github.com, Status check functions; actions/runner issue 491): status functions look at every job before,
// and a skipped one is no success.
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';

const [tools, ...files] = process.argv.slice(2);
const load = (...path) => import(pathToFileURL(join(tools, 'node_modules', ...path)).href);
const {Evaluator, Lexer, Parser, data} = await load('@actions', 'expressions', 'dist', 'index.js');
const {FunctionCall} = await load('@actions', 'expressions', 'dist', 'ast.js');
const {reviver} = await load('@actions', 'expressions', 'dist', 'data', 'reviver.js');
const {falsy} = await load('@actions', 'expressions', 'dist', 'result.js');
const {default: yaml} = await load('yaml', 'dist', 'index.js');

const names = ['success', 'failure', 'always', 'cancelled'];

function parse(text) {
  const inner = /^\s*\$\{\{([\s\S]*)\}\}\s*$/.exec(text);
  const {tokens} = new Lexer(inner ? inner[1] : text).lex();
  const functions = names.map(name => ({name, minArgs: 0, maxArgs: 255}));
  return new Parser(tokens, ['github', 'needs', 'inputs', 'vars'], functions).parse();
}

// Any call counts, wherever it stands.
function asksStatus(node) {
  if (node === null || typeof node !== 'object') return false;
  if (node instanceof FunctionCall && names.includes(node.functionName.lexeme.toLowerCase())) return true;
  return Object.values(node).some(part => (Array.isArray(part) ? part.some(asksStatus) : asksStatus(part)));
}

function holds(job, needs, before) {
  const results = given => (given.length ? given.map(id => needs[id.coerceString()].result) : before);
  const call = (name, test) => {
    return [name, {name, minArgs: 0, maxArgs: 255, call: (...ids) => new data.BooleanData(test(results(ids)))}];
  };
  const success = given => given.every(result => result === 'success');
  const functions = new Map([call('success', success), call('failure', given => given.includes('failure')),
                             call('always', () => true), call('cancelled', () => false)]);
  const condition = String(job.if ?? '');
  const contexts = JSON.parse(JSON.stringify({github: {event_name: 'push'}, needs, inputs: {}, vars: {}}), reviver);
  if (condition.trim() === '') return success(before);
  const tree = parse(condition);
  const value = !falsy(new Evaluator(tree, contexts, functions).evaluate());
  return asksStatus(tree) ? value : success(before) && value;
}

function run(workflow) {
  const ended = {}, ancestors = {};
  const jobs = {...workflow.jobs};
  while (Object.keys(jobs).length) {
    const [id] = Object.entries(jobs).find(([, job]) => [job.needs ?? []].flat().every(need => need in ended));
    const job = jobs[id], direct = [job.needs ?? []].flat();
    delete jobs[id];
    ancestors[id] = new Set(direct.flatMap(need => [need, ...ancestors[need]]));
    const needs = Object.fromEntries(direct.map(need => [need, {result: ended[need], outputs: {}}]));
    const fails = job.steps.some(step => step.run === 'false');
    if (!holds(job, needs, [...ancestors[id]].map(before => ended[before]))) ended[id] = 'skipped';
    else ended[id] = fails && !job['continue-on-error'] ? 'failure' : 'success';
  }
  return ended;
}

for (const file of files) console.log(JSON.stringify(run(yaml.parse(readFileSync(file, 'utf8')))));
