console.log(`post of ${process.env.INPUT_NAME}, state ${process.env.STATE_who}`);
