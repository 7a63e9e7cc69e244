// Unpacks the layers of images as today's Docker, podman, containerd and umoci do, with their own code.
package main

import (
	"context"
	"io"

	"github.com/containerd/containerd/v2/pkg/archive"
	docker "github.com/moby/go-archive"
	dockerchroot "github.com/moby/go-archive/chrootarchive"
	"github.com/opencontainers/umoci/oci/layer"
	"github.com/vbatts/tar-split/tar/asm"
	splitstorage "github.com/vbatts/tar-split/tar/storage"
	podman "go.podman.io/storage/pkg/archive"
	podmanchroot "go.podman.io/storage/pkg/chrootarchive"
	"go.podman.io/storage/pkg/reexec"

	"lading.test/layers/trial"
)

func main() {
	if !reexec.Init() {
		trial.Run(unpackers)
	}
}

var unpackers = map[string]trial.Unpacker{
	"docker/vfs": func(root string, layer io.Reader, _ []string) error {
		_, err := dockerchroot.ApplyUncompressedLayer(root, layer, &docker.TarOptions{})
		return err
	},
	"docker/overlay": func(root string, layer io.Reader, _ []string) error {
		return dockerchroot.UntarUncompressed(layer, root, &docker.TarOptions{WhiteoutFormat: docker.OverlayWhiteoutFormat})
	},
	"podman/vfs": func(root string, layer io.Reader, _ []string) error {
		_, err := podmanchroot.ApplyUncompressedLayer(root, layer, &podman.TarOptions{})
		return err
	},
	"podman/overlay": func(root string, layer io.Reader, _ []string) error {
		return podmanchroot.UntarUncompressed(layer, root, &podman.TarOptions{WhiteoutFormat: podman.OverlayWhiteoutFormat})
	},
	"containerd/vfs": func(root string, layer io.Reader, _ []string) error {
		_, err := archive.Apply(context.Background(), root, layer)
		return err
	},
	// The lowest layer has no layer below it, so it is not an overlay.
	"containerd/overlay": func(root string, layer io.Reader, lower []string) error {
		var options []archive.ApplyOpt
		if len(lower) > 0 {
			options = append(options, archive.WithConvertWhiteout(archive.OverlayConvertWhiteout), archive.WithParents(lower))
		}
		_, err := archive.Apply(context.Background(), root, layer, options...)
		return err
	},
	"umoci/vfs": func(root string, archive io.Reader, _ []string) error {
		return layer.UnpackLayer(root, archive, nil)
	},
	// The record that Docker and podman keep of each layer, to write the same bytes again. It refuses a repeated path.
	"tar-split": func(_ string, layer io.Reader, _ []string) error {
		stream, err := asm.NewInputTarStream(layer, splitstorage.NewJSONPacker(io.Discard), nil)
		if err == nil {
			_, err = io.Copy(io.Discard, stream)
		}
		return err
	},
}
