console.log(`counted ${process.env.INPUT_NAME}, path '${process.env.GITHUB_ACTION_PATH.split('/').pop()}'`);
require('fs').appendFileSync(process.env.GITHUB_STATE, `who=${process.env.INPUT_NAME}\n`);
