// Prints the empty report, as `lading inspect --html` fills it. In a checkout, where nothing was built, it calls this.
import { buildReport } from './build-web.ts';

process.stdout.write((await buildReport()).html);
