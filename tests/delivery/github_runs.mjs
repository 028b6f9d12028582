// node github_runs.mjs TOOLS WORKFLOW SCENARIOS: runs of a workflow, each as a JSON object on a line: `ran`, the commands in their
// order; `results`, by job; `outputs`, by job. SCENARIOS is a file with one on each line: `ends`, by `job: step`, is how that step ends: failure,
// cancelled (the run is cancelled while it runs), timeout (the job runs out of time), lost (its runner disappears);
// `last_first`, of several jobs that may begin the last one does; `rejected`, the environments in which somebody said no; `outputs`, by `job: step`, what that step says; `fail`, what `log NAME` fails for; `fake`, a folder whose `bin`
// is in front of PATH; `env`, what every script gets; `github`, of that context; `attempt` and `kept`, by
// job: a re-run of all jobs but those, which have ended so.
//
// `cancelled`: the run is cancelled before its first job. `remember`: a script that ran with the same environment is not run again, in
// any of the scenarios.
//
// Commands of the author's, which begin with `./`, `curl` or `make`, are only noted; all other scripts run in bash. Expressions are
// evaluated by GitHub's own package. Its scheduler is not published; what of it is documented and observed stands in
// tests/semantics/github_scheduler.mjs.
import {spawnSync} from 'node:child_process';
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';

const [tools, file, scenarioFile] = process.argv.slice(2);
const load = (...path) => import(pathToFileURL(join(tools, 'node_modules', ...path)).href);
const {Evaluator, Lexer, Parser, data} = await load('@actions', 'expressions', 'dist', 'index.js');
const {FunctionCall} = await load('@actions', 'expressions', 'dist', 'ast.js');
const {reviver} = await load('@actions', 'expressions', 'dist', 'data', 'reviver.js');
const {falsy} = await load('@actions', 'expressions', 'dist', 'result.js');
const {default: yaml} = await load('yaml', 'dist', 'index.js');

const workflow = yaml.parse(readFileSync(file, 'utf8'));
const scenarios = readFileSync(scenarioFile, 'utf8').split('\n').filter(Boolean).map(line => JSON.parse(line));
const names = ['success', 'failure', 'always', 'cancelled'];
const kinds = ['github', 'needs', 'inputs', 'vars', 'steps', 'matrix', 'job', 'strategy', 'env', 'secrets', 'runner'];
const remembered = new Map();
let scenario, github, ran, results, outputs, ancestors, cancelled, scripts = 0;

function parse(text) {
  const {tokens} = new Lexer(text).lex();
  return new Parser(tokens, kinds, names.map(name => ({name, minArgs: 0, maxArgs: 255}))).parse();
}

function asksStatus(node) {
  if (node === null || typeof node !== 'object') return false;
  if (node instanceof FunctionCall && names.includes(node.functionName.lexeme.toLowerCase())) return true;
  return Object.values(node).some(part => (Array.isArray(part) ? part.some(asksStatus) : asksStatus(part)));
}

function evaluate(tree, contexts, status) {
  const functions = new Map(names.map(name => [name, {name, minArgs: 0, maxArgs: 255, call: () => new data.BooleanData(status[name])}]));
  const known = Object.fromEntries(kinds.map(kind => [kind, contexts[kind] ?? {}]));
  return new Evaluator(tree, JSON.parse(JSON.stringify(known), reviver), functions).evaluate();
}

const inner = text => /^\s*\$\{\{([\s\S]*)\}\}\s*$/.exec(text)?.[1] ?? String(text);

function holds(condition, contexts, status) {
  const text = String(condition ?? '').trim();
  if (text === '') return status.success;
  const tree = parse(inner(text));
  const value = !falsy(evaluate(tree, contexts, status));
  return asksStatus(tree) ? value : status.success && value;
}

const template = (text, contexts) =>
  String(text).replace(/\$\{\{([\s\S]*?)\}\}/g, (_, code) => evaluate(parse(code.trim()), contexts, {}).coerceString());

function runScript(id, step, env, folder) {
  const command = step.run.trim();
  if (/^(\.\/|curl |make )/.test(command)) {
    ran.push(`${id}: ${command.replace(/"?\$\{?(\w+)\}?"?/g, (whole, name) => env[name] ?? whole)}`);
    return {status: 0, outputs: {}};
  }
  if (/^log \S+$/.test(command)) {
    ran.push(`${id}: ${command}`);
    return {status: scenario.fail.includes(command.slice(4)) ? 1 : 0, outputs: {}};
  }
  const key = JSON.stringify([step.run, env, scenario.env, scenario.attempt, scenario.fake]);
  if (scenario.remember && remembered.has(key)) return remembered.get(key);
  const path = join(scenario.fake, `script-${++scripts}`);
  for (const end of ['', '.output', '.summary']) writeFileSync(path + end, end ? '' : step.run);
  const ended = spawnSync('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', path], {
    cwd: folder, encoding: 'utf8', env: {
      ...env, ...scenario.env, PATH: `${join(scenario.fake, 'bin')}:${process.env.PATH}`, FAKE: scenario.fake, GITHUB_WORKSPACE: folder,
      GITHUB_OUTPUT: path + '.output', GITHUB_STEP_SUMMARY: path + '.summary', GITHUB_RUN_ID: '7', GITHUB_SHA: 'c3',
      GITHUB_RUN_ATTEMPT: String(scenario.attempt), GITHUB_REPOSITORY: 'acme/shop', GITHUB_ACTOR: 'dora',
      GITHUB_TRIGGERING_ACTOR: 'dora', GITHUB_EVENT_PATH: join(scenario.fake, 'event')}});
  if (ended.status !== 0) ran.push(`${id}: ${step.name} failed: ${/::error[^:]*::(.*)/.exec(ended.stdout + ended.stderr)?.[1]}`);
  const said = readFileSync(path + '.output', 'utf8').split('\n').filter(Boolean).map(line => line.split(/=(.*)/s));
  const answer = {status: ended.status, outputs: Object.fromEntries(said.map(([name, value]) => [name, value]))};
  remembered.set(key, answer);
  return answer;
}

// The run is cancelled while a step runs. A job whose condition holds all the same is left alone; in others a step is, whose own
// condition holds (docs.github.com, Workflow cancellation).
function isStopped(id, job, step, contexts, needs) {
  cancelled = true;
  const failure = [...ancestors[id]].some(other => results[other] === 'failure');
  const status = {success: false, failure, always: true, cancelled: true};
  if (job.if && asksStatus(parse(inner(job.if))) && holds(job.if, {github, needs}, status)) return false;
  contexts.job.status = 'cancelled';
  return !holds(step.if, contexts, {...status, failure: false});
}

// One leg of a job: how it ends, and what it says.
function runLeg(id, job, needs, matrix, leg) {
  const folder = join(scenario.fake, `work-${leg}`);
  mkdirSync(folder, {recursive: true});
  const contexts = {github, needs, matrix, steps: {}, job: {status: 'success'}, env: job.env ?? {}};
  for (const step of job.steps) {
    const status = Object.fromEntries(['success', 'failure', 'cancelled'].map(name => [name, contexts.job.status === name]));
    const known = step.id ? (contexts.steps[step.id] = {outputs: {}, outcome: 'skipped', conclusion: 'skipped'}) : {};
    if (!holds(step.if, contexts, {...status, always: true})) continue;
    const env = Object.fromEntries(Object.entries({...job.env, ...step.env}).map(([name, value]) => [name, template(value, contexts)]));
    const {status: code, outputs: said} = runScript(id, step, env, folder);
    const end = scenario.ends[`${leg}: ${step.name}`] ?? scenario.ends[`${id}: ${step.name}`];
    if (end === 'lost') return {result: 'failure', outputs: {}};
    known.outputs = {...said, ...scenario.outputs[`${id}: ${step.name}`]};
    const stopped = end === 'timeout' || (end === 'cancelled' && isStopped(id, job, step, contexts, needs));
    known.outcome = stopped ? 'cancelled' : end && end !== 'cancelled' ? end : code === 0 ? 'success' : 'failure';
    known.conclusion = known.outcome === 'failure' && step['continue-on-error'] ? 'success' : known.outcome;
    if (contexts.job.status === 'success' || stopped) contexts.job.status = known.conclusion;
  }
  const said = Object.entries(job.outputs ?? {}).map(([name, value]) => [name, template(value, contexts)]);
  const result = contexts.job.status === 'failure' && job['continue-on-error'] ? 'success' : contexts.job.status;
  return {result, outputs: Object.fromEntries(said.filter(([, value]) => value !== ''))};
}

function legs(id, job) {
  const axes = Object.entries(job.strategy?.matrix ?? {});
  let found = [{}];
  for (const [axis, values] of axes) found = found.flatMap(one => values.map(value => ({...one, [axis]: value})));
  return found.map(matrix => [matrix, axes.length ? `${id} (${Object.values(matrix).join(', ')})` : id]);
}

function runJob(id, job) {
  const direct = [job.needs ?? []].flat(), before = [...ancestors[id]].map(other => results[other]);
  const needs = Object.fromEntries(direct.map(other => [other, {result: results[other], outputs: outputs[other]}]));
  const status = {success: before.every(result => result === 'success'), failure: before.includes('failure'), always: true, cancelled};
  if (cancelled) status.success = false;
  if (!holds(job.if, {github, needs}, status)) return {result: 'skipped', outputs: {}};
  if (scenario.rejected.includes(job.environment?.name ?? job.environment)) return {result: 'failure', outputs: {}};
  const ended = legs(id, job).map(([matrix, leg]) => runLeg(id, job, needs, matrix, leg));
  const worst = ['failure', 'cancelled', 'success'].find(result => ended.some(leg => leg.result === result));
  return {result: worst, outputs: Object.assign({}, ...ended.map(leg => leg.outputs))};
}

function run(given) {
  scenario = {ends: {}, fail: [], rejected: [], outputs: {}, env: {}, attempt: 1, kept: {}, ...given};
  github = {event_name: 'push', ref: 'refs/heads/main', run_id: 7, run_attempt: scenario.attempt, token: 't', workflow: 'ship', event: {}, ...scenario.github};
  [ran, results, outputs, ancestors, cancelled] = [[], {}, {}, {}, scenario.cancelled === true];
  const left = {...workflow.jobs};
  while (Object.keys(left).length) {
    const waiting = Object.entries(left);
    if (scenario.last_first) waiting.reverse();
    const [id, job] = waiting.find(([, one]) => [one.needs ?? []].flat().every(need => need in results));
    delete left[id];
    const direct = [job.needs ?? []].flat();
    ancestors[id] = new Set(direct.flatMap(need => [need, ...ancestors[need]]));
    const ended = scenario.kept[id] ?? runJob(id, job);
    results[id] = ended.result;
    outputs[id] = ended.outputs;
  }
  return {ran, results, outputs};
}

for (const one of scenarios) console.log(JSON.stringify(run(one)));
