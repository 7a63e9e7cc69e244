import type { Settings } from '../../infra/settings.ts';

/** The key of every variant with encryption. */
export const KEY = 'arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555';

/** Settings that give templates of different shapes; stack.test.ts has the one without settings. */
export const VARIANTS: Record<string, Settings> = {
  plain: {},
  'own buckets': { uploadsBucket: 'incoming', resultsBucket: 'outgoing' },
  'own uploads bucket, with a key, a prefix and suffixes': {
    uploadsBucket: 'incoming',
    encryptionKey: KEY,
    prefix: 'team/images/',
    suffixes: ['.tar', '.tar.gz'],
  },
  'everything else': {
    prefix: 'team/',
    memory: 3008,
    convertMemory: 1024,
    concurrency: 20,
    reservedConcurrency: 20,
    resultsDays: 7,
    logDays: 30,
    encryptionKey: KEY,
    eventBus: 'archives',
    alarmEmail: 'ops@example.com',
    uploadsDays: 30,
    completionTopic: 'arn:aws:sns:eu-central-1:123456789012:done',
    dashboard: false,
    reports: true,
    gitHub: { repository: 'team/app', branch: 'main' },
  },
};
