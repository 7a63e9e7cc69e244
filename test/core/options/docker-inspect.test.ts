import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configFromInspect } from '../../../core/options/docker-inspect.ts';
import { refusalText } from '../../support/refusal.ts';

// Parts of the output of docker 20.10 and podman 4.3.
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

test('the config of an image is read whole, with its platform', () => {
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

test('the config of a container is read without what belongs to the one run', () => {
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

test("fields that podman writes differently are combined, and podman's own environment is left out", () => {
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

test('an entrypoint in one text is split at spaces when its words are unknown, and a note says so', () => {
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

test('null means the same as absent in every field', () => {
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

test('JSON that does not describe exactly one container or image is refused', () => {
  assert.match(problem('{"a"'), /not JSON/);
  assert.match(problem('Error: No such object'), /not JSON/);
  assert.match(problem([]), /describes nothing/);
  assert.match(problem([DOCKER_IMAGE, DOCKER_CONTAINER]), /describes 2 objects/);
  assert.match(problem({ Name: 'bridge', Driver: 'bridge' }), /neither a container nor an image/);
  assert.ok(configFromInspect(`\uFEFF${JSON.stringify([DOCKER_IMAGE])}`).ok);
});

// Parts of the output of nerdctl 2.1: `Config` has what the container was started with, the command stands outside.
const NERDCTL_CONTAINER = {
  Id: '1f5a',
  Path: '/docker-entrypoint.sh',
  Args: ['nginx', '-g', 'daemon off;'],
  State: { Status: 'running' },
  Image: 'docker.io/library/nginx:1.29',
  Platform: 'linux',
  HostConfig: {},
  Mounts: [
    { Type: 'volume', Name: '9d1e2f3a4b5c6d7e8f909d1e2f3a4b5c6d7e8f909d1e2f3a4b5c6d7e8f90aabb', Destination: '/v' },
  ],
  Config: {
    Hostname: '1f5a2b3c4d5e',
    AttachStdin: false,
    Env: ['PATH=/bin', 'TERM=xterm', 'A=1', 'HOSTNAME=1f5a2b3c4d5e'],
    Labels: {
      maintainer: 'me',
      'containerd.io/restart.policy': 'always',
      'io.containerd.image.config.stop-signal': 'SIGQUIT',
      'nerdctl/log-uri': 'binary:///usr/local/bin/nerdctl?_NERDCTL_INTERNAL_LOGGING=%2Fvar%2Flib%2Fnerdctl%2F1935db59',
      'nerdctl/name': 'web',
      'nerdctl/state-dir': '/var/lib/nerdctl/1935db59/containers/default/1f5a',
      'com.docker.compose.project': 'web',
    },
  },
  NetworkSettings: { Ports: { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '8080' }] } },
};

test('the command of nerdctl is read from its own place, and nothing of the host goes into the image', () => {
  const { config, notes } = read([NERDCTL_CONTAINER]);
  assert.deepEqual(config, {
    ExposedPorts: { '80/tcp': {} },
    Env: ['PATH=/bin', 'A=1'],
    Cmd: ['/docker-entrypoint.sh', 'nginx', '-g', 'daemon off;'],
    Volumes: { '/v': {} },
    Labels: { maintainer: 'me' },
    StopSignal: 'SIGQUIT',
  });
  const said = notes.map((note) => note.en).join('\n');
  assert.match(said, /nerdctl\/state-dir/);
  assert.match(said, /nerdctl image inspect IMAGE > inspect\.json/);
  assert.match(said, /Path and Args/);
  const withInit = { ...NERDCTL_CONTAINER, Path: '/sbin/tini', Args: ['--', 'sh', '-c', 'x'], NetworkSettings: null };
  assert.deepEqual(read(withInit).config.Cmd, ['sh', '-c', 'x']);
  const labels = { ...NERDCTL_CONTAINER.Config.Labels, 'io.containerd.image.config.stop-signal': 'SIGTERM' };
  assert.equal(read({ ...NERDCTL_CONTAINER, Config: { Labels: labels } }).config.StopSignal, undefined);
});

test('the command of a container is not replaced by the command that ran', () => {
  for (const Config of [{ Cmd: ['a'] }, { Entrypoint: ['a'] }, { Entrypoint: 'a' }])
    assert.notDeepEqual(read({ ...DOCKER_CONTAINER, Config }).config.Cmd, ['/bin/sh', '-c', 'false']);
  assert.equal(read({ ...DOCKER_IMAGE, Path: '/bin/sh', Config: {} }).config.Cmd, undefined, 'an image has no run');
});

/** The environment that is kept of a podman container. */
function envOf(Env: string[], more: object = {}): string[] | undefined {
  return read({ ...PODMAN_CONTAINER, Config: { Hostname: 'box', Env, ...more } }).config.Env;
}

test('the HOME that podman 5 adds is left out, and any other HOME is kept', () => {
  assert.deepEqual(envOf(['A=1', 'HOME=/root', 'HOSTNAME=box']), ['A=1']);
  assert.deepEqual(envOf(['A=1', 'HOSTNAME=typed', 'HOME=/root']), ['A=1', 'HOSTNAME=typed']);
  assert.deepEqual(envOf(['HOME=/img', 'A=1', 'HOSTNAME=box']), ['HOME=/img', 'A=1'], 'of the image');
  for (const typed of [
    ['-e', 'HOME=/x'],
    ['--env', 'HOME'],
    ['--env=HOME=/x'],
    ['-eHOME=/x'],
    ['--env-host'],
    ['--env-file=f'],
  ])
    assert.deepEqual(envOf(['A=1', 'HOME=/x', 'HOSTNAME=box'], { CreateCommand: ['podman', 'run', ...typed] }), [
      'A=1',
      'HOME=/x',
    ]);
  const docker = { ...DOCKER_CONTAINER, Config: { Env: ['A=1', 'HOME=/root'] } };
  assert.deepEqual(read(docker).config.Env, ['A=1', 'HOME=/root']);
});

test('a signal is read by name, by number or as the default that podman writes out', () => {
  for (const [StopSignal, expected] of [
    ['SIGUSR1', 'SIGUSR1'],
    [10, '10'],
    ['SIGTERM', undefined],
    [15, undefined],
  ] as const)
    assert.equal(read({ ...PODMAN_CONTAINER, Config: { StopSignal } }).config.StopSignal, expected);
  assert.equal(read({ ...DOCKER_CONTAINER, Config: { StopSignal: 'SIGTERM' } }).config.StopSignal, 'SIGTERM');
});

test('the output of buildah is read by the config in it', () => {
  const Docker = { config: { Cmd: ['a'] }, architecture: 'arm64', os: 'linux', rootfs: {} };
  const { config, platform } = read({ Type: 'buildah 0.0.1', FromImage: 'x', OCIv1: {}, Docker, Config: '{}' });
  assert.deepEqual([config, platform?.architecture], [{ Cmd: ['a'] }, 'arm64']);
});

test('the same object twice counts once', () => {
  assert.deepEqual(read([DOCKER_IMAGE, DOCKER_IMAGE]).config, read(DOCKER_IMAGE).config);
});

// Parts of the output of docker 28.5, podman 5.8, skopeo 1.22, nerdctl 2 and compose 2.
const OTHERS: [seems: RegExp, json: unknown][] = [
  [
    /skopeo inspect/,
    { Name: 'x', Digest: 'sha256:0', RepoTags: [], Architecture: 'amd64', Os: 'linux', Layers: [], Env: ['A=1'] },
  ],
  [/manifest of an image/, { schemaVersion: 2, config: {}, layers: [] }],
  [/manifest of an image/, { schemaVersion: 2, manifests: [] }],
  [/manifest of an image/, [{ Ref: 'x', Descriptor: {}, SchemaV2Manifest: {} }]],
  [/docker ps/, { Command: '"sh"', ID: 'a', Image: 'x', Names: 'n', State: 'running', Status: 'Up' }],
  [/docker ps/, [{ Command: ['sh'], Id: 'a', Names: ['n'], State: 'running', IsInfra: false, Labels: {} }]],
  [/docker ps/, [{ Id: 'a', Names: ['/n'], Command: 'sh', HostConfig: {}, NetworkSettings: {}, Mounts: [] }]],
  [/docker ps/, '{"Command":"a","Names":"n"}\n{"Command":"b","Names":"m"}\n'],
  [/docker ps/, 'CONTAINER ID   IMAGE   COMMAND\n0123 x "sh"\n'],
  [/docker images/, { Repository: 'a', Tag: '1', ID: 'x', Size: '1MB' }],
  [/docker images/, [{ Id: 'x', RepoTags: ['a:1'], Containers: 0, SharedSize: 0 }]],
  [/docker images/, 'REPOSITORY   TAG   IMAGE ID\n'],
  [/docker history/, { Comment: '', CreatedBy: 'RUN x', ID: 'a' }],
  [/docker version/, { Client: { Version: '28.5.2' }, Server: {} }],
  [/docker version/, 'Client:\n Version: 28.5.2\n'],
  [/docker info/, { ID: 'a', Images: 3, ServerVersion: '28.5.2', Architecture: 'x86_64' }],
  [/docker info/, { host: {}, store: {}, version: {} }],
  [/docker system df/, '{"Type":"Images","Reclaimable":"0B"}\n{"Type":"Containers","Reclaimable":"0B"}'],
  [/network inspect/, [{ Name: 'bridge', Id: 'a', Scope: 'local', Driver: 'bridge', IPAM: {}, Labels: {} }]],
  [/network inspect/, [{ name: 'podman', driver: 'bridge', subnets: [] }]],
  [/volume inspect/, [{ Name: 'v', Driver: 'local', Mountpoint: '/x', Labels: {}, Scope: 'local' }]],
  [/pod inspect/, [{ Id: 'a', Name: 'p', State: 'Created', NumContainers: 0 }]],
  [/context inspect/, [{ Name: 'default', Endpoints: {}, TLSMaterial: {} }]],
  [/Kubernetes/, { apiVersion: 'v1', kind: 'Pod', spec: {}, status: {} }],
  [/Kubernetes/, 'apiVersion: v1\nkind: Pod\n'],
  [/crictl inspect/, { status: {}, info: {} }],
  [/compose file/, { name: 'x', services: { web: { image: 'a' } } }],
  [/compose file/, '# mine\nversion: "3"\nservices:\n  web:\n    image: a\n'],
  [
    /nerdctl inspect --mode=native/,
    { ID: 'a', Labels: {}, Image: 'x', Spec: { process: {} }, SnapshotKey: 'a', Snapshotter: 'overlayfs' },
  ],
  [/swarm/, [{ ID: 'a', Version: {}, Spec: {} }]],
  [/one part of what `docker inspect` prints/, { Hostname: 'box', Env: ['A=1'], Cmd: ['a'], Image: 'x' }],
  [/error of the engine/, '[]\nError: No such object: x\n'],
  [/error of the engine/, 'Error response from daemon: No such container: x\n'],
  [/Dockerfile/, 'FROM alpine\nCMD ["a"]\n'],
  [/describes nothing/, []],
  [/not JSON/, ''],
  [/neither a container nor an image/, 'null'],
  [/neither a container nor an image/, [1, 2]],
];

test('JSON that is not an inspection of a container or an image is named', () => {
  for (const [seems, json] of OTHERS) assert.match(problem(json), seems, JSON.stringify(json));
});
