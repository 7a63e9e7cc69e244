// Reads documents of image archives into the Go structs of the engines.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/docker/docker/api/types/container"
	crane "github.com/google/go-containerregistry/pkg/v1"
	docker "github.com/moby/docker-image-spec/specs-go/v1"
	today "github.com/moby/moby/api/types/container"
	"github.com/opencontainers/go-digest"
	oci "github.com/opencontainers/image-spec/specs-go/v1"
	podman "go.podman.io/image/v5/manifest"
)

// A document and its kind. The text is in base64, as a document need not be valid UTF-8.
type question struct {
	Kind string
	Text []byte
}

// Reads JSON objects {"Kind", "Text"}, one a line. Writes for each, as JSON, why Go cannot read the text, else "".
func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<26)
	for lines.Scan() {
		var asked question
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			panic(err)
		}
		answer := ""
		if err := json.Unmarshal(asked.Text, target(asked.Kind)); err != nil {
			answer = err.Error()
		}
		text, _ := json.Marshal(answer)
		fmt.Println(string(text))
	}
}

// The fields of Docker's image.Image, which cannot be imported; its config is Docker's own type.
type image[Config any] struct {
	ID              string     `json:"id,omitempty"`
	Parent          string     `json:"parent,omitempty"`
	Comment         string     `json:"comment,omitempty"`
	Created         *time.Time `json:"created"`
	Container       string     `json:"container,omitempty"`
	ContainerConfig Config     `json:"container_config"`
	DockerVersion   string     `json:"docker_version,omitempty"`
	Author          string     `json:"author,omitempty"`
	Config          *Config    `json:"config,omitempty"`
	Architecture    string     `json:"architecture,omitempty"`
	Variant         string     `json:"variant,omitempty"`
	OS              string     `json:"os,omitempty"`
	Size            int64      `json:",omitempty"`
	RootFS          *struct {
		Type    string          `json:"type"`
		DiffIDs []digest.Digest `json:"diff_ids,omitempty"`
	} `json:"rootfs,omitempty"`
	History    []oci.History `json:"history,omitempty"`
	OSVersion  string        `json:"os.version,omitempty"`
	OSFeatures []string      `json:"os.features,omitempty"`
}

func target(kind string) any {
	switch kind {
	case "store-config":
		return new(docker.DockerOCIImage)
	case "docker-config":
		return new(image[container.Config])
	case "docker-29-config":
		return new(image[today.Config])
	case "podman-config":
		return new(podman.Schema2Image)
	case "crane-config":
		return new(crane.ConfigFile)
	case "oci-config":
		return new(oci.Image)
	case "manifest":
		return new(oci.Manifest)
	case "index":
		return new(oci.Index)
	case "layout":
		return new(oci.ImageLayout)
	case "repositories":
		return new(map[string]map[string]string)
	case "short-docker-manifest":
		return new([]struct {
			Config   string
			RepoTags []string
			Layers   []string
		})
	case "docker-manifest":
		return new([]struct {
			Config       string
			RepoTags     []string
			Layers       []string
			Parent       string                    `json:",omitempty"`
			LayerSources map[string]oci.Descriptor `json:",omitempty"`
		})
	}
	panic("no such kind: " + kind)
}
