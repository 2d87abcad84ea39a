package interop

import (
	"cmp"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"interop/peer"
)

// chromium is the name of the browser for WSCOPE_PEERS and for its tests. Without
// it these are skipped.
const chromium = "chromium"

// theBrowser is the one that all tests use.
var theBrowser struct {
	sync.Mutex
	*peer.Browser
}

// browser returns the browser. It is started for the first who asks. The
// environment variable CHROMIUM may name another than the one of PATH.
func browser(t *testing.T) *peer.Browser {
	t.Helper()
	theBrowser.Lock()
	defer theBrowser.Unlock()
	if theBrowser.Browser == nil {
		page, err := filepath.Abs(filepath.Join("scripts", "browser.html"))
		if err != nil {
			t.Fatal(err)
		}
		b, err := peer.StartBrowser(cmp.Or(os.Getenv("CHROMIUM"), chromium), page)
		if err != nil {
			t.Fatal(err)
		}
		theBrowser.Browser = b
	}
	return theBrowser.Browser
}

// closeBrowser ends the browser if there is one.
func closeBrowser() error {
	if theBrowser.Browser == nil {
		return nil
	}
	return theBrowser.Close()
}
