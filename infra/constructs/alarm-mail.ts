import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { acknowledge } from '../nag.ts';

/** A topic that mails to one address, which has to confirm that once. */
export class AlarmMail extends Topic {
  constructor(scope: Construct, id: string, address: string) {
    super(scope, id, { enforceSSL: true });
    const subscription = this.addSubscription(new EmailSubscription(address));
    acknowledge(subscription, 'Serverless', 'SNSRedrivePolicy', 'A lost mail is no lost alarm: CloudWatch shows it.');
  }
}
