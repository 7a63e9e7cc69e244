// Unpacks the layers of images as Docker up to 29.7.1 and podman 5 do, with their own code.
package main

import (
	"io"

	storage "github.com/containers/storage/pkg/archive"
	storagechroot "github.com/containers/storage/pkg/chrootarchive"
	storagereexec "github.com/containers/storage/pkg/reexec"
	docker "github.com/docker/docker/pkg/archive"
	dockerchroot "github.com/docker/docker/pkg/chrootarchive"
	dockerreexec "github.com/docker/docker/pkg/reexec"

	"lading.test/layers/trial"
)

func main() {
	if !dockerreexec.Init() && !storagereexec.Init() {
		trial.Run(unpackers)
	}
}

var unpackers = map[string]trial.Unpacker{
	"docker-old/vfs": func(root string, layer io.Reader, _ []string) error {
		_, err := dockerchroot.ApplyUncompressedLayer(root, layer, &docker.TarOptions{})
		return err
	},
	"docker-old/overlay": func(root string, layer io.Reader, _ []string) error {
		return dockerchroot.UntarUncompressed(layer, root, &docker.TarOptions{WhiteoutFormat: docker.OverlayWhiteoutFormat})
	},
	"podman-old/vfs": func(root string, layer io.Reader, _ []string) error {
		_, err := storagechroot.ApplyUncompressedLayer(root, layer, &storage.TarOptions{})
		return err
	},
	"podman-old/overlay": func(root string, layer io.Reader, _ []string) error {
		return storagechroot.UntarUncompressed(layer, root, &storage.TarOptions{WhiteoutFormat: storage.OverlayWhiteoutFormat})
	},
}
