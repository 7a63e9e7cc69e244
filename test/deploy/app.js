// An app with the installed package, as its users write one. It is plain JavaScript, so that nothing has to be compiled.
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { ArchiveConverter } from 'lading/cdk';

const app = new App();
const stack = new Stack(app, 'Lading');
const { prefix, convertMemory, alarmEmail } = app.node.getAllContext();

let alarmTopic;
if (alarmEmail !== undefined) {
  alarmTopic = new Topic(stack, 'AlarmMail');
  alarmTopic.addSubscription(new EmailSubscription(alarmEmail));
}
const converter = new ArchiveConverter(stack, 'Archives', {
  prefix,
  alarmTopic,
  convertMemory: convertMemory === undefined ? undefined : Number(convertMemory),
});
new CfnOutput(stack, 'UploadsBucket', { value: converter.uploads.bucketName });
new CfnOutput(stack, 'ResultsBucket', { value: converter.results.bucketName });
// `lading upload` reads it, and refuses a key without it.
if (prefix !== undefined) new CfnOutput(stack, 'UploadPrefix', { value: prefix });
