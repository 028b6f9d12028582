console.log('never: GitHub runs no pre of an action of the workspace');
