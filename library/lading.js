// What `import … from 'lading'` loads: the built library, once it is clear that this Node can run it.
import './node-version.js';

export * from '../dist/index.mjs';
