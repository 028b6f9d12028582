console.log(
    'main of one: ' + process.env.GITHUB_ACTION + ', ' + process.env.GITHUB_ACTION_REPOSITORY + '@' +
    process.env.GITHUB_ACTION_REF);
require('fs').appendFileSync(process.env.GITHUB_STATE, 'SINCE=' + process.env.STATE_Since + ' and main\n');
process.exitCode = process.env.INPUT_FAIL ? 3 : 0;
