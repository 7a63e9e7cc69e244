import { App } from 'aws-cdk-lib';
import { BadSetting } from './bad-setting.ts';
import { LadingStack } from './lading-stack.ts';
import { settingsFrom } from './settings.ts';

try {
  const app = new App();
  const settings = settingsFrom(app.node.getAllContext());
  new LadingStack(app, settings.stackName ?? 'Lading', {
    description: 'Lading: turns uploaded container archives into image archives that docker load accepts.',
    settings,
  });
} catch (error) {
  if (!(error instanceof BadSetting)) throw error;
  console.error(error.message);
  process.exit(1);
}
