import { type Outcome, REFUSED } from './change-table.ts';

/**
 * Changes that Lading takes otherwise than Docker. The first outcome in `docker` is that of Docker Engine 20.10; the
 * next is that of later engines, read from their source. Mostly Docker makes something unintended, and Lading refuses.
 */
export const DIFFERENT: { changes: string[]; ours: Outcome; docker: Outcome[] }[] = [
  // CMD
  { changes: ['CMD'], ours: REFUSED, docker: [{ Cmd: ['/bin/sh', '-c'] }] },
  { changes: ["CMD ['echo']"], ours: REFUSED, docker: [{ Cmd: ['/bin/sh', '-c', "['echo']"] }] },
  { changes: ['CMD ["a"'], ours: REFUSED, docker: [{ Cmd: ['/bin/sh', '-c', '["a"'] }] },
  { changes: ['CMD ["a"] b'], ours: REFUSED, docker: [{ Cmd: ['a'] }, { Cmd: ['/bin/sh', '-c', '["a"] b'] }] },
  { changes: ['CMD [ -f /x ] && y'], ours: REFUSED, docker: [{ Cmd: ['/bin/sh', '-c', '[ -f /x ] && y'] }] },
  // ENTRYPOINT
  { changes: ['ENTRYPOINT'], ours: REFUSED, docker: [{}] },
  { changes: ['ENTRYPOINT [""]'], ours: {}, docker: [{ Entrypoint: [''] }] },
  // ENV
  { changes: ['ENV A = 1'], ours: REFUSED, docker: [{ Env: ['A== 1'] }] },
  { changes: ['ENV PATH=/x:$PATH'], ours: REFUSED, docker: [{ Env: ['PATH=/x:'] }] },
  { changes: ['ENV A=$$'], ours: REFUSED, docker: [{ Env: ['A='] }] },
  { changes: ['ENV B=$1x'], ours: REFUSED, docker: [{ Env: ['B=x'] }] },
  { changes: ['ENV A=1 \\'], ours: REFUSED, docker: [{ Env: ['A=1'] }] },
  { changes: ['ENV A=${B-x}'], ours: { Env: ['A=x'] }, docker: [REFUSED, { Env: ['A=x'] }] },
  { changes: ['ENV A=${B#x}'], ours: { Env: ['A='] }, docker: [REFUSED, { Env: ['A='] }] },
  { changes: ['ENV A=a\\'], ours: REFUSED, docker: [{ Env: ['A=a'] }] },
  { changes: ['ENV A=$B$C'], ours: REFUSED, docker: [{ Env: ['A='] }] },
  // EXPOSE
  { changes: ['EXPOSE 80:8080'], ours: REFUSED, docker: [{ ExposedPorts: { '8080/tcp': {} } }] },
  { changes: ['EXPOSE 0'], ours: REFUSED, docker: [{ ExposedPorts: { '0/tcp': {} } }] },
  { changes: ['EXPOSE $X'], ours: REFUSED, docker: [{}] },
  { changes: ['EXPOSE 53/udp/x'], ours: REFUSED, docker: [{ ExposedPorts: { '53/udp': {} } }, REFUSED] },
  { changes: ['EXPOSE 1.2.3.4:80:80'], ours: REFUSED, docker: [{ ExposedPorts: { '80/tcp': {} } }] },
  // HEALTHCHECK
  { changes: ['HEALTHCHECK --interval=5s NONE'], ours: REFUSED, docker: [{ Healthcheck: { Test: ['NONE'] } }] },
  {
    changes: ['HEALTHCHECK --interval= CMD x'],
    ours: REFUSED,
    docker: [{ Healthcheck: { Test: ['CMD-SHELL', 'x'] } }],
  },
  {
    changes: ['HEALTHCHECK --retries=0 CMD x'],
    ours: { Healthcheck: { Test: ['CMD-SHELL', 'x'] } },
    docker: [REFUSED, { Healthcheck: { Test: ['CMD-SHELL', 'x'] } }],
  },
  {
    changes: ['HEALTHCHECK --interval=0 CMD x'],
    ours: { Healthcheck: { Test: ['CMD-SHELL', 'x'] } },
    docker: [REFUSED, { Healthcheck: { Test: ['CMD-SHELL', 'x'] } }],
  },
  { changes: ["HEALTHCHECK CMD ['a']"], ours: REFUSED, docker: [{ Healthcheck: { Test: ['CMD-SHELL', "['a']"] } }] },
  {
    changes: ['HEALTHCHECK --interval=0s CMD x'],
    ours: { Healthcheck: { Test: ['CMD-SHELL', 'x'] } },
    docker: [REFUSED, { Healthcheck: { Test: ['CMD-SHELL', 'x'] } }],
  },
  {
    changes: ['HEALTHCHECK --start-interval=5s CMD x'],
    ours: { Healthcheck: { Test: ['CMD-SHELL', 'x'], StartInterval: 5000000000 } },
    docker: [REFUSED, { Healthcheck: { Test: ['CMD-SHELL', 'x'], StartInterval: 5000000000 } }],
  },
  // LABEL
  { changes: ['LABEL a=$$'], ours: REFUSED, docker: [{ Labels: { a: '' } }] },
  // ONBUILD
  { changes: ['ONBUILD FOO x'], ours: REFUSED, docker: [{ OnBuild: ['FOO x'] }] },
  { changes: ['ONBUILD RUN'], ours: REFUSED, docker: [{ OnBuild: ['RUN'] }] },
  { changes: ["ONBUILD CMD ['a']"], ours: REFUSED, docker: [{ OnBuild: ["CMD ['a']"] }] },
  // STOPSIGNAL
  { changes: ['STOPSIGNAL SIGTERM'], ours: { StopSignal: 'SIGTERM' }, docker: [REFUSED, { StopSignal: 'SIGTERM' }] },
  { changes: ['STOPSIGNAL sigterm'], ours: { StopSignal: 'sigterm' }, docker: [REFUSED, { StopSignal: 'sigterm' }] },
  {
    changes: ['STOPSIGNAL SIGRTMIN+3'],
    ours: { StopSignal: 'SIGRTMIN+3' },
    docker: [REFUSED, { StopSignal: 'SIGRTMIN+3' }],
  },
  { changes: ['STOPSIGNAL 9'], ours: { StopSignal: '9' }, docker: [REFUSED, { StopSignal: '9' }] },
  // USER
  { changes: ['USER a b'], ours: REFUSED, docker: [{ User: 'a b' }] },
  { changes: ['USER ""'], ours: REFUSED, docker: [{}] },
  { changes: ['USER $X'], ours: REFUSED, docker: [{}] },
  { changes: ['USER "no body"'], ours: REFUSED, docker: [{ User: 'no body' }] },
  { changes: ['USER a:b:c'], ours: REFUSED, docker: [{ User: 'a:b:c' }] },
  // VOLUME
  { changes: ['VOLUME /a:/b'], ours: REFUSED, docker: [{ Volumes: { '/a:/b': {} } }] },
  { changes: ['VOLUME data'], ours: REFUSED, docker: [{ Volumes: { data: {} } }] },
  { changes: ['VOLUME [/a]'], ours: REFUSED, docker: [{ Volumes: { '[/a]': {} } }] },
  { changes: ['VOLUME /'], ours: REFUSED, docker: [{ Volumes: { '/': {} } }] },
  {
    changes: ['ENV D=/d', 'VOLUME $D/x ["y"]'],
    ours: REFUSED,
    docker: [{ Env: ['D=/d'], Volumes: { '/d/x': {}, '[y]': {} } }],
  },
  // WORKDIR
  {
    changes: ['WORKDIR /a/../b'],
    ours: { WorkingDir: '/b' },
    docker: [{ WorkingDir: '/a/../b' }, { WorkingDir: '/b' }],
  },
];
