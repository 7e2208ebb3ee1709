package media

import "callsvc/call"

// nameSources says which source each m-line carries in which the client sends. known is what
// earlier offers settled; it is not changed. Without a name the first audio is
// the microphone and the first video the camera.
func nameSources(lines []section, send []call.Send, known map[string]call.Source) (map[string]call.Source, error) {
	var sending []*section
	for i := range lines {
		if lines[i].sends() {
			sending = append(sending, &lines[i])
		}
	}
	named := map[string]call.Source{}
	taken := map[call.Source]string{}
	for _, line := range sending {
		source := known[line.mid]
		for _, s := range send {
			if s.MID == line.mid {
				source = s.Source
			}
		}
		if source == "" {
			continue
		}
		if err := checkSource(line, source, taken); err != nil {
			return nil, err
		}
		named[line.mid], taken[source] = source, line.mid
	}
	for _, s := range send {
		if named[s.MID] == "" {
			return nil, call.Errorf(call.CodeInvalidParameter, "send names mid %q, which is no sending m-line of the offer", s.MID)
		}
	}
	for _, line := range sending {
		source := call.SourceCamera
		if line.audio() {
			source = call.SourceMic
		}
		if named[line.mid] == "" && taken[source] == "" {
			named[line.mid], taken[source] = source, line.mid
		}
	}
	return named, nil
}

// checkSource refuses a source of the wrong kind or named twice.
func checkSource(line *section, source call.Source, taken map[call.Source]string) error {
	switch source {
	case call.SourceMic, call.SourceCamera, call.SourceScreen, call.SourceScreenAudio:
	default:
		return call.Errorf(call.CodeInvalidParameter, "send: unknown source %q; use mic, camera, screen or screenAudio", source)
	}
	if source.Audio() != line.audio() {
		return call.Errorf(call.CodeInvalidParameter, "send: m-line %q is of the wrong kind for %s", line.mid, source)
	}
	if other := taken[source]; other != "" {
		return call.Errorf(call.CodeInvalidParameter, "send: %s is both m-line %q and %q; publish each source once", source, other, line.mid)
	}
	return nil
}
