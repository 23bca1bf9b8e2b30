package limit

import "clearwell/internal/secret"

// digest stands for a key that is not kept.
type digest [32]byte

func digestOf(key secret.Key, rule, value string) digest {
	return digest(key.MAC("limit "+rule, []byte(value)))
}
