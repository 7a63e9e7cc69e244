import { type Bilingual, both } from '../core/catalogue/bilingual.ts';

// What can be wrong with a deployed service. Each sentence says what is wrong, what follows from it, and where it can be
// put right.

export const silentBucket = (bucket: string): Bilingual =>
  both(
    `EventBridge is not on for the bucket ${bucket}, so no object there is ever noticed; switch it on in the bucket's notifications.`,
    `存储桶 ${bucket} 没有开启 EventBridge，因此其中的对象永远不会被处理；请在存储桶的通知设置中开启。`,
  );

export const noRule = (bucket: string): Bilingual =>
  both(
    `No rule of EventBridge sends the new objects of ${bucket} to a queue; deploy the service again, or name other buckets.`,
    `没有任何 EventBridge 规则把 ${bucket} 的新对象发送到队列；请重新部署服务，或指定其他存储桶。`,
  );

export const ruleOff = (rule: string): Bilingual =>
  both(`The rule ${rule} is disabled, so no event passes; enable it.`, `规则 ${rule} 已停用，事件无法通过；请启用它。`);

export const noQueue = (queue: string, rule: string): Bilingual =>
  both(
    `The queue ${queue}, to which the rule ${rule} sends, does not exist; deploy the service again.`,
    `规则 ${rule} 的目标队列 ${queue} 不存在；请重新部署服务。`,
  );

export const closedQueue = (queue: string, rule: string): Bilingual =>
  both(
    `The policy of the queue ${queue} does not let the rule ${rule} send events to it; deploy the service again.`,
    `队列 ${queue} 的策略不允许规则 ${rule} 向它发送事件；请重新部署服务。`,
  );

export const closedKey = (key: string, queue: string): Bilingual =>
  both(
    `The policy of the KMS key ${key} does not let EventBridge use it, so no event gets into the queue ${queue}; docs/security.md has the statement that it needs.`,
    `KMS 密钥 ${key} 的策略不允许 EventBridge 使用它，因此事件无法进入队列 ${queue}；所需的语句见 docs/security.md。`,
  );

export const noFunction = (queue: string): Bilingual =>
  both(
    `No function takes events from the queue ${queue}, so they wait there until they expire; deploy the service again.`,
    `没有函数从队列 ${queue} 读取事件，事件会一直等到过期；请重新部署服务。`,
  );

export const mappingOff = (queue: string): Bilingual =>
  both(
    `The event source mapping of the queue ${queue} is disabled, so its events wait until they expire; enable it.`,
    `队列 ${queue} 的事件源映射已停用，事件会一直等到过期；请启用它。`,
  );

export const deadLetters = (count: number, queue: string): Bilingual =>
  both(
    `${count} events wait in the dead-letter queue ${queue}: they were given up; docs/operations.md says how to redrive them.`,
    `死信队列 ${queue} 中有 ${count} 个已放弃的事件；重新投递的方法见 docs/operations.md。`,
  );

export const noResult = (key: string, seconds: number): Bilingual =>
  both(
    `The trial upload ${key} had no result after ${seconds} seconds; look at the logs and alarms of the functions.`,
    `试验上传 ${key} 在 ${seconds} 秒后仍没有结果；请查看函数的日志和告警。`,
  );

export const wrongResult = (key: string, { en, zh }: Bilingual): Bilingual =>
  both(
    `The trial upload ${key} did not become an image: ${en} Look at the logs of the functions.`,
    `试验上传 ${key} 没有转换为镜像：${zh}请查看函数的日志。`,
  );
