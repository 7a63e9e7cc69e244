import packageJson from '../package.json' with { type: 'json' };

/** The version of Lading from package.json, which is also written into every archive manifest. */
export const VERSION: string = packageJson.version;
