import { App } from 'aws-cdk-lib';
import { LadingStack } from './lading-stack.ts';

const app = new App();
new LadingStack(app, 'Lading', {
  description: 'Lading: turns uploaded container archives into image archives that docker load accepts.',
});
