package call

// GroupProfile is what a group shows of itself. Nil members are left as they are.
type GroupProfile struct {
	Name, Introduction, Notification, FaceURL *string
}

// The limits of a group (TIM).
const (
	maxGroupName    = 100
	maxIntroduction = 240
	maxNotification = 300
	maxFaceURL      = 500
	maxAttributes   = 16
	maxAttributeKey = 32
	maxAttribute    = 4 << 10
	maxAttributeSum = 16 << 10
)

// setInfo is all or nothing.
func (g *Group) setInfo(p GroupProfile) error {
	fields := []struct {
		name string
		from *string
		into *string
		max  int
	}{
		{"name", p.Name, &g.Name, maxGroupName},
		{"introduction", p.Introduction, &g.Introduction, maxIntroduction},
		{"notification", p.Notification, &g.Notification, maxNotification},
		{"faceURL", p.FaceURL, &g.FaceURL, maxFaceURL},
	}
	if p.Name != nil && *p.Name == "" {
		return Errorf(CodeInvalidParameter, "name: is empty")
	}
	for _, f := range fields {
		if f.from != nil && len(*f.from) > f.max {
			return Errorf(CodeInvalidParameter, "%s: %d bytes, at most %d are allowed", f.name, len(*f.from), f.max)
		}
	}
	for _, f := range fields {
		if f.from != nil {
			*f.into = *f.from
		}
	}
	return nil
}

func (g *Group) setAttributes(ev SetGroupAttributes) error {
	if err := g.need(ev.By, rankMember, ""); err != nil {
		return err
	}
	if len(ev.Set) == 0 {
		return Errorf(CodeInvalidParameter, "attributes: is empty")
	}
	next := make(map[string]string, len(g.Attributes)+len(ev.Set))
	for _, from := range []map[string]string{g.Attributes, ev.Set} {
		for k, v := range from {
			next[k] = v
		}
	}
	sum := 0
	for k, v := range next {
		if k == "" || len(k) > maxAttributeKey || len(v) > maxAttribute {
			return Errorf(CodeInvalidParameter, "attributes: a key has 1 to %d bytes, a value at most %d", maxAttributeKey, maxAttribute)
		}
		sum += len(k) + len(v)
	}
	if len(next) > maxAttributes || sum > maxAttributeSum {
		return Errorf(CodeInvalidParameter, "attributes: %d of %d bytes, at most %d of %d are allowed: delete some",
			len(next), sum, maxAttributes, maxAttributeSum)
	}
	g.Attributes = next
	return nil
}

func (g *Group) deleteAttributes(ev DeleteGroupAttributes) error {
	if err := g.need(ev.By, rankMember, ""); err != nil {
		return err
	}
	if len(ev.Keys) == 0 {
		g.Attributes = nil
		return nil
	}
	for _, k := range ev.Keys {
		delete(g.Attributes, k)
	}
	return nil
}
