import http from 'node:http';
import https from 'node:https';
import { Agent, type AgentConnectOpts } from 'agent-base';
import { HttpProxyAgent } from 'http-proxy-agent';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { getProxyForUrl } from 'proxy-from-env';
import type { Agents } from '../s3/client.ts';

/**
 * The options of an HTTP agent: it keeps connections open, and has at most 50 to one host at a time; further requests
 * wait. The AWS SDK uses the same options.
 */
const AGENT_OPTIONS = { keepAlive: true, maxSockets: 50 };

/**
 * An HTTP agent that sends each request through the proxy that the environment variables name for its host, or directly
 * if they name none. Node's own agents do that with the option `proxyEnv` only from Node 24.5 on.
 */
class EnvironmentAgent extends Agent {
  /** The HTTP agents made so far. The key is `https:` or `http:`, then the proxy's URL, if there is one. */
  readonly #agents = new Map<string, http.Agent>();

  override async connect(_request: http.ClientRequest, options: AgentConnectOpts): Promise<http.Agent> {
    const protocol = options.secureEndpoint ? 'https:' : 'http:';
    // An IPv6 address has no brackets here.
    const host = options.host?.includes(':') === true ? `[${options.host}]` : options.host;
    const proxy = getProxyForUrl(`${protocol}//${host}:${options.port}`);
    const known = this.#agents.get(protocol + proxy);
    const agent = known ?? (options.secureEndpoint ? secureAgent(proxy) : plainAgent(proxy));
    this.#agents.set(protocol + proxy, agent);
    return agent;
  }

  override destroy(): void {
    for (const agent of this.#agents.values()) agent.destroy();
    super.destroy();
  }
}

function secureAgent(proxy: string): http.Agent {
  return proxy === '' ? new https.Agent(AGENT_OPTIONS) : new HttpsProxyAgent(proxy, AGENT_OPTIONS);
}

function plainAgent(proxy: string): http.Agent {
  return proxy === '' ? new http.Agent(AGENT_OPTIONS) : new HttpProxyAgent(proxy, AGENT_OPTIONS);
}

/**
 * The HTTP agents for an S3 client behind a proxy. They use the environment variables HTTPS_PROXY, HTTP_PROXY,
 * ALL_PROXY and NO_PROXY, in upper or lower case. Returns an empty object when no proxy is set.
 */
export function proxyAgents(env: NodeJS.ProcessEnv): Agents {
  const set = ['https_proxy', 'http_proxy', 'all_proxy'].some((name) => env[name] || env[name.toUpperCase()]);
  if (!set) return {};
  const agent = new EnvironmentAgent();
  return { httpAgent: agent, httpsAgent: agent };
}
