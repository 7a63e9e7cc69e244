
import { loadFunctions } from './support/functions.ts';
const f = await loadFunctions({endpoint: process.argv[3]!, credentials:{accessKeyId:'testaccess',secretAccessKey:'testsecretkey'}});
await f.run(process.argv[2]!);
console.log(process.argv[2], 'maxRSS MiB', Math.round(process.resourceUsage().maxRSS/1024));
