#!/usr/bin/env bash
# Remakes web.tar.gz and web.inspect.json beside it with a Docker Engine of its own, which is gone afterwards.
# Needs root, docker.io, busybox-static and libcap2-bin (scripts/install-engines.sh installs them); uses no network.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# A neutral place: `docker inspect` prints these paths.
data=/var/lib/lading-demo
run=/run/lading-demo
export DOCKER_HOST=unix://$run/docker.sock
# The client that belongs to the engine, not another one that came earlier in the path.
PATH=/usr/sbin:/usr/bin:/sbin:/bin

stop() {
  [[ -z ${engine:-} ]] || { kill "$engine" && wait "$engine" || true; }
  rm -rf "$data" "$run"
}

start_engine() {
  mkdir "$data" "$run"
  trap stop EXIT
  dockerd --data-root "$data" --exec-root "$run/exec" -H "$DOCKER_HOST" --pidfile "$run/pid" \
    --iptables=false --ip6tables=false --bridge=none --storage-driver=vfs >"$run/log" 2>&1 &
  engine=$!
  for _ in {1..150}; do docker version >/dev/null 2>&1 && return; sleep 0.2; done
  cat "$run/log" >&2
  return 1
}

# A small web server: busybox, a user for it, a page, and one file of each kind that a conversion must not lose.
make_root() {
  mkdir -p "$1"/{bin,etc,home/web,sbin,srv/www,tmp,usr/bin,usr/sbin,usr/local/bin,var/log}
  chmod 1777 "$1/tmp"
  cp /bin/busybox "$1/bin/busybox"
  for applet in cat chmod cp date echo env grep hostname id kill ls mkdir mv ps pwd rm sed sh sleep stat touch; do
    ln -s busybox "$1/bin/$applet"
  done
  for applet in head sort tail wc wget; do ln -s ../../bin/busybox "$1/usr/bin/$applet"; done
  ln -s ../../bin/busybox "$1/usr/sbin/httpd"
  # No hard link to this one: Docker changes the owner of every link it unpacks, and that takes the capability away.
  setcap cap_net_bind_service+ep "$1/bin/busybox"
  printf 'root:x:0:0:root:/root:/bin/sh\nweb:x:1000:1000:web:/home/web:/bin/sh\n' >"$1/etc/passwd"
  printf 'root:x:0:\nweb:x:1000:\n' >"$1/etc/group"
  printf 'ID=lading-demo\nVERSION_ID=1\nPRETTY_NAME="Lading demo 1 (busybox)"\n' >"$1/etc/os-release"
  printf '<h1>Made by the image</h1>\n' >"$1/srv/www/index.html"
  printf '#!/bin/sh\nprintf "%%s, %%s, in %%s\\n" "$GREETING" "$(id -un)" "$PWD"\n' >"$1/usr/local/bin/greet"
  printf '#!/bin/sh\nkill -HUP 1\n' >"$1/usr/local/bin/reload"
  chmod 755 "$1/usr/local/bin/greet"
  ln "$1/usr/local/bin/greet" "$1/usr/local/bin/hello"
  chown -R 1000:1000 "$1/srv/www" "$1/home/web"
  chmod 4755 "$1/usr/local/bin/reload"
}

start_engine
make_root "$data/root"
tar -C "$data/root" --xattrs --xattrs-include='security.capability' --numeric-owner -c . |
  docker import \
    --change 'CMD ["httpd", "-f", "-v", "-p", "8080"]' \
    --change 'ENV PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin GREETING="Hello from a container"' \
    --change 'USER web' \
    --change 'WORKDIR /srv/www' \
    --change 'EXPOSE 8080' \
    --change 'LABEL org.opencontainers.image.title="Lading demo"' \
    --change 'HEALTHCHECK --interval=30s CMD wget -q -O /dev/null http://127.0.0.1:8080/' \
    - demo/web:base >/dev/null
docker run --detach --name web --hostname web --network none demo/web:base >/dev/null
docker exec web sh -c 'echo "<h1>Changed in the running container</h1>" >index.html && wget -q -O - http://127.0.0.1:8080/'
docker stop --time 1 web >/dev/null
docker export web | gzip -9n >"$here/web.tar.gz"
docker inspect web >"$here/web.inspect.json"
chmod 644 "$here"/web.tar.gz "$here"/web.inspect.json
ls -l "$here"
