package layouts

import "testing"

func TestEveryLayoutLoads(t *testing.T) {
	for _, name := range Names() {
		l, err := Find(name)
		if err != nil {
			t.Error(err)
			continue
		}
		if l.Name != name {
			t.Errorf("%s.yaml calls itself %q", name, l.Name)
		}
	}
}
