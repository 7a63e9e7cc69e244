import packageJson from '../package.json' with { type: 'json' };

/** The version of Lading, from package.json. It is also written into each JSON document about an archive. */
export const VERSION: string = packageJson.version;
