import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { acknowledge } from '../nag.ts';

/** An SNS topic that sends mail to one address. The owner of the address must confirm this once. */
export class AlarmMail extends Topic {
  constructor(scope: Construct, id: string, address: string) {
    super(scope, id, { enforceSSL: true });
    const subscription = this.addSubscription(new EmailSubscription(address));
    acknowledge(subscription, 'Serverless', 'SNSRedrivePolicy', 'A lost mail is no lost alarm: CloudWatch shows it.');
  }
}
