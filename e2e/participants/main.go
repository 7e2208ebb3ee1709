// Command participants fills a room of a server that runs with --dev: people
// who send a film and a sound, over and over, and look at nobody. The browser
// tests use it where a browser for each of them would be too dear.
//
//	participants -url http://127.0.0.1:8080 -room r cy=cy.ivf,cy.ogg di=di.ivf,di.ogg
//
// It writes "ready" when all of them send, and ends with its standard input.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// patience is how long all of them may take to be in the room.
const patience = 20 * time.Second

func main() {
	url := flag.String("url", "", "of the server")
	room := flag.String("room", "", "to enter")
	flag.Parse()
	if err := run(*url, *room, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "participants:", err)
		os.Exit(1)
	}
}

// run lets everybody in, waits for the end of the standard input and lets them out.
func run(url, room string, cast []string) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var inside []*participant
	defer func() {
		for _, p := range inside {
			err = errors.Join(err, p.close())
		}
	}()
	for _, who := range cast {
		user, files, _ := strings.Cut(who, "=")
		film, sound, ok := strings.Cut(files, ",")
		if !ok {
			return fmt.Errorf("%q is not of the form user=film.ivf,sound.ogg", who)
		}
		p, err := enter(ctx, url, room, user, film, sound)
		if err != nil {
			return fmt.Errorf("%s enters %s: %w", user, room, err)
		}
		inside = append(inside, p)
	}
	for _, p := range inside {
		if err := p.connected(ctx); err != nil {
			return err
		}
	}
	fmt.Println("ready")
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}
