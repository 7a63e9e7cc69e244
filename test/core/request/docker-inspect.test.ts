import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configFromInspect } from '../../../lambda/core/request/docker-inspect.ts';
import { refusalText } from '../../support/refusal.ts';

// Cut from what the engines print: docker 20.10 and podman 4.3.
const DOCKER_IMAGE = {
  Id: 'sha256:1b5696a',
  Architecture: 'amd64',
  Os: 'linux',
  Config: {
    Hostname: '',
    Domainname: '',
    User: '5',
    AttachStdin: false,
    Tty: false,
    Image: '',
    ExposedPorts: { '80/tcp': {} },
    Env: ['A=1', 'B=x y'],
    Cmd: ['true'],
    Healthcheck: { Test: ['CMD-SHELL', 'true'], Interval: 5000000000 },
    Volumes: { '/v': {} },
    WorkingDir: '/w',
    Entrypoint: ['/bin/sh', '-c'],
    OnBuild: ['RUN x'],
    Labels: { x: 'y' },
    StopSignal: 'SIGINT',
    Shell: ['/bin/bash', '-c'],
  },
  RootFS: { Type: 'layers', Layers: [] },
};
const DOCKER_CONTAINER = {
  Path: '/bin/sh',
  Args: ['-c', 'false'],
  State: { Status: 'created' },
  Platform: 'linux',
  HostConfig: {},
  Config: {
    Hostname: 'box',
    Domainname: '',
    User: '5',
    Tty: true,
    Image: 'full:1',
    OnBuild: null,
    ExposedPorts: { '80/tcp': {}, '81/tcp': {} },
    Env: ['C=3', 'A=1', 'TERM=vt100'],
    Cmd: ['false'],
    Volumes: { '/v': {} },
    WorkingDir: '',
    Entrypoint: ['/bin/sh', '-c'],
    Labels: { x: 'y', 'com.docker.compose.project': 'web', 'io.kubernetes.pod.name': 'p' },
  },
};
const PODMAN_CONTAINER = {
  Path: '/bin/sh',
  Args: ['-c', 'a b', 'x'],
  State: { OciVersion: '1.0.2-dev' },
  OCIRuntime: 'crun',
  Mounts: [
    { Type: 'volume', Name: '8026ddd472b651ea2f45e5039f3353470a7705563a575b8e6ba0f7ce4fd2ed06', Destination: '/v' },
    { Type: 'volume', Name: 'mine', Destination: '/mine' },
    { Type: 'bind', Source: '/home', Destination: '/home' },
  ],
  NetworkSettings: { Ports: { '80/tcp': null, '81/tcp': [{ HostIp: '', HostPort: '8081' }] } },
  Config: {
    Hostname: 'box',
    User: '5',
    Env: ['PATH=/bin', 'TERM=xterm', 'container=podman', 'A=1', 'HOSTNAME=box'],
    Cmd: ['x'],
    Volumes: null,
    WorkingDir: '/w',
    Entrypoint: '/bin/sh -c a b',
    OnBuild: null,
    Labels: { x: 'y' },
    StopSignal: 2,
    Healthcheck: { Test: ['CMD-SHELL', 'true'], Interval: 5000000000, Timeout: 30000000000, Retries: 3 },
  },
};

function read(json: unknown) {
  const inspected = configFromInspect(JSON.stringify(json));
  assert.ok(inspected.ok, inspected.ok ? '' : inspected.problem.en);
  return inspected.value;
}

function problem(json: unknown): string {
  const inspected = configFromInspect(typeof json === 'string' ? json : JSON.stringify(json));
  assert.ok(!inspected.ok);
  assert.match(refusalText(inspected), /docker inspect/);
  return inspected.problem.en;
}

test("an image's config comes back whole, with its platform", () => {
  const { config, platform, notes } = read([DOCKER_IMAGE]);
  assert.deepEqual(config, {
    User: '5',
    ExposedPorts: { '80/tcp': {} },
    Env: ['A=1', 'B=x y'],
    Entrypoint: ['/bin/sh', '-c'],
    Cmd: ['true'],
    Volumes: { '/v': {} },
    WorkingDir: '/w',
    Labels: { x: 'y' },
    StopSignal: 'SIGINT',
    Healthcheck: { Test: ['CMD-SHELL', 'true'], Interval: 5000000000 },
    OnBuild: ['RUN x'],
    Shell: ['/bin/bash', '-c'],
  });
  assert.deepEqual(platform, { os: 'linux', architecture: 'amd64' });
  assert.deepEqual(notes, []);
  assert.deepEqual(read(DOCKER_IMAGE).config, config);
});

test("a container's config comes back without what belongs to the one run", () => {
  const { config, platform, notes } = read([DOCKER_CONTAINER]);
  assert.deepEqual(config, {
    User: '5',
    ExposedPorts: { '80/tcp': {}, '81/tcp': {} },
    Env: ['C=3', 'A=1', 'TERM=vt100'],
    Entrypoint: ['/bin/sh', '-c'],
    Cmd: ['false'],
    Volumes: { '/v': {} },
    Labels: { x: 'y' },
  });
  assert.equal(platform, null);
  assert.match(notes.map((note) => note.en).join(), /com\.docker\.compose\.project, io\.kubernetes\.pod\.name/);
});

test("what podman prints otherwise is put together, and podman's own environment is left out", () => {
  const { config, notes } = read([PODMAN_CONTAINER]);
  assert.deepEqual(config, {
    User: '5',
    ExposedPorts: { '80/tcp': {}, '81/tcp': {} },
    Env: ['PATH=/bin', 'A=1'],
    Entrypoint: ['/bin/sh', '-c', 'a b'],
    Cmd: ['x'],
    Volumes: { '/v': {} },
    WorkingDir: '/w',
    Labels: { x: 'y' },
    StopSignal: '2',
    Healthcheck: { Test: ['CMD-SHELL', 'true'], Interval: 5000000000, Timeout: 30000000000, Retries: 3 },
  });
  assert.match(notes.map((note) => note.en).join(), /TERM=xterm, container=podman, HOSTNAME=box/);
  assert.equal(read({ ...PODMAN_CONTAINER, Config: { StopSignal: 15 } }).config.StopSignal, undefined);
});

test('an entrypoint in one text without its words is split at spaces, and that is noted', () => {
  const { config, notes } = read({ State: {}, Config: { Entrypoint: '/bin/sh -c  x' } });
  assert.deepEqual(config.Entrypoint, ['/bin/sh', '-c', 'x']);
  assert.match(notes.map((note) => note.en).join(), /split at its spaces/);
});

test('labels and environment of an image stay, whatever they look like', () => {
  const Config = {
    Hostname: 'box',
    Env: ['HOSTNAME=box', 'container=podman'],
    Labels: { 'com.docker.compose.project': 'x' },
  };
  assert.deepEqual(read({ RootFS: {}, Config }).config, { Env: Config.Env, Labels: Config.Labels });
});

test('the platform is read wherever an engine writes it', () => {
  const platform = { architecture: 'arm', os: 'linux', variant: 'v6' };
  assert.deepEqual(read({ State: {}, ImageManifestDescriptor: { platform } }).platform, platform);
  assert.deepEqual(read({ Architecture: 'arm64', Variant: 'v8', Os: 'linux', Config: null }).platform, {
    os: 'linux',
    architecture: 'arm64',
    variant: 'v8',
  });
  assert.deepEqual(read({ ...platform, config: { Cmd: ['a'] }, rootfs: {} }), {
    config: { Cmd: ['a'] },
    platform,
    notes: [],
  });
});

test('null is as good as absent everywhere', () => {
  const fields = ['User', 'ExposedPorts', 'Env', 'Entrypoint', 'Cmd', 'Volumes', 'WorkingDir', 'Labels', 'StopSignal'];
  const Config = Object.fromEntries(
    [...fields, 'Healthcheck', 'OnBuild', 'Shell', 'Hostname'].map((field) => [field, null]),
  );
  const nothing = { config: {}, platform: null, notes: [] };
  assert.deepEqual(read({ RootFS: null, Architecture: null, Os: null, Variant: null, Config }), nothing);
  assert.deepEqual(
    read({ State: {}, Path: null, Args: null, Mounts: null, NetworkSettings: null, OCIRuntime: 'x', Config }),
    nothing,
  );
  assert.deepEqual(read({ State: {}, Config: null }), nothing);
});

test('a field of a wrong type is an error that names it', () => {
  const wrong: [field: string, value: unknown][] = [
    ['User', 5],
    ['ExposedPorts', ['80/tcp']],
    ['Env', { A: '1' }],
    ['Env', ['A=1', 2]],
    ['Entrypoint', 5],
    ['Cmd', { 0: 'x' }],
    ['Volumes', 'x'],
    ['WorkingDir', []],
    ['Labels', { a: 1 }],
    ['StopSignal', {}],
    ['Healthcheck', 'x'],
    ['OnBuild', 'x'],
    ['Shell', 1],
  ];
  for (const [field, value] of wrong) {
    assert.match(problem({ RootFS: {}, Config: { [field]: value } }), new RegExp(`Config\\.${field} is not`));
  }
  assert.match(problem({ RootFS: {}, Config: { Healthcheck: { Interval: '5s' } } }), /Healthcheck\.Interval is not/);
  assert.match(problem({ RootFS: {}, Config: { Healthcheck: { Retries: 2 ** 60 } } }), /Healthcheck\.Retries is not/);
  assert.match(problem({ RootFS: {}, Architecture: 1, Os: 'linux' }), /Architecture is not/);
  assert.match(problem({ RootFS: {}, Config: [] }), /Config is not/);
});

test('what describes not exactly one container or image is refused', () => {
  assert.match(problem('{"a"'), /not JSON/);
  assert.match(problem('Error: No such object'), /not JSON/);
  assert.match(problem([]), /describes nothing/);
  assert.match(problem([DOCKER_IMAGE, DOCKER_CONTAINER]), /describes 2 objects/);
  assert.match(problem({ Name: 'bridge', Driver: 'bridge' }), /neither a container nor an image/);
  assert.ok(configFromInspect(`\uFEFF${JSON.stringify([DOCKER_IMAGE])}`).ok);
});
