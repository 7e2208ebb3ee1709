package call

import (
	"maps"
	"slices"
)

// GroupProfile is what a group shows of itself. Nil members are left as they are.
type GroupProfile struct {
	Name, Introduction, Notification, FaceURL *string
	JoinOption                                *JoinOption
	AllMuted                                  *bool
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
	if p.AllMuted != nil && g.Type == GroupWork {
		return Errorf(CodeInvalidParameter, "allMuted: in a Work group nobody is muted")
	}
	if p.JoinOption != nil {
		if err := g.setJoinOption(*p.JoinOption); err != nil {
			return err
		}
	}
	for _, f := range fields {
		if f.from != nil {
			*f.into = *f.from
		}
	}
	if p.AllMuted != nil {
		g.AllMuted = *p.AllMuted
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
	if _, ok := ev.Set[KitInfoAttribute]; ok {
		return kitInfoIsTheServers()
	}
	next := make(map[string]string, len(g.Attributes)+len(ev.Set))
	maps.Copy(next, g.Attributes)
	maps.Copy(next, ev.Set)
	if err := checkAttributes(next); err != nil {
		return err
	}
	g.Attributes = next
	return nil
}

// checkAttributes holds what members have set to the limits. The server's own
// is beside them.
func checkAttributes(all map[string]string) error {
	count, sum := 0, 0
	for k, v := range all {
		if k == KitInfoAttribute {
			continue
		}
		if k == "" || len(k) > maxAttributeKey || len(v) > maxAttribute {
			return Errorf(CodeInvalidParameter, "attributes: a key has 1 to %d bytes, a value at most %d", maxAttributeKey, maxAttribute)
		}
		count++
		sum += len(k) + len(v)
	}
	if count > maxAttributes || sum > maxAttributeSum {
		return Errorf(CodeInvalidParameter, "attributes: %d of %d bytes, at most %d of %d are allowed: delete some",
			count, sum, maxAttributes, maxAttributeSum)
	}
	return nil
}

func (g *Group) deleteAttributes(ev DeleteGroupAttributes) error {
	if err := g.need(ev.By, rankMember, ""); err != nil {
		return err
	}
	if slices.Contains(ev.Keys, KitInfoAttribute) {
		return kitInfoIsTheServers()
	}
	maps.DeleteFunc(g.Attributes, func(k, _ string) bool {
		return k != KitInfoAttribute && (len(ev.Keys) == 0 || slices.Contains(ev.Keys, k))
	})
	return nil
}

// setKitInfo sets the server's own attribute, or deletes it.
func (g *Group) setKitInfo(value string) {
	if value == "" {
		delete(g.Attributes, KitInfoAttribute)
		return
	}
	if g.Attributes == nil {
		g.Attributes = map[string]string{}
	}
	g.Attributes[KitInfoAttribute] = value
}

func kitInfoIsTheServers() error {
	return Errorf(CodeGroupPermission, "attributes: %s tells of the group's call and is kept by the server", KitInfoAttribute)
}
