import packageJson from '../package.json' with { type: 'json' };

/** The version in package.json, which is also written into every archive manifest. */
export const VERSION: string = packageJson.version;
