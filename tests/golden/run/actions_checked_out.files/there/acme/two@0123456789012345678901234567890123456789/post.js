console.log('post of two, since ' + process.env.STATE_Since);
