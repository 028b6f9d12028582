const fs = require('fs');
const path = require('path');
const append = (file, line) => fs.appendFileSync(process.env[file], line + '\n');
const who = process.env['INPUT_WHO-TO-GREET'];
console.log(`main of ${who}, loud: ${process.env.INPUT_LOUD_VOICE}, old: '${process.env.INPUT_OLD}'`);
console.log(`as ${process.env.GITHUB_ACTION} of '${process.env.GITHUB_ACTION_REPOSITORY}', env ${process.env.TONE}`);
console.log(`in the workspace: ${process.cwd() === process.env.GITHUB_WORKSPACE}`);
console.log('::add-mask::hidden-from-all');
console.log('what is hidden-from-all');
console.log('::group::A group');
console.log(`::warning file=greet.js,line=2::take care of ${who}`);
console.log('::endgroup::');
append('GITHUB_OUTPUT', `greeting<<END\nhello\n${who}\nEND`);
append('GITHUB_ENV', `GREETED=${who}`);
append('GITHUB_PATH', path.join(__dirname, 'bin'));
append('GITHUB_STATE', `begun=by ${who}`);
console.log('::save-state name=older::the older way');
append('GITHUB_STEP_SUMMARY', `greeted ${who}`);
if (who === 'nobody') {
  console.log('::error::nobody is there');
  process.exitCode = 1;
}
