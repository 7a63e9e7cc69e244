// What `import … from 'lading/cdk'` loads: the built construct, once it is clear that this Node can run it.
import './node-version.js';

export * from '../dist/cdk.mjs';
