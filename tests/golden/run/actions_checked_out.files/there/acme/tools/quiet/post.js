console.log('a post that runs only behind a failure');
