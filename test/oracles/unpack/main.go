// Unpacks layers as Docker, podman and containerd do, with their own code.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/containerd/containerd/v2/pkg/archive"
	docker "github.com/moby/go-archive"
	dockerchroot "github.com/moby/go-archive/chrootarchive"
	podman "go.podman.io/storage/pkg/archive"
	podmanchroot "go.podman.io/storage/pkg/chrootarchive"
	"go.podman.io/storage/pkg/reexec"
)

// Each line of standard input is a JSON list of files: the layers of one image, lowest first. Each line of the answer says, for
// each engine, why it cannot unpack them ("" when it can).
func main() {
	if reexec.Init() {
		return
	}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var layers []string
		if err := json.Unmarshal(lines.Bytes(), &layers); err != nil {
			panic(err)
		}
		answer := map[string]string{}
		for name, unpack := range engines {
			answer[name] = try(unpack, layers)
		}
		text, _ := json.Marshal(answer)
		fmt.Println(string(text))
	}
}

var engines = map[string]func(string, *os.File) error{
	"docker": func(root string, layer *os.File) error {
		_, err := dockerchroot.ApplyUncompressedLayer(root, layer, &docker.TarOptions{})
		return err
	},
	"podman": func(root string, layer *os.File) error {
		_, err := podmanchroot.ApplyUncompressedLayer(root, layer, &podman.TarOptions{})
		return err
	},
	"containerd": func(root string, layer *os.File) error {
		_, err := archive.Apply(context.Background(), root, layer)
		return err
	},
}

func try(unpack func(string, *os.File) error, layers []string) string {
	scratch, err := os.MkdirTemp("", "lading-unpack-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(scratch)
	root := filepath.Join(scratch, "root")
	os.Mkdir(root, 0o755)
	for _, path := range layers {
		layer, err := os.Open(path)
		if err != nil {
			panic(err)
		}
		err = unpack(root, layer)
		layer.Close()
		if err != nil {
			return err.Error()
		}
	}
	return ""
}
