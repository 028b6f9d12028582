console.log('pre of two, token length ' + process.env.INPUT_FAIL.length);
require('fs').appendFileSync(process.env.GITHUB_STATE, 'Since=pre\n');
