import { CfnOIDCProvider, Role, WebIdentityPrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { BadSetting } from '../bad-setting.ts';

/** The workflows of GitHub Actions that may assume a role: those of one branch, or of one environment. */
export interface GitHubTrust {
  /** The GitHub repository, with its owner: `team/app`. */
  repository: string;
  /** The branch whose workflows may assume the role. Give this or `environment`. */
  branch?: string | undefined;
  /** The GitHub environment whose jobs may assume the role. Give this or `branch`. */
  environment?: string | undefined;
  /**
   * The ARN of the identity provider for GitHub, if the account has one already: an account can have only one. Without
   * it, a provider is made.
   */
  providerArn?: string | undefined;
}

const HOST = 'token.actions.githubusercontent.com';
const REPOSITORY = /^[\w.-]+\/[\w.-]+$/u;
const NAME = /^[\w./-]+$/u;

/**
 * A role that workflows of GitHub Actions assume by OpenID Connect, without a stored secret. It has no rights until
 * they are granted. Throws `BadSetting` unless exactly one branch or one environment is named.
 */
export class GitHubRole extends Role {
  constructor(scope: Construct, id: string, trust: GitHubTrust) {
    const subject = subjectOf(trust);
    const arn = trust.providerArn ?? providerFor(scope, `${id}Provider`);
    const conditions = { StringEquals: { [`${HOST}:aud`]: 'sts.amazonaws.com', [`${HOST}:sub`]: subject } };
    super(scope, id, {
      description: `For the workflows of GitHub that are ${subject}`,
      assumedBy: new WebIdentityPrincipal(arn, conditions),
    });
  }
}

/**
 * Returns the value of the claim `sub` in the tokens of a repository's GitHub workflows, for one branch or one
 * environment ("OpenID Connect reference", GitHub Docs). Throws `BadSetting` unless exactly one of `branch` and
 * `environment` is given, and when a name is malformed or contains a wildcard.
 */
function subjectOf({ repository, branch, environment }: GitHubTrust): string {
  if ((branch === undefined) === (environment === undefined))
    throw new BadSetting(`Cannot trust ${repository}: name either one branch or one environment of it`);
  // The condition is an exact comparison, so `*` and `?` would match nothing, and look as if they matched all.
  const name = branch ?? environment ?? '';
  if (!REPOSITORY.test(repository)) throw new BadSetting(`Cannot trust ${repository}: it has to be OWNER/NAME`);
  if (!NAME.test(name)) throw new BadSetting(`Cannot trust ${name} of ${repository}: wildcards are not allowed`);
  return `repo:${repository}:${branch === undefined ? 'environment:' : 'ref:refs/heads/'}${name}`;
}

/**
 * Makes the IAM identity provider for GitHub as a plain resource, and returns its ARN. The CDK's class
 * `OpenIdConnectProvider` would add a Lambda function.
 */
function providerFor(scope: Construct, id: string): string {
  return new CfnOIDCProvider(scope, id, { url: `https://${HOST}`, clientIdList: ['sts.amazonaws.com'] }).attrArn;
}
