package doctor

import (
	"fmt"
	"strings"
	"time"
)

// A limit is a time after which a well-known intermediary ends a connection if
// nobody has set it up otherwise.
type limit struct {
	after time.Duration
	who   string
}

// idleLimits are counted from the last byte. They are the makers' defaults.
func idleLimits() []limit {
	return []limit{
		{30 * time.Second, "the default of OpenShift's router"},
		{50 * time.Second, "HAProxy's on Debian"},
		{55 * time.Second, "Heroku's"},
		{60 * time.Second, "the default of nginx and of AWS application load balancers"},
		{100 * time.Second, "Cloudflare's"},
		{230 * time.Second, "Azure App Service's"},
		{240 * time.Second, "the default of Azure load balancers"},
		{300 * time.Second, "Envoy's default"},
		{350 * time.Second, "the default of AWS network load balancers"},
		{10 * time.Minute, "AWS API Gateway's"},
		{time.Hour, "that of HAProxy's manual for tunnels"},
	}
}

// lifeLimits are counted from the opening, whatever crosses the connection.
func lifeLimits() []limit {
	return []limit{
		{30 * time.Second, "the default of Google Cloud load balancers"},
		{5 * time.Minute, "Google Cloud Run's default"},
		{time.Hour, "the longest that Google Cloud Run allows"},
		{2 * time.Hour, "AWS API Gateway's"},
	}
}

// near returns the limit that d is just over, if there is one. A timer of an
// intermediary fires late rather than early, and what it does takes its time to
// arrive.
func near(limits []limit, d time.Duration) (limit, bool) {
	for _, l := range limits {
		if d >= l.after-500*time.Millisecond && d <= l.after+max(1500*time.Millisecond, l.after/40) {
			return l, true
		}
	}
	return limit{}, false
}

// pingInterval returns an interval of pings that keeps a connection busy for
// whoever ends it after the given time of silence, as a flag takes it.
func pingInterval(after time.Duration) string {
	d := (after / 2).Truncate(5 * time.Second)
	return shortDuration(max(d, 5*time.Second))
}

// shortDuration returns a duration as a flag takes it, "1m30s" and not "1m30.0s".
func shortDuration(d time.Duration) string {
	s := d.Round(time.Second).String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// span returns a duration for a sentence, as in "60.1 s" or "2 h 0 min".
func span(d time.Duration) string {
	switch {
	case d < 0:
		return "0 s"
	case d < 10*time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < time.Hour:
		d = d.Round(time.Second)
		return fmt.Sprintf("%d min %d s", d/time.Minute, d%time.Minute/time.Second)
	}
	d = d.Round(time.Minute)
	return fmt.Sprintf("%d h %d min", d/time.Hour, d%time.Hour/time.Minute)
}

// shortSpan is span for a round duration, as in "60 s" or "2 h".
func shortSpan(d time.Duration) string {
	switch {
	case d%time.Hour == 0:
		return fmt.Sprintf("%d h", d/time.Hour)
	case d > 5*time.Minute && d%time.Minute == 0:
		return fmt.Sprintf("%d min", d/time.Minute)
	}
	return fmt.Sprintf("%d s", d/time.Second)
}
