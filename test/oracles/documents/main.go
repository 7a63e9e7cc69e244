// Reads documents of image archives into the structs that engines read them into.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	docker "github.com/moby/docker-image-spec/specs-go/v1"
	oci "github.com/opencontainers/image-spec/specs-go/v1"
)

type question struct {
	Kind string
	Text string
}

// Each line of standard input is a JSON object {"Kind", "Text"}; each line of the answer a JSON string: why it cannot be read, "" when it can.
func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<26)
	for lines.Scan() {
		var asked question
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			panic(err)
		}
		answer := ""
		if err := json.Unmarshal([]byte(asked.Text), target(asked.Kind)); err != nil {
			answer = err.Error()
		}
		text, _ := json.Marshal(answer)
		fmt.Println(string(text))
	}
}

func target(kind string) any {
	switch kind {
	case "docker-config":
		return new(docker.DockerOCIImage)
	case "oci-config":
		return new(oci.Image)
	case "manifest":
		return new(oci.Manifest)
	case "index":
		return new(oci.Index)
	case "layout":
		return new(oci.ImageLayout)
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
