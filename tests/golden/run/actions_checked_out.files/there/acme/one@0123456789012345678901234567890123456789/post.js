console.log('post of one, since ' + process.env.STATE_Since);
