// node github_expressions.mjs TOOLS < QUESTIONS: reads `{"expr": …, "contexts": {…}}`, one a line, with GitHub's
// own package, and answers with its tree and what it evaluates to. TOOLS is the folder that holds its node_modules.
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';

const [tools] = process.argv.slice(2);
const folder = join(tools, 'node_modules', '@actions', 'expressions', 'dist');
const load = name => import(pathToFileURL(join(folder, name)).href);
const {Evaluator, Lexer, Parser, data} = await load('index.js');
const nodes = await load('ast.js');
const {Literal, Unary, Binary, Logical, Grouping, ContextAccess, IndexAccess, FunctionCall, Star} = nodes;
const {reviver} = await load('data/reviver.js');
const {replacer} = await load('data/replacer.js');

const number = value => (Number.isFinite(value) ? JSON.stringify(value) : String(value));

function tree(node) {
  if (node instanceof Literal) {
    const value = node.literal;
    return ['literal', value.kind === data.Kind.Number ? number(value.value) : JSON.stringify(value, replacer)];
  }
  if (node instanceof Grouping) return tree(node.group);
  if (node instanceof Unary) return ['!', tree(node.expr)];
  if (node instanceof Binary) return [node.operator.lexeme, tree(node.left), tree(node.right)];
  if (node instanceof Logical) return node.args.map(tree).reduce((left, right) => [node.operator.lexeme, left, right]);
  if (node instanceof ContextAccess) return ['context', node.name.lexeme];
  if (node instanceof FunctionCall) return ['call', node.functionName.lexeme, ...node.args.map(tree)];
  if (node instanceof IndexAccess && node.index instanceof Star) return ['filter', tree(node.expr)];
  if (node instanceof IndexAccess) return ['index', tree(node.expr), tree(node.index)];
  throw new Error('a node of no kind');
}

const kinds = {
  [data.Kind.Null]: 'Null', [data.Kind.Boolean]: 'Boolean', [data.Kind.Number]: 'Number',
  [data.Kind.String]: 'String', [data.Kind.Array]: 'Array', [data.Kind.Dictionary]: 'Object',
};

function answer({expr, contexts}) {
  let parsed;
  if (expr.trim() === '') return {tree: ['literal', 'null'], kind: 'Null', value: null};
  try {
    const {tokens} = new Lexer(expr).lex();
    parsed = new Parser(tokens, Object.keys(contexts), []).parse();
  } catch (error) {
    return {syntax: error.message};
  }
  try {
    const values = JSON.parse(JSON.stringify(contexts), reviver);
    const value = new Evaluator(parsed, values).evaluate();
    const plain = value.kind === data.Kind.Number ? number(value.value) : JSON.parse(JSON.stringify(value, replacer));
    return {tree: tree(parsed), kind: kinds[value.kind], value: plain};
  } catch (error) {
    return {tree: tree(parsed), error: error.message};
  }
}

const lines = readFileSync(0, 'utf8').split('\n').filter(line => line !== '');
process.stdout.write(lines.map(line => JSON.stringify(answer(JSON.parse(line))) + '\n').join(''));
