package bench

import (
	"bytes"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
)

// forgetPeak begins to watch this process's memory anew. Only Linux can.
func forgetPeak() {
	debug.FreeOSMemory()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // elsewhere the peak is that of the whole run
}

// peak is the most memory that this process has had resident, in MiB; where the
// system does not tell, what the Go runtime has taken from it.
func peak() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err == nil {
		if kib, found := statusKiB(status, "VmHWM:"); found {
			return kib / 1024
		}
	}
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return float64(stats.Sys) / (1 << 20)
}

// statusKiB finds a line such as "VmHWM:	  8124 kB".
func statusKiB(status []byte, name string) (float64, bool) {
	for line := range bytes.Lines(status) {
		fields := bytes.Fields(line)
		if len(fields) < 2 || string(fields[0]) != name {
			continue
		}
		kib, err := strconv.ParseFloat(string(fields[1]), 64)
		return kib, err == nil
	}
	return 0, false
}
