console.log(
    `post of ${process.env['INPUT_WHO-TO-GREET']}: begun '${process.env.STATE_begun}', '${process.env.STATE_older}'`);
