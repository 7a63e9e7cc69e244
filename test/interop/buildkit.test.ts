import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { run as lading } from '../cli/kit.ts';
import { Docker } from '../support/engines-docker.ts';
import { BUSYBOX } from '../support/engines-roots.ts';
import { STORE } from '../support/engines-store.ts';
import { removeScratch, run, scratch, without } from '../support/engines.ts';

/** BuildKit inside Docker writes the other two types only when Docker keeps images in the containerd store. */
const TYPES = STORE.docker === 'docker-containerd' ? ['tar', 'oci', 'docker'] : ['tar'];
const DOCKERFILE = 'FROM scratch\nCOPY root /\nENV GREETING=hello\nCMD ["/bin/sh", "-c", "echo $GREETING"]\n';
/** What an output of the type `tar` has lost. */
const LOST = ['-c', 'ENV GREETING=hello', '-c', 'CMD ["/bin/sh", "-c", "echo $GREETING"]'];

suite('outputs of BuildKit', { skip: without('dockerd', 'runc', 'busybox') }, () => {
  for (const type of TYPES) {
    test(`an output of the type ${type} becomes an image that loads and runs`, async (t) => {
      const docker = await Docker.start();
      const dir = scratch('buildkit');
      t.after(async () => {
        await docker.stop();
        await removeScratch(dir);
      });
      await BUSYBOX.make(join(dir, 'root'));
      writeFileSync(join(dir, 'Dockerfile'), DOCKERFILE);
      const [made, image] = [join(dir, 'made.tar'), join(dir, 'image.tar')];
      const env = { ...docker.env, DOCKER_BUILDKIT: '1' };
      await run('docker', ['build', '--output', `type=${type},dest=${made}`, dir], env);
      const options = type === 'tar' ? LOST : [];
      const { code, stderr } = await lading(['convert', made, '-t', 'built:1', ...options, '-o', image]);
      assert.equal(code, 0, stderr);
      await docker.docker('load', '--input', image);
      assert.equal(await docker.docker('run', '--rm', 'built:1'), 'hello');
    });
  }
});
