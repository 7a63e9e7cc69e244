import { S3StandIn } from '../support/s3-standin.ts';
import { resumeSuite } from './resume-suite.ts';

const MB = 1e6;

resumeSuite(
  'interrupted uploads, over the stand-in for S3',
  async () => {
    const standIn = new S3StandIn();
    const endpoint = await standIn.start();
    for (const bucket of ['uploads', 'results']) standIn.model.createBucket(bucket);
    const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
    return { endpoint, credentials, stop: async () => await standIn.stop() };
  },
  250 * MB,
);
