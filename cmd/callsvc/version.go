package main

import (
	"fmt"
	"runtime/debug"
)

type versionInfo struct{}

// Run prints what the Go toolchain noted about the build.
func (versionInfo) Run(std streams) error {
	_, err := fmt.Fprintln(std.out, version())
	return err
}

func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "callsvc, built without build information"
	}
	noted := map[string]string{}
	for _, s := range info.Settings {
		noted[s.Key] = s.Value
	}
	commit := noted["vcs.revision"]
	if commit == "" {
		commit = "unknown"
	}
	if noted["vcs.modified"] == "true" {
		commit += " with changes"
	}
	return fmt.Sprintf("callsvc %s (commit %s, %s, %s/%s)", info.Main.Version, commit, info.GoVersion, noted["GOOS"], noted["GOARCH"])
}
